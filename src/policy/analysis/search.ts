import type { Automaton, Move, State } from './automaton.ts'
import { mostReadable, readability } from './readable.ts'

export interface Search {
  /** Languages that the texts are looked at by, by number. */
  readonly automata: ReadonlyMap<number, Automaton>
  /** Of them those in which every text must be. */
  readonly within: readonly number[]
  /** Whether nothing that begins so is of interest, by the languages that it will be in, and may be in, whatever follows. */
  isSettled?(settled: ReadonlySet<number>, open: ReadonlySet<number>): boolean
  /** Called for texts, the shortest first, with the languages each is in; `true` ends the search. */
  visit(accepted: ReadonlySet<number>, text: () => string): boolean
  readonly budget: Budget
}

/** How many steps may still be done. */
export interface Budget {
  left: number
}

/** `all`: every way in which a text can lie in the languages was seen. */
export type Searched = 'ended' | 'all' | 'undecided'

/** Walks all languages at once, breadth first. What lies in the same languages and goes on alike is seen once. */
export function search({ automata, within, isSettled, visit, budget }: Search): Searched {
  const first: Spot = { at: [...automata].flatMap(([number]) => [number, 0]), code: -1, before: undefined }
  const queue: Spot[] = [first]
  const seen = new Set([first.at.join()])
  // The queue grows while it is walked.
  for (const spot of queue) {
    const live = liveAt(spot, automata)
    const accepted = numbersWhere(live, ({ final }) => final)
    if (within.every((number) => accepted.has(number)) && visit(accepted, () => textOf(spot))) return 'ended'
    if (
      isSettled?.(
        numbersWhere(live, ({ settled }) => settled),
        numbersWhere(live, () => true),
      )
    )
      continue
    const intervals = intervalsAt(live, within)
    budget.left -= live.length * (1 + intervals.length)
    if (budget.left < 0) return 'undecided'
    for (const [key, next] of successors(spot, live, intervals)) {
      if (seen.has(key)) continue
      seen.add(key)
      queue.push(next)
    }
  }
  return 'all'
}

/** Whether the text is in the language. */
export function accepts(automaton: Automaton, text: string): boolean {
  let state = automaton[0]
  for (const character of text) {
    const to = state && follow(state.moves, character.codePointAt(0) ?? 0)
    if (to === undefined) return false
    state = automaton[to]
  }
  return state?.final === true
}

interface Spot {
  /** In turn a language's number and its state, of all languages in which the text so far can still go on. */
  readonly at: readonly number[]
  readonly code: number
  readonly before: Spot | undefined
}

interface Live {
  readonly number: number
  readonly state: State
}

function liveAt({ at }: Spot, automata: Search['automata']): readonly Live[] {
  const live: Live[] = []
  for (let index = 0; index < at.length; index += 2) {
    const number = at[index] ?? 0
    const state = automata.get(number)?.[at[index + 1] ?? 0]
    if (state) live.push({ number, state })
  }
  return live
}

function numbersWhere(live: readonly Live[], is: (state: State) => boolean): ReadonlySet<number> {
  const numbers = new Set<number>()
  for (const { number, state } of live) if (is(state)) numbers.add(number)
  return numbers
}

function textOf(spot: Spot): string {
  let text = ''
  for (let here: Spot | undefined = spot; here && here.code >= 0; here = here.before)
    text = String.fromCodePoint(here.code) + text
  return text
}

interface Interval {
  readonly min: number
  readonly max: number
}

/** Sets of characters that no language tells apart here, of those with which all languages of `within` go on. */
function intervalsAt(live: readonly Live[], within: readonly number[]): readonly Interval[] {
  let open: readonly Interval[] = [{ min: 0, max: 0x10ffff }]
  for (const { number, state } of live) if (within.includes(number)) open = intersect(open, state.moves)
  if (open.every(({ min, max }) => min === max)) return open
  const cuts = new Set<number>()
  for (const { state } of live) for (const { min, max } of state.moves) cuts.add(min).add(max + 1)
  const sorted = [...cuts].sort((a, b) => a - b)
  return open.flatMap(({ min, max }) => {
    const starts = [min, ...sorted.filter((cut) => min < cut && cut <= max)]
    return starts.map((start, index) => ({ min: start, max: (starts[index + 1] ?? max + 1) - 1 }))
  })
}

function intersect(some: readonly Interval[], others: readonly Interval[]): readonly Interval[] {
  return some.flatMap((one) =>
    others.flatMap((other) => {
      const both = { min: Math.max(one.min, other.min), max: Math.min(one.max, other.max) }
      return both.min <= both.max ? [both] : []
    }),
  )
}

/** One for each set of characters after which all languages stand alike, by its most readable character. */
function successors(
  spot: Spot,
  live: readonly Live[],
  intervals: readonly Interval[],
): readonly (readonly [string, Spot])[] {
  const found = new Map<string, Spot>()
  for (const { min, max } of intervals) {
    const at: number[] = []
    for (const { number, state } of live) {
      const to = follow(state.moves, min)
      if (to !== undefined) at.push(number, to)
    }
    const key = at.join()
    const code = mostReadable(min, max)
    const known = found.get(key)
    if (known === undefined || readability(code) < readability(known.code))
      found.set(key, { at, code, before: spot })
  }
  return [...found].sort(([, a], [, b]) => readability(a.code) - readability(b.code))
}

function follow(moves: readonly Move[], code: number): number | undefined {
  for (const { min, max, to } of moves) if (min <= code && code <= max) return to
  return undefined
}
