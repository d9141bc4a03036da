import { DFA, NFA, type NodeFactory, TooManyNodesError } from 'refa'
import type { Budget } from './budget.ts'
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
  /** How many steps of a search may still be spent; endless if left out. */
  readonly budget?: Budget
}

/** Nothing if it would need more states, or more work, than is allowed. */
export function compileAutomaton(language: Language, options: CompileOptions): Automaton | undefined {
  const { ends = 'anywhere' } = options
  try {
    return settle(tableOf(deterministic(language, workshop(options))), ends)
  } catch (error) {
    if (error instanceof TooManyNodesError) return undefined
    throw error
  }
}

/** What any of them says, in one; nothing if it would need more states, or more work, than is allowed. */
export function uniteAutomata(
  automata: readonly Automaton[],
  { mostStates, ends = 'anywhere', budget = endless() }: CompileOptions,
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
    if (spots.length > mostStates || budget.left < 0) return undefined
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
    budget.left -= here.length * (1 + moves.length)
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

interface Workshop {
  readonly known: Map<string, DFA>
  readonly nfa: () => NFA.LimitedNodeFactory
  /** `size`: how many states that which is made deterministic has. */
  readonly dfa: (size: number) => NodeFactory<DFA.Node>
}

/** Measured, as steps of a search: what it takes to make a state, and to look meanwhile at one of those that it stands for. */
const stepsToMake = { state: 300, each: 45 }

function workshop({ mostStates, known = new Map(), budget = endless() }: CompileOptions): Workshop {
  return {
    known,
    nfa: () => new NFA.LimitedNodeFactory(mostStates * 10),
    dfa: (size) => {
      const factory = new DFA.LimitedNodeFactory(mostStates)
      let made = 0
      return {
        createNode: () => {
          made += 1
          // Once there are more than there were before, each stands for many at a time.
          budget.left -= made <= size ? stepsToMake.state : size * stepsToMake.each
          TooManyNodesError.assert(budget.left < 0 ? 1 : 0, 0, 'DFA')
          return factory.createNode()
        },
      }
    },
  }
}

const endless = (): Budget => ({ left: Number.POSITIVE_INFINITY })

function deterministic(language: Language, work: Workshop): DFA {
  if ('says' in language) {
    const nfa = NFA.fromRegex([language.says], options, {}, work.nfa())
    return DFA.fromFA(nfa, work.dfa(sizeOf(nfa)))
  }
  // Parts that are as small as can be keep their product small.
  const [first, ...rest] = ('any' in language ? language.any : language.all).map((part) => {
    const name = 'says' in part ? part.name : undefined
    const automaton = (name && work.known.get(name)) || smallest(deterministic(part, work))
    if (name) work.known.set(name, automaton)
    return automaton
  })
  if (first === undefined) return DFA.empty(options)
  return rest.reduce((one, other) => smallest(both(language, one, other, work)), first)
}

function both(language: Language, one: DFA, other: DFA, work: Workshop): DFA {
  const factory = work.dfa(sizeOf(one) + sizeOf(other))
  if ('all' in language) return DFA.fromIntersection(one, other, factory)
  const union = NFA.fromFA(one)
  union.union(other)
  return DFA.fromFA(union, factory)
}

function sizeOf(automaton: NFA | DFA): number {
  let size = 0
  for (const _ of automaton.nodes()) size += 1
  return size
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
