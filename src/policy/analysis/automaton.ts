import { DFA, NFA, TooManyNodesError } from 'refa'
import { type Language, mark, maxCharacter } from './regular.ts'
import { type Move, type State, stepsOf } from './state.ts'

/** A language as a deterministic automaton; the first state is where it starts, and from every state an end can be reached. */
export type Automaton = readonly State[]

export interface CompileOptions {
  readonly mostStates: number
  /** Where a text can be whole. */
  readonly ends?: 'anywhere' | 'after-mark'
  /** Languages with a name that were compiled before. */
  readonly known?: Map<string, DFA>
}

/** Nothing if it would need more states than are allowed. */
export function compileAutomaton(language: Language, options: CompileOptions): Automaton | undefined {
  const { mostStates, ends = 'anywhere', known = new Map() } = options
  try {
    return settle(tableOf(deterministic(language, mostStates, known)), ends)
  } catch (error) {
    if (error instanceof TooManyNodesError) return undefined
    throw error
  }
}

/** What any of them says, in one; nothing if it would need more states than are allowed. */
export function uniteAutomata(
  automata: readonly Automaton[],
  { mostStates, ends = 'anywhere' }: CompileOptions,
): Automaton | undefined {
  const first = automata.map((_, index) => ({ index, at: 0 }))
  const spots: (readonly Spot[])[] = [first]
  const numbers = new Map([[spotKey(first), 0]])
  const numberOf = (spot: readonly Spot[]) => {
    const known = numbers.get(spotKey(spot))
    if (known !== undefined) return known
    numbers.set(spotKey(spot), spots.length)
    return spots.push(spot) - 1
  }
  const states: Omit<State, 'settled'>[] = []
  // The list grows while it is walked.
  for (const spot of spots) {
    if (spots.length > mostStates) return undefined
    const here = spot.map(({ index, at }) => automata[index]?.[at] as State)
    // Of what follows, one that holds whatever it is says all; of the text so far each may say something.
    const settled = here.findIndex((state) => state.settled)
    const going = settled < 0 ? spot : spot.slice(settled, settled + 1)
    const moves = stepsOf(going.map(({ index, at }) => automata[index]?.[at] as State)).flatMap(
      ({ min, max, to }): Move[] => {
        const next = going.flatMap(({ index }, place) =>
          to[place] === -1 ? [] : [{ index, at: to[place] ?? 0 }],
        )
        return next.length === 0 ? [] : [{ min, max, to: numberOf(next) }]
      },
    )
    states.push({ final: here.some(({ final }) => final), moves })
  }
  return settle(states, ends)
}

/** A state of one of several automata. */
interface Spot {
  readonly index: number
  readonly at: number
}

function spotKey(spot: readonly Spot[]): string {
  return String.fromCharCode(...spot.flatMap(({ index, at }) => [index, at]))
}

const options = { maxCharacter }

function deterministic(language: Language, most: number, known: Map<string, DFA>): DFA {
  if ('says' in language) {
    const factory = new DFA.LimitedNodeFactory(most)
    const states = new NFA.LimitedNodeFactory(most * 10)
    return DFA.fromFA(NFA.fromRegex([language.says], options, {}, states), factory)
  }
  // Parts that are as small as can be keep their product small.
  const [first, ...rest] = ('any' in language ? language.any : language.all).map((part) => {
    const name = 'says' in part ? part.name : undefined
    const automaton = (name && known.get(name)) || smallest(deterministic(part, most, known))
    if (name) known.set(name, automaton)
    return automaton
  })
  if (first === undefined) return DFA.empty(options)
  return rest.reduce((one, other) => smallest(both(language, one, other, most)), first)
}

function both(language: Language, one: DFA, other: DFA, most: number): DFA {
  const factory = new DFA.LimitedNodeFactory(most)
  if ('all' in language) return DFA.fromIntersection(one, other, factory)
  const union = NFA.fromFA(one)
  union.union(other)
  return DFA.fromFA(union, factory)
}

function smallest(automaton: DFA): DFA {
  automaton.minimize()
  return automaton
}

function tableOf(automaton: DFA): readonly Omit<State, 'settled'>[] {
  const nodes = [automaton.initial]
  const numbers = new Map(nodes.map((node, index) => [node, index]))
  const numberOf = (node: DFA.Node) => {
    const known = numbers.get(node)
    if (known !== undefined) return known
    numbers.set(node, nodes.length)
    return nodes.push(node) - 1
  }
  const states: Omit<State, 'settled'>[] = []
  // The list grows while it is walked.
  for (const node of nodes) {
    const moves = [...node.out.entries()].map(([{ min, max }, to]) => ({ min, max, to: numberOf(to) }))
    states.push({ final: automaton.finals.has(node), moves })
  }
  return states
}

function settle(states: readonly Omit<State, 'settled'>[], ends: 'anywhere' | 'after-mark'): Automaton {
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

/** Whether some move is there for every character but half ones and the mark. */
function goesOnAlways(moves: readonly Move[]): boolean {
  let next = 1
  for (const { min, max } of moves) {
    if (min > next && !(next === 0xd800 && min === 0xe000)) return false
    next = max + 1
  }
  return next > maxCharacter
}
