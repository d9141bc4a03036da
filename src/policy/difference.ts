import { type Claim, claimsOf, mattersOf } from './analysis/claims.ts'
import type { FamiliarTarget } from './analysis/familiar.ts'
import { type Change, createField, inspect, type Scope, type Undecided, widens } from './analysis/inspect.ts'
import { Languages } from './analysis/languages.ts'
import { printCapability } from './capability.ts'
import type { Clause } from './clause.ts'
import type { Policy } from './compile.ts'
import { resources } from './resources.ts'
import type { Resource } from './types.ts'

export interface Difference {
  readonly changes: readonly Change[]
  readonly undecided: readonly Undecided[]
}

export interface DifferenceOptions {
  /** Besides `command`. */
  readonly agents?: readonly string[]
  /** Shown before any made up request, where they are examples. */
  readonly familiar?: readonly FamiliarTarget[]
  /** Beyond so many a line counts as not decided. */
  readonly mostSteps?: number
}

/** What the second policy decides otherwise than the first. Exact for targets that are known; both stand in one place. */
export function differenceOf(before: Policy, after: Policy, options: DifferenceOptions = {}): Difference {
  const budget = { left: options.mostSteps ?? defaultSteps }
  const found = (Object.keys(resources) as Resource[])
    .filter((resource) => Object.keys(resources[resource].actions).length > 0)
    .flatMap((resource) => {
      const languages = languagesOf(resource, before, after)
      const general = differ({ before, after, agent: 'command', resource, languages, budget, options })
      const own = (options.agents ?? [])
        .filter((agent) => [before, after].some((policy) => isSpokenTo(agent, policy, resource)))
        .flatMap((agent) => differ({ before, after, agent, resource, languages, budget, options }))
      return [...general, ...own.filter((each) => !general.some((known) => isSame(known, each)))]
    })
  return {
    changes: merge(found.filter((each): each is Change => 'from' in each)),
    undecided: found.filter((each): each is Undecided => !('from' in each)),
  }
}

/** About a second. */
const defaultSteps = 25_000_000

/** Whether something is freer after the edit, or could not be found not to be. */
export function isWidening({ changes, undecided }: Difference): boolean {
  return undecided.length > 0 || changes.some(widens)
}

/** Whether the agent is told something else about the resource than `command` is. */
function isSpokenTo(agent: string, policy: Policy, resource: Resource): boolean {
  const texts = (name: string) => policy.view(name).clauses(resource).map(clauseText).join('\n')
  return texts(agent) !== texts('command')
}

/** One for all agents, so that each pattern is compiled once. */
function languagesOf(resource: Resource, before: Policy, after: Policy): Languages {
  const rules = [...before.rules, ...after.rules]
  const capabilities = rules
    .flatMap((rule) => [...rule.capabilities, ...rule.except])
    .filter((capability) => capability.resource === resource)
  return new Languages(resource, capabilities, after)
}

function differ(scope: Scope): readonly (Change | Undecided)[] {
  const { before, after, agent, resource, languages } = scope
  const [old, now] = [before, after].map((policy) => policy.view(agent).clauses(resource)) as [
    Clause[],
    Clause[],
  ]
  const changed = [
    ...without(now, old).map((clause) => ({ side: 'added' as const, clause })),
    ...without(old, now).map((clause) => ({ side: 'removed' as const, clause })),
  ]
  if (changed.length === 0) return []
  const all = [...old, ...now]
  const seen = new Set<string>()
  return mattersOf(resource, all).flatMap((matter) => {
    const sides = { old: claimsOf(old, matter, languages), now: claimsOf(now, matter, languages) }
    // Actions about which the same is said differ in name alone.
    const key = JSON.stringify([matter.attributes, sides.old.map(keyOf), sides.now.map(keyOf)])
    if (seen.has(key)) return []
    seen.add(key)
    const field = createField({ ...scope, matter, claims: { removed: sides.old, added: sides.now } })
    return changed.flatMap((one) => inspect(one, field))
  })
}

function keyOf({ clause, about, holes, outcome }: Claim): unknown {
  return [outcome, about, holes, clause.onlyTightens]
}

/** The clauses that the other list does not have; repeats count once. */
function without(clauses: readonly Clause[], others: readonly Clause[]): readonly Clause[] {
  const known = new Set(others.map(clauseText))
  return clauses.filter((clause) => !known.has(clauseText(clause)))
}

function clauseText({ effect, capability, except, everything, onlyTightens, broken }: Clause): string {
  const holes = except.map((hole) => printCapability(hole)).sort()
  return JSON.stringify([effect, printCapability(capability), holes, everything, onlyTightens, broken])
}

function isSame(a: Change | Undecided, b: Change | Undecided): boolean {
  const way = (each: Change | Undecided) => ('from' in each ? [each.from, each.to] : [])
  return a.rule.source === b.rule.source && a.side === b.side && way(a).join() === way(b).join()
}

/** One change for all actions of a capability. */
function merge(changes: readonly Change[]): readonly Change[] {
  const merged = new Map<string, Change>()
  for (const change of changes) {
    const { agent, from, to, side, rule, capability } = change
    const key = JSON.stringify([agent, from, to, side, rule.source, printCapability(capability)])
    const known = merged.get(key)
    merged.set(key, known ? { ...known, witnesses: [...known.witnesses, ...change.witnesses] } : change)
  }
  return [...merged.values()]
}
