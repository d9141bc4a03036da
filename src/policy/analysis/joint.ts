import { once } from '../../shared/remembered.ts'
import type { Automaton } from './automaton.ts'
import { type Budget, partOf } from './budget.ts'
import { type Claim, holds, numbersOf, outcomeOf, type United, uniteBeside } from './claims.ts'
import type { Languages } from './languages.ts'
import { placesOf, type Side } from './places.ts'
import { createProspect } from './prospect.ts'
import { search } from './search.ts'
import { type Direction, freest, goes, type Turn } from './turn.ts'

/** What each side says, claim by claim; `given` besides. */
export interface FieldClaims extends Readonly<Record<Side, readonly Claim[]>> {
  readonly given?: readonly Claim[]
}

/** What both sides say, in as few claims as can be. */
export interface Joint {
  /** By which all that is said can be told apart; nothing if some pattern needs too many states. */
  readonly automata: ReadonlyMap<number, Automaton> | undefined
  /** What each side says. */
  readonly united: Readonly<Record<Side, readonly United[]>>
  /** Whether nothing that begins so can be turned that way, by the languages it will be in, and may be in, whatever follows. */
  isSettled(direction: Direction): (settled: ReadonlySet<number>, open: ReadonlySet<number>) => boolean
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
  const isSettled: Joint['isSettled'] = (direction) => (settled, open) =>
    !prospect[direction]({ settled, open })
  const turnOf = (accepted: ReadonlySet<number>) => ({
    from: freest(old.map((each) => outcomeOf(each, accepted))),
    to: outcomeOf(added, accepted),
  })

  const mayTurnAny = (group: United, side: Side, direction: Direction): boolean => {
    if (automata === undefined || group.parts.length < 2) return true
    const budget = partOf(whole, mostSteps)
    const others = { united: united[side === 'added' ? 'removed' : 'added'], languages }
    const visit = (accepted: ReadonlySet<number>) =>
      holds(group, accepted) && goes(direction, turnOf(accepted))
    return !placesOf(side, group.outcome, direction, others).every((place) => {
      const within = [...new Set([languages.any, ...group.about, ...place])]
      return search({ automata, within, budget, isSettled: isSettled(direction), visit }) === 'all'
    })
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
  return { automata, united, isSettled, turnOf, mayTurn }
}

const sides = ['removed', 'added'] as const
