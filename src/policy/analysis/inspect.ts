import type { Clause } from '../clause.ts'
import type { Policy } from '../compile.ts'
import { decide, decidePart } from '../decide.ts'
import { resources } from '../resources.ts'
import type { Capability, DecisionEffect, Request, Resource, Rule } from '../types.ts'
import type { Automaton } from './automaton.ts'
import type { Budget } from './budget.ts'
import { type Claim, holds, type Matter, outcomeOf, uniteBeside } from './claims.ts'
import type { FamiliarTarget } from './familiar.ts'
import type { Languages } from './languages.ts'
import { type Place, placesOf, type Side } from './places.ts'
import { createProspect, freedom, freest, type Prospect } from './prospect.ts'
import { plainSamplesOf } from './samples.ts'
import { accepts, search } from './search.ts'
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
  readonly side: Side
  readonly rule: Rule
  readonly capability: Capability
}

/** A clause that stands on one side alone. */
export interface Changed {
  readonly side: Side
  readonly clause: Clause
}

export interface Scope {
  readonly before: Policy
  readonly after: Policy
  readonly agent: string
  readonly resource: Resource
  readonly languages: Languages
  readonly options: InspectOptions
  /** Of the whole comparison. */
  readonly budget: Budget
}

export interface InspectOptions {
  readonly familiar?: readonly FamiliarTarget[]
  /** What comes out less free is not looked for. */
  readonly wideningOnly?: boolean
  /** What this policy gives counts as given before the edit, too. */
  readonly given?: Policy
}

/** What both sides say to one kind of request. */
export interface Field extends Scope {
  readonly matter: Matter
  /** How many clauses are looked at in turn. */
  readonly edits: number
  /** United: what is said before the edit, by each policy that counts; and what after it. */
  readonly old: readonly (readonly Claim[])[]
  readonly now: readonly Claim[]
  readonly prospect: Prospect
  readonly claims: FieldClaims
  /** By which what is said can be told apart; nothing if some pattern needs too many states. */
  readonly automata: ReadonlyMap<number, Automaton> | undefined
  readonly familiar: readonly Known[]
}

/** What each side says, claim by claim; `given` besides. */
export interface FieldClaims extends Readonly<Record<Side, readonly Claim[]>> {
  readonly given?: readonly Claim[]
}

/** A text with the languages it is in. */
interface Known {
  readonly text: string
  readonly accepted: ReadonlySet<number>
}

export function createField(place: Scope & Pick<Field, 'matter' | 'edits' | 'claims'>): Field {
  const { languages, claims, options, matter } = place
  const old = [claims.removed, ...(claims.given ? [claims.given] : [])].map((each) =>
    uniteBeside(each, claims.added, languages),
  )
  const now = uniteBeside(claims.added, claims.removed, languages)
  const automata = languages.automata([...old.flat(), ...now].flatMap(numbersOf))
  const targets = (options.familiar ?? []).filter(({ resource }) => resource === matter.resource)
  const familiar = targets.flatMap((target): Known[] => {
    const text = textOf({ ...target, action: matter.action })
    if (text === undefined || automata === undefined) return []
    return [{ text, accepted: acceptedBy(automata, text) }]
  })
  return { ...place, old, now, prospect: createProspect(old, now), automata, familiar }
}

/** Looks through what the changed clause is about for requests that come out differently. */
export function inspect({ side, clause }: Changed, field: Field): readonly (Change | Undecided)[] {
  const about = { agent: field.agent, side, rule: clause.rule, capability: clause.capability }
  const claims = field.claims[side].filter((claim) => claim.clause === clause)
  return claims.flatMap((claim) => {
    const { ways, complete } = findWays(side, claim, field)
    const changes = ways.flatMap((way) => confirm(way, field).map((each) => ({ ...about, ...each })))
    const known = changes.some(widens) || (complete && !ways.some(widens))
    return known ? changes : [...changes, about]
  })
}

export function widens({ from, to }: Pick<Change, 'from' | 'to'>): boolean {
  return freedom[to] > freedom[from]
}

const mostFamiliar = 3
/** Steps for one line that nothing was found of yet, and to find a first text. */
const mostSteps = { unfound: 300_000, first: 30_000 }

/** Steps for one line that something was found of: of few edits every kind of answer is looked for, of many the main ones. */
function stepsOnceFound({ edits }: Field): number {
  return Math.min(mostSteps.unfound, Math.max(300, 100_000 / edits))
}

/** From one answer to another, with texts for which that is so. */
interface Way {
  readonly from: DecisionEffect
  readonly to: DecisionEffect
  readonly texts: string[]
}

