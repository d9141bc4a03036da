import type { Clause } from '../clause.ts'
import type { Policy } from '../compile.ts'
import { decide, decidePart } from '../decide.ts'
import { resources } from '../resources.ts'
import type { Capability, DecisionEffect, Request, Resource, Rule } from '../types.ts'
import type { Automaton } from './automaton.ts'
import { type Claim, holds, type Matter, outcomeOf } from './claims.ts'
import type { FamiliarTarget } from './familiar.ts'
import type { Languages } from './languages.ts'
import { accepts, type Budget, search } from './search.ts'
import { requestOf, textOf } from './witness.ts'

/** Requests that one changed line makes come out differently. */
export interface Change extends Undecided {
  readonly from: DecisionEffect
  readonly to: DecisionEffect
  readonly witnesses: readonly Witness[]
}

/** One of the requests, with the rules that decide it before and after. */
export interface Witness {
  readonly request: Request
  readonly before?: Rule
  readonly after?: Rule
}

/** A changed line of which it could not be found out whether it allows more. */
export interface Undecided {
  readonly agent: string
  /** `added` stands only after the edit, `removed` only before it. */
  readonly side: 'added' | 'removed'
  readonly rule: Rule
  readonly capability: Capability
}

/** A clause that stands on one side alone. */
export interface Changed {
  readonly side: Undecided['side']
  readonly clause: Clause
}

export interface Scope {
  readonly before: Policy
  readonly after: Policy
  readonly agent: string
  readonly resource: Resource
  readonly languages: Languages
  readonly options: { readonly familiar?: readonly FamiliarTarget[] }
  /** Of the whole comparison. */
  readonly budget: Budget
}

/** What both sides say to one kind of request. */
export interface Field extends Scope {
  readonly matter: Matter
  readonly old: readonly Claim[]
  readonly now: readonly Claim[]
  /** Nothing if some pattern needs too many states. */
  readonly automata: ReadonlyMap<number, Automaton> | undefined
  readonly familiar: readonly Known[]
}

/** A text with the languages it is in. */
interface Known {
  readonly text: string
  readonly accepted: ReadonlySet<number>
}

export const freedom: Readonly<Record<DecisionEffect, number>> = { deny: 0, ask: 1, allow: 2 }

export function createField(place: Scope & Pick<Field, 'matter' | 'old' | 'now'>): Field {
  const { languages, old, now, options, matter } = place
  const automata = languages.automata([...old, ...now].flatMap(({ about, holes }) => [about, ...holes]))
  const targets = (options.familiar ?? []).filter(({ resource }) => resource === matter.resource)
  const familiar = targets.flatMap((target): Known[] => {
    const text = textOf({ ...target, action: matter.action })
    if (text === undefined || automata === undefined) return []
    const accepted = [...automata].filter(([, automaton]) => accepts(automaton, text))
    return [{ text, accepted: new Set(accepted.map(([number]) => number)) }]
  })
  return { ...place, automata, familiar }
}

/** Looks through what the changed clause is about for requests that come out differently. */
export function inspect({ side, clause }: Changed, field: Field): readonly (Change | Undecided)[] {
  const about = { agent: field.agent, side, rule: clause.rule, capability: clause.capability }
  const claims = (side === 'added' ? field.now : field.old).filter((claim) => claim.clause === clause)
  return claims.flatMap((claim) => {
    const { ways, complete } = findWays(side, claim, field)
    const changes = ways.flatMap((way) => confirm(way, field).map((each) => ({ ...about, ...each })))
    const known = changes.some(widens) || (complete && !ways.some(widens))
    return known || !canWiden(side, claim) ? changes : [...changes, about]
  })
}

export function widens({ from, to }: Pick<Change, 'from' | 'to'>): boolean {
  return freedom[to] > freedom[from]
}

const mostFamiliar = 3
/** Steps for one line that nothing was found of yet, and for one that something was found of. */
const mostSteps = { unfound: 300_000, found: 30_000 }

/** From one answer to another, with texts for which that is so. */
interface Way {
  readonly from: DecisionEffect
  readonly to: DecisionEffect
  readonly texts: string[]
}

