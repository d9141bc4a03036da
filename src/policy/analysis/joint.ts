import { once } from '../shell/once.ts'
import type { Automaton } from './automaton.ts'
import type { Budget } from './budget.ts'
import { type Claim, holds, outcomeOf, type United, uniteBeside } from './claims.ts'
import type { Languages } from './languages.ts'
import { placesOf, type Side } from './places.ts'
import { createProspect, type Direction, freest, goes, type Prospect, type Turn } from './prospect.ts'
import { search } from './search.ts'

/** What each side says, claim by claim; `given` besides. */
export interface FieldClaims extends Readonly<Record<Side, readonly Claim[]>> {
  readonly given?: readonly Claim[]
}

/** What both sides say, in as few claims as can be. */
export interface Joint {
  readonly prospect: Prospect
  /** By which all that is said can be told apart; nothing if some pattern needs too many states. */
  readonly automata: ReadonlyMap<number, Automaton> | undefined
  /** What each side says. */
  readonly united: Readonly<Record<Side, readonly United[]>>
  /** How a text comes out, by the languages it is in. */
  turnOf(accepted: ReadonlySet<number>): Turn
  /** Whether the line can turn something that way: not if those that it is united with, all together, cannot. */
  mayTurn(claim: Claim, direction: Direction): boolean
}

/** Steps for the lines that are united, all together. */
const mostSteps = 30_000

export function createJoint(claims: FieldClaims, languages: Languages, whole: Budget): Joint {
  const removed = uniteBeside(claims.removed, claims.added, languages)
  const added = uniteBeside(claims.added, claims.removed, languages)
  const old = [removed, ...(claims.given ? [uniteBeside(claims.given, claims.added, languages)] : [])]
  const united = { removed, added }
  const automata = languages.automata([...old.flat(), ...added].flatMap(numbersOf))
  const prospect = createProspect(old, added)
  const turnOf = (accepted: ReadonlySet<number>) => ({
    from: freest(old.map((each) => outcomeOf(each, accepted))),
    to: outcomeOf(added, accepted),
  })

  const mayTurnAny = (group: United, side: Side, direction: Direction): boolean => {
    if (automata === undefined || group.parts.length < 2) return true
    const budget = { left: Math.min(mostSteps, whole.left) }
    const given = budget.left
    const others = { united: united[side === 'added' ? 'removed' : 'added'], languages }
    const isSettled = settledBy(prospect, direction)
    const visit = (accepted: ReadonlySet<number>) =>
      holds(group, accepted) && goes(direction, turnOf(accepted))
    const none = placesOf(side, group.outcome, direction, others).every((place) => {
      const within = [...new Set([languages.any, ...group.about, ...place])]
      return search({ automata, within, budget, isSettled, visit }) === 'all'
    })
    whole.left -= given - Math.max(0, budget.left)
    return !none
  }
  const asked = new Map(
    sides.flatMap((side) =>
      united[side].flatMap((group) => {
        const ask = (direction: Direction) => once(() => mayTurnAny(group, side, direction))
        const answers = { gain: ask('gain'), loss: ask('loss') }
        return group.parts.map((part) => [part, answers] as const)
      }),
    ),
  )
  const mayTurn = (claim: Claim, direction: Direction) => asked.get(claim)?.[direction]() ?? true
  return { prospect, automata, united, turnOf, mayTurn }
}

const sides = ['removed', 'added'] as const

/** Whether nothing that begins so can be turned that way. */
export function settledBy(prospect: Prospect, direction: Direction) {
  return (settled: ReadonlySet<number>, open: ReadonlySet<number>): boolean =>
    !prospect[direction]({ settled, open })
}

export function numbersOf({ about, holes }: Claim): readonly number[] {
  return [...about, ...holes]
}
