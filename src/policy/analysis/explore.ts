import { type Budget, spend } from './budget.ts'
import type { Interval } from './characters.ts'
import { joined, type State } from './state.ts'

/** A state of which may not be known yet what holds whatever follows. */
export type Row = Omit<State, 'settled'> & Partial<Pick<State, 'settled'>>

/** What is walked: spots, each of which stands for one state of the automaton that comes out. */
export interface Walk<Spot> {
  readonly first: Spot
  /** Tells spots apart. */
  key(spot: Spot): string
  look(spot: Spot): Sight<Spot>
}

export interface Sight<Spot> {
  readonly final: boolean
  /** Rising, without overlap. */
  readonly moves: readonly (Interval & { readonly to: Spot })[]
  /** Steps that the look took. */
  readonly steps: number
}

export interface Bounds {
  readonly mostStates: number
  readonly budget: Budget
}

/** The automaton of all spots that can be reached, the first being its start; nothing where that is more than is allowed. */
export function explore<Spot>(
  { first, key, look }: Walk<Spot>,
  { mostStates, budget }: Bounds,
): readonly Row[] | undefined {
  const spots = [first]
  const numbers = new Map([[key(first), 0]])
  const numberOf = (spot: Spot) => {
    const name = key(spot)
    const known = numbers.get(name)
    if (known !== undefined) return known
    numbers.set(name, spots.length)
    return spots.push(spot) - 1
  }
  const rows: Row[] = []
  // The list grows while it is walked.
  for (const spot of spots) {
    const { final, moves, steps } = look(spot)
    rows.push({ final, moves: joined(moves.map(({ min, max, to }) => ({ min, max, to: numberOf(to) }))) })
    if (!spend(budget, steps) || spots.length > mostStates) return undefined
  }
  return rows
}