function findWays(
  side: Changed['side'],
  claim: Claim,
  field: Field,
): { ways: readonly Way[]; complete: boolean } {
  const { automata, languages, old, now, familiar } = field
  if (automata === undefined) return { ways: [], complete: false }
  const ways = new Map<string, Way>()
  const keep = (accepted: ReadonlySet<number>, text: () => string, most: number): Way | undefined => {
    if (!holds(claim, accepted)) return undefined
    const [from, to] = [outcomeOf(old, accepted), outcomeOf(now, accepted)]
    if (from === to) return undefined
    const way = ways.get(`${from} ${to}`) ?? { from, to, texts: [] }
    ways.set(`${from} ${to}`, way)
    if (way.texts.length < most) way.texts.push(text())
    return way
  }
  for (const { text, accepted } of familiar) keep(accepted, () => text, mostFamiliar)
  const isSettled = (settled: ReadonlySet<number>, open: ReadonlySet<number>) =>
    [old, now].every((claims) => isDenied(claims, settled, open))
  const look = (places: readonly number[], wanted: (way: Way) => boolean): boolean => {
    const known = [...ways.values()].some(wanted)
    const budget = { left: Math.min(known ? mostSteps.found : mostSteps.unfound, field.budget.left) }
    const visit = (accepted: ReadonlySet<number>, text: () => string) => {
      // Of examples that nobody knows one is enough.
      const way = keep(accepted, text, 1)
      if (way && wanted(way)) budget.left = Math.min(budget.left, mostSteps.found)
      return false
    }
    const begun = budget.left
    const complete = places.every((place) => {
      const within = [...new Set([languages.any, claim.about, place])]
      return search({ automata, within, budget, isSettled, visit }) === 'all'
    })
    field.budget.left -= begun - Math.max(0, budget.left)
    return complete
  }
  const complete = !canWiden(side, claim) || look(placesOf(side, claim, field), widens)
  if (canNarrow(side, claim)) look([languages.any], (way) => !widens(way))
  return { ways: [...ways.values()], complete }
}

/** Where a changed clause can let more pass: one that is gone, only where another gives. */
function placesOf(side: Changed['side'], { outcome }: Claim, { now, languages }: Field): readonly number[] {
  if (side === 'added') return [languages.any]
  const gives = now.filter(
    (each) => each.outcome === 'allow' || (each.outcome === 'ask' && outcome === 'deny'),
  )
  return [...new Set(gives.map(({ about }) => about))]
}

/** Whether a Deny holds whatever follows. */
function isDenied(
  claims: readonly Claim[],
  settled: ReadonlySet<number>,
  open: ReadonlySet<number>,
): boolean {
  return claims.some(
    ({ outcome, about, holes }) =>
      outcome === 'deny' && settled.has(about) && !holes.some((hole) => open.has(hole)),
  )
}

function canNarrow(side: Changed['side'], { outcome }: Claim): boolean {
  return outcome === 'ask' || (side === 'added' ? outcome === 'deny' : outcome === 'allow')
}

/** A Deny that comes and an Allow that goes can only take away. */
function canWiden(side: Changed['side'], { outcome }: Claim): boolean {
  return outcome === 'ask' || (side === 'added' ? outcome === 'allow' : outcome === 'deny')
}

/**
 * What was found is asked of both policies: nothing is shown that `decide` does not say. Of commands those come first
 * that come out so with everything that they do in turn.
 */
function confirm(
  { from, to, texts }: Way,
  field: Field,
): readonly Pick<Change, 'from' | 'to' | 'witnesses'>[] {
  const { before, after, agent, matter } = field
  const comesOut = (answer: typeof decide, request: Request) =>
    answer(before, request).effect === from && answer(after, request).effect === to
  const requests = texts.flatMap((text) => {
    const spellings = [usual(text, matter), text].map((each) => ({ ...requestOf(each, matter), agent }))
    return spellings.find((request) => comesOut(decidePart, request)) ?? []
  })
  const whole = requests.filter((request) => comesOut(decide, request))
  const witnesses = (whole.length > 0 ? whole : requests).map((request): Witness => {
    const [old, now] = [decidePart(before, request), decidePart(after, request)]
    return { request, ...(old.rule && { before: old.rule }), ...(now.rule && { after: now.rule }) }
  })
  return witnesses.length > 0 ? [{ from, to, witnesses }] : []
}

/** The shortest port is not the one that people know. */
function usual(text: string, { resource }: Matter): string {
  return resources[resource].pattern === 'host' ? text.replace(/:80(?=\/|$)/, ':443') : text
}
