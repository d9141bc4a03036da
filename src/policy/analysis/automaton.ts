import type { Budget } from './budget.ts'
import { goesOnAlways } from './characters.ts'
import { deterministic } from './deterministic.ts'
import { type Bounds, explore, type Row } from './explore.ts'
import { type Language, mark } from './regular.ts'
import { smallest } from './smallest.ts'
import { type Move, type State, stepsOf } from './state.ts'

/** A language as a deterministic automaton; the first state is where it starts, and from every state an end can be reached. */
export type Automaton = readonly State[]

export interface CompileOptions {
  readonly mostStates: number
  /** Where a text can be whole. */
  readonly ends?: 'anywhere' | 'after-mark'
  /** Languages with a name that were compiled before. */
  readonly known?: Map<string, readonly Row[]>
  /** How many steps of a search may still be spent; endless if left out. */
  readonly budget?: Budget
}

/** Nothing if it would need more states, or more work, than is allowed. */
export function compileAutomaton(language: Language, options: CompileOptions): Automaton | undefined {
  const { ends = 'anywhere', known = new Map(), mostStates, budget = endless() } = options
  const rows = compile(language, { known, mostStates, budget })
  return rows && settle(rows, ends)
}

/** What any of them says, in one; nothing if it would need more states, or more work, than is allowed. */
export function uniteAutomata(
  automata: readonly Automaton[],
  { mostStates, ends = 'anywhere', budget = endless() }: CompileOptions,
): Automaton | undefined {
  const rows = together(automata, 'any', { mostStates, budget })
  return rows && settle(rows, ends)
}

const endless = (): Budget => ({ left: Number.POSITIVE_INFINITY })

interface Workshop extends Bounds {
  readonly known: Map<string, readonly Row[]>
}

function compile(language: Language, work: Workshop): readonly Row[] | undefined {
  if ('says' in language) return deterministic(language.says, work)
  const how = 'any' in language ? 'any' : 'all'
  const parts = 'any' in language ? language.any : language.all
  return parts.length === 0 ? [{ final: false, moves: [] }] : combine(parts, how, work)
}

/** Half by half: what comes of few is small, and is kept so. */
function combine(parts: readonly Language[], how: 'any' | 'all', work: Workshop): readonly Row[] | undefined {
  const [first] = parts
  if (first !== undefined && parts.length === 1) return smallPart(first, work)
  const middle = Math.ceil(parts.length / 2)
  const one = combine(parts.slice(0, middle), how, work)
  const other = one && combine(parts.slice(middle), how, work)
  const both = one && other && together([one, other], how, work)
  return both && smallest(both)
}

function smallPart(part: Language, work: Workshop): readonly Row[] | undefined {
  const name = 'says' in part ? part.name : undefined
  const known = name === undefined ? undefined : work.known.get(name)
  if (known !== undefined) return known
  const rows = compile(part, work)
  const small = rows && ('says' in part ? smallest(rows) : rows)
  if (name !== undefined && small !== undefined) work.known.set(name, small)
  return small
}

/** What any, or all, of them say. A spot is, in turn, the number of one of them and its state. */
function together(
  automata: readonly (readonly Row[])[],
  how: 'any' | 'all',
  bounds: Bounds,
): readonly Row[] | undefined {
  const look = (spot: readonly number[]) => {
    const here = rowsAt(spot, automata)
    // Of what follows, one that holds whatever it is says all; of the text so far each may say something.
    const settled = how === 'any' ? here.findIndex((row) => row.settled) : -1
    const [going, rows] =
      settled < 0
        ? [spot, here]
        : [spot.slice(2 * settled, 2 * settled + 2), here.slice(settled, settled + 1)]
    const least = how === 'any' ? 2 : going.length
    const moves = stepsOf(rows).flatMap(({ min, max, to }) => {
      const next = to.flatMap((state, place) => (state === -1 ? [] : [going[2 * place] as number, state]))
      return next.length < least ? [] : [{ min, max, to: next }]
    })
    const final = how === 'any' ? here.some((row) => row.final) : here.every((row) => row.final)
    return { final, moves, steps: here.length * (1 + moves.length) }
  }
  const first = automata.flatMap((_, index) => [index, 0])
  return explore<readonly number[]>({ first, key: keyOf, look }, bounds)
}

function rowsAt(spot: readonly number[], automata: readonly (readonly Row[])[]): readonly Row[] {
  const rows: Row[] = []
  for (let at = 0; at < spot.length; at += 2)
    rows.push(automata[spot[at] as number]?.[spot[at + 1] as number] as Row)
  return rows
}

/** Numbers of automata and of states are small: each is a character. */
function keyOf(spot: readonly number[]): string {
  return String.fromCharCode(...spot)
}

function settle(states: readonly Row[], ends: 'anywhere' | 'after-mark'): Automaton {
  const after = (moves: readonly Move[]) => moves.find(({ min }) => min <= mark.charCodeAt(0))
  const open = new Set(
    states.flatMap(({ final, moves }, number) => {
      const ended = after(moves)
      const endedWell = ended !== undefined && states[ended.to]?.final === true
      const fine = ends === 'after-mark' ? endedWell : final && (ended === undefined || endedWell)
      return fine && goesOnAlways(moves) ? [number] : []
    }),
  )
  let before = 0
  while (before !== open.size) {
    before = open.size
    for (const number of open) if (states[number]?.moves.some(({ to }) => !open.has(to))) open.delete(number)
  }
  return states.map((state, number) => ({ ...state, settled: open.has(number) }))
}
