import { once } from '../../shared/remembered.ts'
import type { Clause } from '../clause.ts'
import type { Policy } from '../compile.ts'
import { resources } from '../resources.ts'
import type { Capability, Request, Resource, Rule } from '../types.ts'
import { type Answer, answerOf, clausesBehind, type Sides } from './answers.ts'
import type { Automaton } from './automaton.ts'
import { type Budget, partOf } from './budget.ts'
import { type Claim, holds, type Matter, numbersOf } from './claims.ts'
import type { FamiliarTarget } from './familiar.ts'
import { createJoint, type FieldClaims, type Joint } from './joint.ts'
import type { Languages } from './languages.ts'
import { apartFrom, directions, type Place, placesOf, type Side } from './places.ts'
import { plainSamplesOf, type Target } from './samples.ts'
import { accepts, search } from './search.ts'
import { type Direction, goes } from './turn.ts'
import { type Way, Ways } from './ways.ts'
import { requestOf, textOf } from './witness.ts'

/** Requests that one changed line makes come out differently. */
export interface Change extends Undecided, Way {}

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
  readonly sides: Sides
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
  readonly claims: FieldClaims
  /** Made when it is first needed: most lines are seen through by asking. */
  readonly joint: () => Joint
  /** Of the targets that people know those that come out differently, with the clauses that have a part in it. */
  readonly familiar: readonly (Answer & { readonly clauses: ReadonlySet<Clause> })[]
}

export function createField(place: Scope & Pick<Field, 'matter' | 'edits' | 'claims'>): Field {
  const { sides, options, matter, claims, languages, budget } = place
  const targets = (options.familiar ?? []).filter(({ resource }) => resource === matter.resource)
  const familiar = targets.flatMap((target) => {
    const answer = answerOf(requestFor(target, place), sides)
    return answer.from === answer.to ? [] : [{ ...answer, clauses: clausesBehind(answer.request, sides) }]
  })
  return { ...place, familiar, joint: once(() => createJoint(claims, languages, budget)) }
}

/** Looks through what the changed clause is about for requests that come out differently. */
export function inspect({ side, clause }: Changed, field: Field): readonly (Change | Undecided)[] {
  const about = { agent: field.agent, side, rule: clause.rule, capability: clause.capability }
  const claims = field.claims[side].filter((claim) => claim.clause === clause)
  return claims.flatMap((claim) => {
    const { ways, complete } = findWays(side, claim, field)
    const changes = ways.list().map((way) => ({ ...about, ...way }))
    const isKnown = changes.some(widens) || (complete && !ways.doubted().some(widens))
    return isKnown ? changes : [...changes, about]
  })
}

export function widens(turn: Pick<Change, 'from' | 'to'>): boolean {
  return goes('gain', turn)
}

const mostFamiliar = 3
/** Steps for one line that nothing was found of yet, and to find a first text. */
const mostSteps = { unfound: 300_000, first: 30_000 }
/** Of so many edits one example each way is enough. */
const manyEdits = 50

/** Steps for one line that something was found of: of few edits every kind of answer is looked for. */
function stepsOnceFound({ edits }: Pick<Field, 'edits'>): number {
  return edits > manyEdits ? 0 : Math.min(mostSteps.unfound, 100_000 / edits)
}

function findWays(side: Side, claim: Claim, field: Field): { ways: Ways; complete: boolean } {
  const ways = new Ways(field.sides)
  for (const answer of field.familiar) if (answer.clauses.has(claim.clause)) ways.keep(answer, mostFamiliar)
  for (const answer of likely(claim, field)) ways.keep(answer, 1)
  let complete = true
  for (const direction of directions[claim.outcome][side]) {
    if (direction === 'loss' && field.options.wideningOnly) continue
    const isThrough = look({ side, claim, direction, ways }, field)
    if (direction === 'gain') complete = isThrough
  }
  return { ways, complete }
}

