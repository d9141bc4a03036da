import { everyCharacter, type Interval } from './characters.ts'

export interface State {
  readonly final: boolean
  /** Whatever can follow, the text will be in the language. */
  readonly settled: boolean
  /** Rising, without overlap. */
  readonly moves: readonly Move[]
}

export interface Move extends Interval {
  readonly to: number
}

/** Characters after which each of several states goes on to one state. */
export interface Step extends Interval {
  /** By the states' order; -1 where it ends there. */
  readonly to: readonly number[]
}

type Going = Pick<State, 'moves'>

/**
 * How states go on together, rising: the characters of a step are told apart by none of them. `within`: by these characters
 * alone.
 */
export function stepsOf(
  states: readonly Going[],
  within: readonly Interval[] = everyCharacter,
): readonly Step[] {
  const [only] = states
  if (only !== undefined && states.length === 1 && within === everyCharacter)
    return only.moves.map(({ min, max, to }) => ({ min, max, to: [to] }))
  const intervals = within.every(({ min, max }) => min === max) ? within : cutUp(within, cutsOf(states))
  // Intervals and moves both rise: each list of moves is gone through once.
  const next = new Uint32Array(states.length)
  return intervals.map(({ min, max }) => {
    const to = states.map(({ moves }, index) => {
      let move = moves[next[index] as number]
      while (move !== undefined && move.max < min) {
        next[index] = (next[index] as number) + 1
        move = moves[next[index] as number]
      }
      return move !== undefined && move.min <= min ? move.to : -1
    })
    return { min, max, to }
  })
}

/** Where a move of some state begins, or another than before: rising, some more than once. */
function cutsOf(states: readonly Going[]): ArrayLike<number> {
  const cuts: number[] = []
  for (const { moves } of states) for (const { min, max } of moves) cuts.push(min, max + 1)
  return cuts.length > few ? Uint32Array.from(cuts).sort() : sorted(cuts)
}

/** So many numbers are in order before a call of the engine's own sorting is made. */
const few = 24

function sorted(numbers: number[]): readonly number[] {
  for (let at = 1; at < numbers.length; at += 1) {
    const number = numbers[at] as number
    let before = at - 1
    while (before >= 0 && (numbers[before] as number) > number) {
      numbers[before + 1] = numbers[before] as number
      before -= 1
    }
    numbers[before + 1] = number
  }
  return numbers
}

function cutUp(intervals: readonly Interval[], cuts: ArrayLike<number>): readonly Interval[] {
  const found: Interval[] = []
  let next = 0
  for (const { min, max } of intervals) {
    while ((cuts[next] ?? Number.POSITIVE_INFINITY) <= min) next += 1
    let start = min
    for (let cut = cuts[next]; cut !== undefined && cut <= max; cut = cuts[next]) {
      if (cut > start) found.push({ min: start, max: cut - 1 })
      start = cut
      next += 1
    }
    found.push({ min: start, max })
  }
  return found
}

/** Moves side by side that lead to the same, as one. */
export function joined(moves: readonly Move[]): readonly Move[] {
  const found: Move[] = []
  for (const move of moves) {
    const last = found.at(-1)
    if (last !== undefined && last.to === move.to && last.max + 1 === move.min)
      found[found.length - 1] = { ...last, max: move.max }
    else found.push(move)
  }
  return found
}
