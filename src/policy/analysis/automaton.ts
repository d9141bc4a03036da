import { DFA, NFA, TooManyNodesError } from 'refa'
import { type Language, mark, maxCharacter } from './regular.ts'

/** A language as a deterministic automaton; the first state is where it starts, and from every state an end can be reached. */
export type Automaton = readonly State[]

export interface State {
  readonly final: boolean
  /** Whatever can follow, the text will be in the language. */
  readonly settled: boolean
  /** Rising, without overlap. */
  readonly moves: readonly Move[]
}

export interface Move {
  readonly min: number
  readonly max: number
  readonly to: number
}

/** Nothing if it would need more states than are allowed. `ends`: where a text can be whole. */
export function compileAutomaton(
  language: Language,
  mostStates: number,
  ends: 'anywhere' | 'after-mark' = 'anywhere',
): Automaton | undefined {
  try {
    return settle(tableOf(deterministic(language, mostStates)), ends)
  } catch (error) {
    if (error instanceof TooManyNodesError) return undefined
    throw error
  }
}

const options = { maxCharacter }

function deterministic(language: Language, most: number): DFA {
  const factory = new DFA.LimitedNodeFactory(most)
  if ('says' in language) {
    const states = new NFA.LimitedNodeFactory(most * 10)
    return DFA.fromFA(NFA.fromRegex([language.says], options, {}, states), factory)
  }
  // Parts that are as small as can be keep their product small.
  const [first, ...rest] = ('any' in language ? language.any : language.all).map((part) =>
    smallest(deterministic(part, most)),
  )
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
