import type { Automaton } from './automaton.ts'
import { type Budget, spend } from './budget.ts'
import { type Interval, intersect } from './characters.ts'
import { mostReadable, readability } from './readable.ts'
import { type Move, type State, type Step, stepsOf } from './state.ts'

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

/** `all`: every way in which a text can lie in the languages was seen. */
export type Searched = 'ended' | 'all' | 'undecided'

/** Walks all languages at once, breadth first. What lies in the same languages and goes on alike is seen once. */
export function search({ automata, within, isSettled, visit, budget }: Search): Searched {
  const first: Spot = { at: [...automata].flatMap(([number]) => [number, 0]), code: -1, before: undefined }
  const queue: Spot[] = [first]
  const seen = new Set([keyOf(first.at)])
  // The queue grows while it is walked.
  for (const spot of queue) {
    const live = liveAt(spot, automata)
    const accepted = numbersWhere(live, isFinal)
    if (within.every((number) => accepted.has(number)) && visit(accepted, () => textOf(spot))) return 'ended'
    if (isSettled?.(numbersWhere(live, isOver), numbersWhere(live, isAny))) continue
    const steps = stepsOf(
      live.map(({ state }) => state),
      openAt(live, within),
    )
    if (!spend(budget, live.length * (1 + steps.length))) return 'undecided'
    for (const [key, next] of successors(spot, live, steps)) {
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

const isFinal = ({ final }: State) => final
const isOver = ({ settled }: State) => settled
const isAny = () => true

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

/** One for each set of characters after which all languages stand alike, by its most readable character. */
function successors(
  spot: Spot,
  live: readonly Live[],
  steps: readonly Step[],
): readonly (readonly [string, Spot])[] {
  const found = new Map<string, Spot>()
  for (const { min, max, to } of steps) {
    const at: number[] = []
    for (let index = 0; index < to.length; index += 1)
      if (to[index] !== -1) at.push(live[index]?.number ?? 0, to[index] ?? 0)
    const key = keyOf(at)
    const code = mostReadable(min, max)
    const known = found.get(key)
    if (known === undefined || readability(code) < readability(known.code))
      found.set(key, { at, code, before: spot })
  }
  return [...found].sort(([, a], [, b]) => readability(a.code) - readability(b.code))
}

/** The characters with which all languages of `within` go on. */
function openAt(live: readonly Live[], within: readonly number[]): readonly Interval[] | undefined {
  let open: readonly Interval[] | undefined
  for (const { number, state } of live)
    if (within.includes(number)) open = open === undefined ? state.moves : intersect(open, state.moves)
  return open
}

/** Numbers of languages and of states are small: each is a character. */
function keyOf(at: readonly number[]): string {
  return String.fromCharCode(...at)
}

function follow(moves: readonly Move[], code: number): number | undefined {
  for (const { min, max, to } of moves) if (min <= code && code <= max) return to
  return undefined
}