function findWays(side: Side, claim: Claim, field: Field): { ways: readonly Way[]; complete: boolean } {
  const { languages, old, now, familiar } = field
  const [others, united] = side === 'added' ? [field.claims.removed, old[0] ?? []] : [field.claims.added, now]
  const { gain, loss } = placesOf(side, claim, { others, united, languages })
  if (gain === undefined && field.options.wideningOnly) return { ways: [], complete: true }
  const own = languages.automata(numbersOf(claim))
  if (own === undefined || field.automata === undefined) return { ways: [], complete: false }
  const automata = new Map([...field.automata, ...own])
  const ways = new Map<string, Way>()
  const keep = keeper(ways, claim, field)
  for (const { text, accepted } of familiar) {
    const mine = acceptedBy(own, text)
    if (holds(claim, mine)) keep(new Set([...accepted, ...mine]), () => text, mostFamiliar)
  }
  for (const { text, accepted } of likely(claim, automata, field)) keep(accepted, () => text, 1)
  const look = (places: readonly Place[], way: 'gain' | 'loss'): boolean => {
    const wanted = (each: Way) => widens(each) === (way === 'gain')
    const isSettled = (settled: ReadonlySet<number>, open: ReadonlySet<number>) =>
      !field.prospect[way]({ settled, open })
    const budget = { left: Math.min(mostSteps.unfound, field.budget.left) }
    let given = budget.left
    const isFound = () => [...ways.values()].some(wanted)
    const spare = () => {
      const more = Math.max(0, budget.left - stepsOnceFound(field))
      budget.left -= more
      given -= more
    }
    const visit = (accepted: ReadonlySet<number>, text: () => string) => {
      // Of examples that nobody knows one is enough.
      const found = keep(accepted, text, 1)
      if (found && wanted(found)) spare()
      return false
    }
    if (isFound()) spare()
    const complete = places.every((place) => {
      const within = [...new Set([languages.any, ...claim.about, ...place])]
      const all = languages.automata([...automata.keys(), ...place])
      if (all === undefined) return false
      // Most often the first text that the clause is about is one: seen at once, without all the others.
      const first = isFound() ? undefined : shortest(within, all, field.budget)
      if (first === 'none') return true
      if (first !== undefined) visit(acceptedBy(all, first.text), () => first.text)
      return search({ automata: all, within, budget, isSettled, visit }) === 'all'
    })
    field.budget.left -= given - Math.max(0, budget.left)
    return complete
  }
  const complete = gain === undefined || look(gain, 'gain')
  if (loss !== undefined && !field.options.wideningOnly) look(loss, 'loss')
  return { ways: [...ways.values()], complete }
}

/** Keeps a text that comes out differently, if its way does not have the most already; says which way that is. */
function keeper(ways: Map<string, Way>, claim: Claim, { old, now }: Field) {
  return (accepted: ReadonlySet<number>, text: () => string, most: number): Way | undefined => {
    if (!holds(claim, accepted)) return undefined
    const from = freest(old.map((claims) => outcomeOf(claims, accepted)))
    const to = outcomeOf(now, accepted)
    if (from === to) return undefined
    const way = ways.get(`${from} ${to}`) ?? { from, to, texts: [] }
    ways.set(`${from} ${to}`, way)
    if (way.texts.length < most) way.texts.push(text())
    return way
  }
}

/** Texts as the clause's own pattern has them. */
function likely(
  { clause }: Claim,
  automata: ReadonlyMap<number, Automaton>,
  { languages, matter, after }: Field,
): readonly Known[] {
  return plainSamplesOf(clause.capability, after).flatMap((target) => {
    const text = textOf({ ...matter, ...target })
    if (text === undefined) return []
    const accepted = acceptedBy(automata, text)
    return accepted.has(languages.any) ? [{ text, accepted }] : []
  })
}

/** The first text that is in all of them, or that there is none; nothing if that could not be found out. */
function shortest(
  within: readonly number[],
  automata: ReadonlyMap<number, Automaton>,
  whole: Budget,
): { readonly text: string } | 'none' | undefined {
  const own = new Map([...automata].filter(([number]) => within.includes(number)))
  const given = Math.min(mostSteps.first, whole.left)
  const budget = { left: given }
  let found: { text: string } | undefined
  const visit = (_: ReadonlySet<number>, text: () => string) => {
    found = { text: text() }
    return true
  }
  const searched = search({ automata: own, within, budget, visit })
  whole.left -= given - Math.max(0, budget.left)
  return searched === 'all' ? 'none' : found
}

function acceptedBy(automata: ReadonlyMap<number, Automaton>, text: string): ReadonlySet<number> {
  const accepting = [...automata].filter(([, automaton]) => accepts(automaton, text))
  return new Set(accepting.map(([number]) => number))
}

function numbersOf({ about, holes }: Claim): readonly number[] {
  return [...about, ...holes]
}

/**
 * What was found is asked of both policies: nothing is shown that `decide` does not say. Of commands those come first
 * that come out so with everything that they do in turn.
 */
function confirm(
  { from, to, texts }: Way,
  field: Field,
): readonly Pick<Change, 'from' | 'to' | 'witnesses'>[] {
  const { before, after, agent, matter, options } = field
  const sides = options.given ? [before, options.given] : [before]
  const comesOut = (answer: typeof decide, request: Request) =>
    freest(sides.map((side) => answer(side, request).effect)) === from && answer(after, request).effect === to
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
