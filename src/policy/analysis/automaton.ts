import { DFA, NFA, TooManyNodesError } from 'refa'
import { type Language, maxCharacter } from './regular.ts'

/** A language as a deterministic automaton; the first state is where it starts, and from every state an end can be reached. */
export type Automaton = readonly State[]

export interface State {
  readonly final: boolean
  /** Rising, without overlap. */
  readonly moves: readonly Move[]
}

export interface Move {
  readonly min: number
  readonly max: number
  readonly to: number
}

/** Nothing if it would need more states than are allowed. */
export function compileAutomaton(language: Language, mostStates: number): Automaton | undefined {
  try {
    return tableOf(
      DFA.fromFA(normal(nondeterministic(language, mostStates)), new DFA.LimitedNodeFactory(mostStates)),
    )
  } catch (error) {
    if (error instanceof TooManyNodesError) return undefined
    throw error
  }
}

function nondeterministic(language: Language, most: number): NFA {
  const options = { maxCharacter }
  const factory = new NFA.LimitedNodeFactory(most * 10)
  if ('says' in language) return NFA.fromRegex([language.says], options, {}, factory)
  if ('any' in language) {
    const union = NFA.empty(options, factory)
    for (const part of language.any) union.union(nondeterministic(part, most), factory)
    return union
  }
  const [first, ...rest] = language.all.map((part) => nondeterministic(part, most))
  return rest.reduce((both, part) => NFA.fromIntersection(both, part, factory), first ?? NFA.all(options))
}

function normal(automaton: NFA): NFA {
  automaton.removeUnreachable()
  return automaton
}

function tableOf(automaton: DFA): Automaton {
  const nodes = [automaton.initial]
  const numbers = new Map(nodes.map((node, index) => [node, index]))
  const numberOf = (node: DFA.Node) => {
    const known = numbers.get(node)
    if (known !== undefined) return known
    numbers.set(node, nodes.length)
    return nodes.push(node) - 1
  }
  const states: State[] = []
  // The list grows while it is walked.
  for (const node of nodes) {
    const moves = [...node.out.entries()].map(([{ min, max }, to]) => ({ min, max, to: numberOf(to) }))
    states.push({ final: automaton.finals.has(node), moves })
  }
  return states
}
