import { type Clause, denyAll } from './clause.ts'
import { mayConcern, unmet } from './held.ts'
import { HitLists, type Hits } from './match/hits.ts'
import type { PathPlace } from './match/path-glob.ts'
import { createTargetIndex, type TargetIndex } from './match/target-index.ts'
import { actBits, type PatternKind, resources } from './resources.ts'
import type { Capability, ConstraintName, Constraints, Request, Resource } from './types.ts'

/** The clauses of one agent about one resource, found by target. */
export class RuleIndex {
  private readonly resource: Resource
  private readonly targets: TargetIndex
  /** Every capability by number: those of clauses, and between them those after `except`. */
  private readonly uses: Use[] = []
  private readonly everywhere: number[] = []
  /** The acts that each action asks for, as bits. */
  private readonly actions: ReadonlyMap<string, number>
  private readonly constrained = new Set<ConstraintName>()
  private readonly lists = new HitLists()
  private unreadable: Hits | undefined

  /** The order of the clauses is that in which they are found. */
  constructor(resource: Resource, clauses: readonly Clause[], place: PathPlace) {
    this.resource = resource
    this.targets = createTargetIndex(resources[resource].pattern, place, (ids) => this.keep(ids))
    this.actions = actionBits(resource)
    for (const clause of clauses) this.addOrDeny(clause)
  }

  /** Nothing if the target cannot be read. */
  find(request: Pick<Request, 'target' | 'words'>): Hits | undefined {
    return this.targets.find(request)
  }

  /** What a target that cannot be read could match: all but the patterns that must match for sure and are not `*`. */
  findUnreadable(): Hits {
    this.unreadable ??= this.keep(this.uses.flatMap((use) => (use.surely && !use.total ? [] : [use.id])))
    return this.unreadable
  }

  /** Whether a decision on this request depends on nothing but the hits and its action. */
  isSettledByHits(request: Request): boolean {
    if (!this.actions.has(request.action)) return false
    const { constrained } = this
    return constrained.size === 0 || (request.attributes === undefined && !constrained.has('allowlist'))
  }

  /** Of the clauses found, those about this action that do not except the request. Constraints of an Allow are left to the caller. */
  holding(hits: Hits, request: Request): readonly Clause[] {
    const asked = this.actions.get(request.action) ?? this.actions.get('') ?? 0
    const clauses: Clause[] = []
    for (const id of hits.ids) {
      const use = this.uses[id]
      if (use?.clause === undefined || !covers(use, asked, request)) continue
      if (use.except.some((hole) => hits.ids.includes(hole.id) && covers(hole, asked, request))) continue
      clauses.push(use.clause)
    }
    return clauses
  }

  private addOrDeny(clause: Clause): void {
    const before = this.uses.length
    try {
      this.add(clause)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      this.uses.length = before
      this.add({ ...denyAll(clause.rule, this.resource), broken: error.message })
    }
  }

  private add(clause: Clause): void {
    const surely = clause.effect === 'allow'
    const use = {
      ...this.use(clause.capability, surely),
      clause,
      constraints: surely ? {} : clause.capability.constraints,
    }
    this.uses.push(use)
    if (clause.everything) this.everywhere.push(use.id)
    else this.targets.add(use.id, clause.capability.pattern, surely)
    for (const capability of clause.except) {
      const hole = this.use(capability, !surely)
      this.uses.push(hole)
      use.except.push(hole)
      this.targets.add(hole.id, capability.pattern, hole.surely)
    }
  }

  private keep(ids: number[]): Hits {
    return this.lists.keep(this.everywhere.length === 0 ? ids : ids.concat(this.everywhere))
  }

  private use({ actions, pattern, constraints }: Capability, surely: boolean): Use {
    for (const name in constraints) this.constrained.add(name as ConstraintName)
    const total = (pattern === '*' || pattern === '**') && canBeUnreadable[resources[this.resource].pattern]
    return {
      id: this.uses.length,
      bits: actBits(this.resource, actions),
      surely,
      total,
      constraints,
      except: [],
    }
  }
}

function actionBits(resource: Resource): ReadonlyMap<string, number> {
  const names = Object.keys(resources[resource].actions)
  if (names.length === 0) return new Map([['', actBits(resource, [])]])
  return new Map(names.map((name) => [name, actBits(resource, [name])]))
}

/** Languages in which `*` means whatever it is, read or not. */
const canBeUnreadable: Readonly<Record<PatternKind, boolean>> = {
  path: false,
  host: false,
  words: true,
  name: true,
}

/** One capability in one place of a rule. */
interface Use {
  readonly id: number
  readonly bits: number
  /** It must match for sure: what an Allow gives, and what is taken out of a Deny. */
  readonly surely: boolean
  /** Its pattern is `*`. */
  readonly total: boolean
  readonly constraints: Constraints
  /** Missing for a capability after `except`. */
  readonly clause?: Clause
  readonly except: Use[]
}

/** Surely: all that the action stands for; else any of it. */
function covers(use: Use, asked: number, request: Request): boolean {
  const common = use.bits & asked
  if (common === 0 || (use.surely && common !== asked)) return false
  return use.surely ? unmet(use.constraints, request) === undefined : mayConcern(use.constraints, request)
}