/** Texts as the clause's own pattern has them. */
function likely({ clause }: Claim, field: Field): readonly Answer[] {
  const { languages, sides } = field
  return plainSamplesOf(clause.capability, sides.after).flatMap((target) => {
    const request = requestFor(target, field)
    const answer = answerOf(request, sides)
    if (answer.from === answer.to || !clausesBehind(request, sides).has(clause)) return []
    const text = textOf(request)
    const any = languages.automaton(languages.any)
    return any !== undefined && text !== undefined && accepts(any, text) ? [answer] : []
  })
}

function requestFor(target: Target, { matter, agent }: Pick<Field, 'matter' | 'agent'>): Request {
  const attributes = { ...matter.attributes, ...target.attributes }
  return { ...matter, ...target, agent, ...(Object.keys(attributes).length > 0 && { attributes }) }
}

interface Quest {
  readonly side: Side
  readonly claim: Claim
  readonly direction: Direction
  readonly ways: Ways
}

/** Looks for texts that the claim turns that way; says whether all of them were seen, or one is enough. */
function look({ side, claim, direction, ways }: Quest, field: Field): boolean {
  const { languages, claims } = field
  const isFound = () => ways.turns().some((way) => goes(direction, way))
  if (isFound() && stepsOnceFound(field) === 0) return true
  const joint = field.joint()
  if (joint.automata === undefined) return false
  if (!isFound() && !joint.mayTurn(claim, direction)) return true
  const own = languages.automata(numbersOf(claim))
  if (own === undefined) return false
  const automata = new Map([...joint.automata, ...own])
  const isSettled = joint.isSettled(direction)
  const budget = partOf(field.budget, mostSteps.unfound)
  const spare = () => {
    budget.left = Math.min(budget.left, stepsOnceFound(field))
  }
  const visit = (accepted: ReadonlySet<number>, text: () => string) => {
    const turn = joint.turnOf(accepted)
    if (!holds(claim, accepted) || turn.from === turn.to) return false
    // Of examples that nobody knows one is enough.
    if (!ways.has(turn)) ways.keepFirst(turn, spellings(text(), field))
    if (ways.has(turn) && goes(direction, turn)) spare()
    return false
  }
  if (isFound()) spare()
  const other = side === 'added' ? 'removed' : 'added'
  const places =
    apartFrom(claim, claims[other]) ??
    placesOf(side, claim.outcome, direction, { united: joint.united[other], languages })
  return places.every((place) => {
    const within = [...new Set([languages.any, ...claim.about, ...place])]
    const all = languages.automata([...automata.keys(), ...place])
    if (all === undefined) return false
    // Most often the first text that the clause is about is one: seen at once, without all the others.
    const first = isFound() ? undefined : shortest(within, all, field.budget)
    if (first === 'none') return true
    if (first !== undefined) visit(acceptedBy(all, first.text), () => first.text)
    return search({ automata: all, within, budget, isSettled, visit }) === 'all'
  })
}

/** The requests that a text can stand for, the most usual first. */
function spellings(text: string, { matter, agent }: Field): readonly Request[] {
  return [usual(text, matter), text].map((each) => ({ ...requestOf(each, matter), agent }))
}

/** The shortest port is not the one that people know. */
function usual(text: string, { resource }: Matter): string {
  return resources[resource].pattern === 'host' ? text.replace(/:80(?=\/|$)/, ':443') : text
}

/** The first text that is in all of them, or that there is none; nothing if that could not be found out. */
function shortest(
  within: Place,
  automata: ReadonlyMap<number, Automaton>,
  whole: Budget,
): { readonly text: string } | 'none' | undefined {
  const own = new Map([...automata].filter(([number]) => within.includes(number)))
  let found: { text: string } | undefined
  const visit = (_: ReadonlySet<number>, text: () => string) => {
    found = { text: text() }
    return true
  }
  const searched = search({ automata: own, within, budget: partOf(whole, mostSteps.first), visit })
  return searched === 'all' ? 'none' : found
}

function acceptedBy(automata: ReadonlyMap<number, Automaton>, text: string): ReadonlySet<number> {
  const accepting = [...automata].filter(([, automaton]) => accepts(automaton, text))
  return new Set(accepting.map(([number]) => number))
}
