import { type Clause, denyAll } from './clause.ts'
import { mayConcern, unmet } from './held.ts'
import type { PathPlace } from './path-glob.ts'
import { actBits, type PatternKind, resources } from './resources.ts'
import { createTargetIndex, type Hits, type TargetIndex } from './target-index.ts'
import type { Capability, Constraints, Decision, Request, Resource } from './types.ts'

/** The clauses of one agent about one resource, found by target. */
export class RuleIndex {
  private readonly resource: Resource
  private readonly targets: TargetIndex
  /** Every capability by number: those of clauses, and between them those after `except`. */
  private readonly uses: Use[] = []
  private readonly everywhere: number[] = []
  private readonly bits = new Map<string, number>()
  private readonly decided = new WeakMap<Hits, Map<string, Decision>>()

  /** The order of the clauses is that in which they are found. */
  constructor(resource: Resource, clauses: readonly Clause[], place: PathPlace) {
    this.resource = resource
    this.targets = createTargetIndex(resources[resource].pattern, place)
    for (const clause of clauses) this.addOrDeny(clause)
  }

  /** Nothing if the target cannot be read. */
  find(request: Request): Hits | undefined {
    const hits = this.targets.find(request)
    if (hits === undefined || this.everywhere.length === 0) return hits
    return [...this.everywhere, ...hits]
  }

  /** What a target that cannot be read could match: all but the patterns that must match for sure and are not `*`. */
  findUnreadable(): Hits {
    return this.uses.flatMap((use) => (use.surely && !use.total ? [] : [use.id]))
  }

  /** The decision that this was found and this action lead to: only for what depends on nothing else. */
  remember(hits: Hits, action: string, weigh: () => Decision): Decision {
    const byAction = this.decided.get(hits) ?? new Map<string, Decision>()
    if (byAction.size === 0) this.decided.set(hits, byAction)
    const known = byAction.get(action)
    if (known) return known
    const decision = weigh()
    byAction.set(action, decision)
    return decision
  }

  /** Of the clauses found, those about this action that do not except the request. Constraints of an Allow are left to the caller. */
  holding(hits: Hits, request: Request): readonly Clause[] {
    const asked = this.askedBits(request.action)
    const clauses: Clause[] = []
    for (const id of rising(hits)) {
      const use = this.uses[id]
      if (use?.clause === undefined || !covers(use, asked, request)) continue
      if (use.except.some((hole) => hits.includes(hole.id) && covers(hole, asked, request))) continue
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
    if (clause.everything) this.everything(use.id)
    else this.targets.add(use.id, clause.capability.pattern, surely)
    for (const capability of clause.except) {
      const hole = this.use(capability, !surely)
      this.uses.push(hole)
      use.except.push(hole)
      this.targets.add(hole.id, capability.pattern, hole.surely)
    }
  }

  private everything(id: number): void {
    if (resources[this.resource].pattern === 'path') this.targets.add(id, '/**', false)
    else this.everywhere.push(id)
  }

  private use({ actions, pattern, constraints }: Capability, surely: boolean): Use {
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

  private askedBits(action: string): number {
    const known = this.bits.get(action)
    if (known !== undefined) return known
    const bits = actBits(this.resource, [action])
    this.bits.set(action, bits)
    return bits
  }
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

function rising(hits: Hits): Hits {
  for (let index = 1; index < hits.length; index++)
    if ((hits[index] ?? 0) <= (hits[index - 1] ?? 0)) return [...new Set(hits)].sort((a, b) => a - b)
  return hits
}
