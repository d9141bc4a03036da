import { amountOf, constraintNames } from '../capability/constraints.ts'
import type { Clause } from '../clause.ts'
import { unmet } from '../held.ts'
import { actBits, resources } from '../resources.ts'
import type { Capability, ConstraintName, Constraints, DecisionEffect, Request, Resource } from '../types.ts'
import type { Languages, Numbers } from './languages.ts'

/** One kind of request: everything but its target. */
export interface Matter {
  readonly resource: Resource
  readonly action: string
  /** Amounts that the request asks for. */
  readonly attributes?: Readonly<Record<string, number>>
}

/** What one clause does to requests of one kind, as a language of targets. */
export interface Claim {
  readonly clause: Clause
  readonly outcome: DecisionEffect
  /** Language numbers: the targets that it is about are in all of these, and those it leaves out in one of the holes. */
  readonly about: Numbers
  readonly holes: readonly number[]
}

/** What the clauses of a view say to requests of this kind. */
export function claimsOf(clauses: readonly Clause[], matter: Matter, languages: Languages): readonly Claim[] {
  const asked = actBits(matter.resource, [matter.action])
  return clauses
    .filter(({ capability, effect }) => concerns(capability, asked, effect === 'allow'))
    .flatMap((clause) => claim(clause, asked, matter, languages))
}

/** What `decide` answers where exactly these claims hold. */
export function outcomeOf(claims: readonly Claim[], accepted: ReadonlySet<number>): DecisionEffect {
  const holding = claims.filter((each) => holds(each, accepted))
  if (holding.some(({ outcome }) => outcome === 'deny')) return 'deny'
  const asks = holding.filter(({ outcome }) => outcome === 'ask')
  const allowed = holding.some(({ outcome }) => outcome === 'allow')
  if (asks.length > 0 && (allowed || !asks.every(({ clause }) => clause.onlyTightens))) return 'ask'
  return allowed ? 'allow' : 'deny'
}

/** What makes claims alike: they hold for the same targets, and do the same there. */
export function textOfClaim({ outcome, about, holes, clause }: Claim): string {
  return JSON.stringify([outcome, about, holes, clause.onlyTightens])
}

export function numbersOf({ about, holes }: Claim): readonly number[] {
  return [...about, ...holes]
}

/** Claims that say the same of different targets, as one. */
export interface United extends Claim {
  readonly parts: readonly Claim[]
}

/**
 * Claims that say the same of different targets, as one each: the outcomes stay, and far fewer languages are looked at.
 * Those that stand on both sides of an edit stay apart from the others, so that they are alike afterwards, too.
 */
export function uniteBeside(
  claims: readonly Claim[],
  others: readonly Claim[],
  languages: Languages,
): readonly United[] {
  const known = new Set(others.map(textOfClaim))
  const isShared = (claim: Claim) => known.has(textOfClaim(claim))
  return [claims.filter(isShared), claims.filter((claim) => !isShared(claim))].flatMap((each) =>
    unite(each, languages),
  )
}

function unite(claims: readonly Claim[], languages: Languages): readonly United[] {
  const groups = Map.groupBy(claims, ({ outcome, about: [, ...besides], holes, clause }) =>
    JSON.stringify([outcome, besides, holes, clause.onlyTightens]),
  )
  return [...groups.values()].flatMap((parts) => {
    const united = languages.union(parts.map(({ about: [first] }) => first))
    if (united === undefined) return parts.map((claim) => ({ ...claim, parts: [claim] }))
    return parts.slice(0, 1).map((claim) => ({ ...claim, about: [united, ...claim.about.slice(1)], parts }))
  })
}

export function holds({ about, holes }: Claim, accepted: ReadonlySet<number>): boolean {
  return isIn(about, accepted) && !holes.some((hole) => accepted.has(hole))
}

function isIn(about: Claim['about'], languages: ReadonlySet<number>): boolean {
  return about.every((number) => languages.has(number))
}

/** What is known of a text's languages before its end: those it will be in, and those it may be in, whatever follows. */
export interface Outlook {
  readonly settled: ReadonlySet<number>
  readonly open: ReadonlySet<number>
}

/** The freest that `decide` can still answer. */
export function freestOf(claims: readonly Claim[], outlook: Outlook): DecisionEffect {
  const surely = (effect: DecisionEffect) =>
    claims.some((each) => each.outcome === effect && mustHold(each, outlook))
  const maybe = (effect: DecisionEffect) =>
    claims.some((each) => each.outcome === effect && mayHold(each, outlook))
  if (surely('deny')) return 'deny'
  if (maybe('allow')) return surely('ask') ? 'ask' : 'allow'
  return maybe('ask') ? 'ask' : 'deny'
}

