import { type Claim, claimsOf, holds, type Matter, mattersOf, outcomeOf } from './analysis/claims.ts'
import { Languages } from './analysis/languages.ts'
import { accepts, search } from './analysis/search.ts'
import { requestOf, textOf } from './analysis/witness.ts'
import { printCapability } from './capability.ts'
import type { Clause } from './clause.ts'
import type { Policy } from './compile.ts'
import { decidePart } from './decide.ts'
import { resources } from './resources.ts'
import type { Capability, DecisionEffect, Request, Resource, Rule } from './types.ts'

/** Requests that one changed line makes come out differently. */
export interface Change {
  readonly agent: string
  readonly from: DecisionEffect
  readonly to: DecisionEffect
  /** The changed line and its capability; `added` stands only after the edit, `removed` only before it. */
  readonly side: 'added' | 'removed'
  readonly rule: Rule
  readonly capability: Capability
  /** Requests among them, each with the rules that decide before and after. */
  readonly witnesses: readonly Witness[]
}

export interface Witness {
  readonly request: Request
  readonly before?: Rule
  readonly after?: Rule
}

/** A changed line of which it could not be found out whether it allows more. */
export interface Undecided {
  readonly agent: string
  readonly side: Change['side']
  readonly rule: Rule
  readonly capability: Capability
}

export interface Difference {
  readonly changes: readonly Change[]
  readonly undecided: readonly Undecided[]
}

export interface DifferenceOptions {
  /** Besides `command`. */
  readonly agents?: readonly string[]
  /** Requests to show before any made up one, where they are examples: files that there are. */
  readonly familiar?: readonly Pick<Request, 'resource' | 'target' | 'words'>[]
  /** States that may be looked at for one changed line. */
  readonly mostStates?: number
}

/** What the second policy decides otherwise than the first. Exact for targets that are known; both stand in one place. */
export function differenceOf(before: Policy, after: Policy, options: DifferenceOptions = {}): Difference {
  const found = (Object.keys(resources) as Resource[])
    .filter((resource) => Object.keys(resources[resource].actions).length > 0)
    .flatMap((resource) => {
      const languages = languagesOf(resource, before, after)
      const general = differ({ before, after, agent: 'command', resource, languages, options })
      const own = (options.agents ?? [])
        .filter((agent) => agent !== 'command')
        .flatMap((agent) => differ({ before, after, agent, resource, languages, options }))
      return [...general, ...own.filter((each) => !general.some((known) => isSame(known, each)))]
    })
  return {
    changes: merge(found.filter((each): each is Change => 'from' in each)),
    undecided: found.filter((each): each is Undecided => !('from' in each)),
  }
}

/** Whether something is freer after the edit, or could not be found not to be. */
export function isWidening({ changes, undecided }: Difference): boolean {
  return undecided.length > 0 || changes.some(({ from, to }) => freedom[to] > freedom[from])
}

export const freedom: Readonly<Record<DecisionEffect, number>> = { deny: 0, ask: 1, allow: 2 }

/** One for all agents, so that each pattern is compiled once. */
function languagesOf(resource: Resource, before: Policy, after: Policy): Languages {
  const rules = [...before.rules, ...after.rules]
  const capabilities = rules
    .flatMap((rule) => [...rule.capabilities, ...rule.except])
    .filter((capability) => capability.resource === resource)
  return new Languages(resource, capabilities, after)
}

interface Scope {
  readonly before: Policy
  readonly after: Policy
  readonly agent: string
  readonly resource: Resource
  readonly languages: Languages
  readonly options: DifferenceOptions
}

/** A clause that stands on one side alone. */
interface Changed {
  readonly side: Change['side']
  readonly clause: Clause
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
    // Actions about which the same is said differ in name alone, but an example names each.
    const key = JSON.stringify([matter.attributes, sides.old.map(keyOf), sides.now.map(keyOf)])
    if (seen.has(key)) return []
    seen.add(key)
    return changed.flatMap((one) => inspect(one, { ...scope, ...sides, matter }))
  })
}

