import type { Automaton } from './automaton.ts'

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

/** How many states may still be looked at. */
export interface Budget {
  left: number
}

/** `all`: every way in which a text can lie in the languages was seen. */
export type Searched = 'ended' | 'all' | 'undecided'

/** Walks all languages at once, breadth first. What lies in the same languages and goes on alike is seen once. */
export function search({ automata, within, isSettled, visit, budget }: Search): Searched {
  const first: Spot = { at: [...automata.keys()].map((number) => [number, 0] as const), code: -1 }
  const queue: Spot[] = [first]
  const seen = new Set([keyOf(first.at)])
  // The queue grows while it is walked.
  for (const spot of queue) {
    if (--budget.left < 0) return 'undecided'
    const accepted = new Set(
      spot.at.flatMap(([number, state]) => (automata.get(number)?.[state]?.final ? [number] : [])),
    )
    if (within.every((number) => accepted.has(number)) && visit(accepted, () => textOf(spot))) return 'ended'
    if (isSettled?.(settledAt(spot, automata), new Set(spot.at.map(([number]) => number)))) continue
    for (const next of successors(spot, automata, within)) {
      const key = keyOf(next.at)
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

/** The states of all languages in which the text so far can still go on. */
type Positions = readonly (readonly [number: number, state: number])[]

interface Spot {
  readonly at: Positions
  readonly code: number
  readonly before?: Spot
}

function settledAt({ at }: Spot, automata: Search['automata']): ReadonlySet<number> {
  return new Set(at.flatMap(([number, state]) => (automata.get(number)?.[state]?.settled ? [number] : [])))
}

function keyOf(at: Positions): string {
  return at.join(';')
}

function textOf(spot: Spot): string {
  let text = ''
  for (let here: Spot | undefined = spot; here && here.code >= 0; here = here.before)
    text = String.fromCodePoint(here.code) + text
  return text
}

/** One for each set of characters after which all languages stand alike, by its most readable character. */
function successors(spot: Spot, automata: Search['automata'], within: readonly number[]): readonly Spot[] {
  const live = spot.at.map(([number, state]) => ({
    number,
    moves: automata.get(number)?.[state]?.moves ?? [],
  }))
  const starts = new Set(live.flatMap(({ moves }) => moves.flatMap(({ min, max }) => [min, max + 1])))
  const cuts = [...starts].sort((a, b) => a - b)
  const found = new Map<string, Spot>()
  cuts.forEach((min, index) => {
    const max = (cuts[index + 1] ?? min + 1) - 1
    const at = live.flatMap(({ number, moves }) => {
      const to = follow(moves, min)
      return to === undefined ? [] : [[number, to] as const]
    })
    if (!within.every((number) => at.some(([other]) => other === number))) return
    const key = keyOf(at)
    const code = mostReadable(min, max)
    const known = found.get(key)
    if (known === undefined || rank(code) < rank(known.code)) found.set(key, { at, code, before: spot })
  })
  return [...found.values()].sort((a, b) => rank(a.code) - rank(b.code))
}

function follow(moves: Automaton[number]['moves'], code: number): number | undefined {
  for (const { min, max, to } of moves) if (min <= code) if (code <= max) return to
  return undefined
}

const readable = Array.from(
  'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ./-_:@+=,~ ',
  (each) => each.charCodeAt(0),
)
const ranks = new Map(readable.map((code, index) => [code, index]))

function rank(code: number): number {
  return ranks.get(code) ?? (code > 0x20 && code < 0x7f ? 100 : 1_000)
}

function mostReadable(min: number, max: number): number {
  return readable.find((code) => min <= code && code <= max) ?? Math.min(Math.max(min, 0x21), max)
}