/** The least free that `decide` can still answer. */
export function strictestOf(claims: readonly Claim[], outlook: Outlook): DecisionEffect {
  if (claims.some((each) => each.outcome === 'deny' && mayHold(each, outlook))) return 'deny'
  const isGiven = claims.some(
    (each) =>
      (each.outcome === 'allow' || (each.outcome === 'ask' && !each.clause.onlyTightens)) &&
      mustHold(each, outlook),
  )
  if (!isGiven) return 'deny'
  return claims.some((each) => each.outcome === 'ask' && mayHold(each, outlook)) ? 'ask' : 'allow'
}

type Reach = Pick<Claim, 'about' | 'holes'>

/** Whether the claim will hold, whatever follows. */
export function mustHold({ about, holes }: Reach, { settled, open }: Outlook): boolean {
  return isIn(about, settled) && !holes.some((hole) => open.has(hole))
}

function mayHold({ about, holes }: Reach, { settled, open }: Outlook): boolean {
  return isIn(about, open) && !holes.some((hole) => settled.has(hole))
}

export interface Matters {
  readonly matters: readonly Matter[]
  /** False: there are more kinds than could be looked at. */
  readonly complete: boolean
}

/** Above it, amounts are looked at one by one. */
const mostAmounts = 100

/** The kinds of requests about a resource that rules can tell apart: each action, with all that amounts can be said to be. */
export function mattersOf(resource: Resource, clauses: readonly Clause[]): Matters {
  const amounts = new Map<ConstraintName, number[]>()
  for (const { capability } of clauses)
    for (const name of constraintNames) {
      const amount = amountOf(name, capability.constraints[name])
      if (amount !== undefined) amounts.set(name, [...(amounts.get(name) ?? []), amount])
    }
  const choices = [...amounts].map(([name, given]) => probes(given).map((amount) => ({ [name]: amount })))
  const count = choices.reduce((product, list) => product * (list.length + 1), 1)
  const complete = count <= mostAmounts
  const asked: readonly Attributes[] = complete
    ? choices.reduce<readonly Attributes[]>(
        (all, list) => all.flatMap((one) => [one, ...list.map((more) => ({ ...one, ...more }))]),
        [{}],
      )
    : [{}, ...choices.flat().slice(0, mostAmounts)]
  const matters = widestFirst(resource).flatMap((action) =>
    asked.map(
      (attributes): Matter =>
        Object.keys(attributes).length === 0 ? { resource, action } : { resource, action, attributes },
    ),
  )
  return { matters, complete }
}

type Attributes = Readonly<Record<string, number>>

/** Of amounts that are given one that is beyond the first and not beyond the next, and so on: no rule tells others apart. */
function probes(given: readonly number[]): readonly number[] {
  const sorted = [...new Set(given)].sort((a, b) => a - b)
  return sorted.map((amount, index) => {
    const next = sorted[index + 1] ?? Number.POSITIVE_INFINITY
    const whole = Math.floor(amount) + 1
    return whole <= next ? whole : (amount + next) / 2
  })
}

function widestFirst(resource: Resource): readonly string[] {
  const table = Object.entries(resources[resource].actions)
  return table.sort(([, a], [, b]) => b.length - a.length).map(([action]) => action)
}

/** Whether the capability is about the acts that are asked for: about all of them, or any. */
export function concerns({ resource, actions }: Capability, asked: number, surely: boolean): boolean {
  const common = actBits(resource, actions) & asked
  return surely ? common === asked : common !== 0
}

function claim(clause: Clause, asked: number, matter: Matter, languages: Languages): readonly Claim[] {
  const { effect, capability, except, everything } = clause
  const surely = effect === 'allow'
  const about: Claim['about'] = everything
    ? [languages.any]
    : languages.allOf(capability, { surely, tail: surely ? 'met' : 'may-concern' })
  const holes = except
    .filter((hole) => concerns(hole, asked, !surely))
    .map((hole) => languages.of(hole, { surely: !surely, tail: surely ? 'may-concern' : 'met' }))
  if (effect === 'limit')
    return exceeded(clause, matter, languages).map((part) => ({ ...part, holes: [...part.holes, ...holes] }))
  if (surely && !amountsMet(capability.constraints, matter)) return []
  return [{ clause, outcome: effect, about, holes }]
}

/** A Limit denies what goes beyond it. */
function exceeded(clause: Clause, matter: Matter, languages: Languages): readonly Claim[] {
  const { capability } = clause
  const { allowlist, to, remote } = capability.constraints
  const outcome = 'deny'
  const about = languages.allOf(capability, { surely: false, tail: 'may-concern' })
  if (!amountsMet(capability.constraints, matter)) return [{ clause, outcome, about, holes: [] }]
  if (allowlist) return [{ clause, outcome, about, holes: [languages.programs(allowlist)] }]
  if (to === undefined && remote === undefined) return []
  return [{ clause, outcome, about, holes: [languages.of(capability, { surely: false, tail: 'met' })] }]
}

function amountsMet(constraints: Constraints, { resource, action, attributes }: Matter): boolean {
  const { to: _to, remote: _remote, allowlist: _allowlist, ...amounts } = constraints
  const request: Request = { resource, action, target: '', ...(attributes && { attributes }) }
  return unmet(amounts, request) === undefined
}