interface Place extends Scope {
  readonly matter: Matter
  readonly old: readonly Claim[]
  readonly now: readonly Claim[]
}

function keyOf({ clause, about, holes, outcome }: Claim): unknown {
  return [outcome, about, holes, clause.onlyTightens]
}

/** Looks through what the changed clause is about for requests that come out differently. */
function inspect({ side, clause }: Changed, place: Place): readonly (Change | Undecided)[] {
  const { languages, old, now, agent, options } = place
  const claims = side === 'added' ? now : old
  const own = claims.filter((claim) => claim.clause === clause)
  return own.flatMap((claim) => {
    const about = { agent, side, rule: clause.rule, capability: clause.capability }
    const numbers = new Set([
      languages.any,
      ...[...old, ...now].flatMap(({ about, holes }) => [about, ...holes]),
    ])
    const automata = new Map(
      [...numbers].flatMap((number) => {
        const automaton = languages.automaton(number)
        return automaton === undefined ? [] : [[number, automaton] as const]
      }),
    )
    if (automata.size < numbers.size) return canWiden(side, claim) ? [about] : []
    const ways = new Map<string, Way>()
    const keep = (text: string, accepted: ReadonlySet<number>) => {
      const [from, to] = [outcomeOf(old, accepted), outcomeOf(now, accepted)]
      if (from === to || !holds(claim, accepted)) return
      const way = ways.get(`${from} ${to}`) ?? { from, to, texts: [] }
      ways.set(`${from} ${to}`, way)
      if (way.texts.length < mostWitnesses && !way.texts.includes(text)) way.texts.push(text)
    }
    for (const text of familiarTexts(place))
      keep(
        text,
        new Set([...automata].flatMap(([number, automaton]) => (accepts(automaton, text) ? [number] : []))),
      )
    const known = new Set(ways.keys())
    const searched = search({
      automata,
      within: [...new Set([languages.any, claim.about])],
      budget: { left: options.mostStates ?? defaultStates },
      visit: (accepted, text) => {
        const way = `${outcomeOf(old, accepted)} ${outcomeOf(now, accepted)}`
        if (!known.has(way)) keep(text(), accepted)
        return false
      },
    })
    const changes = [...ways.values()].flatMap((way) =>
      confirm(way, place).map((each) => ({ ...about, ...each })),
    )
    const widens = changes.some(({ from, to }) => freedom[to] > freedom[from])
    return searched === 'undecided' && !widens && canWiden(side, claim) ? [...changes, about] : changes
  })
}

const mostWitnesses = 3
const defaultStates = 4_000

interface Way {
  readonly from: DecisionEffect
  readonly to: DecisionEffect
  readonly texts: string[]
}

/** A Deny that comes and an Allow that goes can only take away. */
function canWiden(side: Change['side'], { outcome }: Claim): boolean {
  return outcome === 'ask' || (side === 'added' ? outcome === 'allow' : outcome === 'deny')
}

function familiarTexts({ options, matter }: Place): readonly string[] {
  return (options.familiar ?? []).flatMap((each) => {
    if (each.resource !== matter.resource) return []
    return textOf({ ...each, action: matter.action }) ?? []
  })
}

/** What was found is asked of both policies: nothing is shown that `decide` does not say. */
function confirm(
  { from, to, texts }: Way,
  place: Place,
): readonly Pick<Change, 'from' | 'to' | 'witnesses'>[] {
  const { before, after, agent, matter } = place
  const witnesses = texts.flatMap((text): Witness[] => {
    const request = { ...requestOf(text, matter), agent }
    const [old, now] = [decidePart(before, request), decidePart(after, request)]
    if (old.effect !== from || now.effect !== to) return []
    return [{ request, ...(old.rule && { before: old.rule }), ...(now.rule && { after: now.rule }) }]
  })
  return witnesses.length > 0 ? [{ from, to, witnesses }] : []
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
