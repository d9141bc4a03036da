import type { Characters } from './characters.ts'
import type { Part, Regular } from './regular.ts'

/** A state of a nondeterministic automaton without empty moves. */
export interface NfaState {
  readonly final: boolean
  readonly arcs: readonly Arc[]
}

export interface Arc {
  readonly characters: Characters
  readonly to: number
}

export interface Nfa {
  readonly start: number
  readonly states: readonly NfaState[]
}

/** What a part begins and ends with; `empty`: it can be left out. */
interface Stretch {
  readonly empty: boolean
  readonly first: readonly number[]
  readonly last: readonly number[]
}

const nothing: Stretch = { empty: true, first: [], last: [] }
/** What no text can be; nor can a sequence with such a part, so no state leads into it. */
const impossible: Stretch = { empty: false, first: [], last: [] }

function isImpossible({ empty, first }: Stretch): boolean {
  return !empty && first.length === 0
}

/**
 * Glushkov's automaton: a state for the start, and one after each character of the expression. Those that go on alike are one.
 * Nothing if it would need more arcs than are allowed.
 */
export function nfaOf(says: Regular, mostArcs: number): Nfa | undefined {
  const entered: Characters[] = [[]]
  const follow: number[][] = [[]]
  let left = mostArcs

  const connect = (last: readonly number[], first: readonly number[]) => {
    left -= last.length * first.length
    if (left >= 0) for (const one of last) for (const other of first) follow[one]?.push(other)
  }
  const inTurn = (one: Stretch, other: Stretch): Stretch => {
    if (isImpossible(one) || isImpossible(other)) return impossible
    connect(one.last, other.first)
    return {
      empty: one.empty && other.empty,
      first: one.empty ? [...one.first, ...other.first] : one.first,
      last: other.empty ? [...one.last, ...other.last] : other.last,
    }
  }
  const readPart = (part: Part): Stretch => {
    if ('one' in part) {
      if (part.one.length === 0) return impossible
      const number = entered.push(part.one) - 1
      follow.push([])
      return { empty: false, first: [number], last: [number] }
    }
    if ('either' in part) {
      const all = part.either.map(read)
      return {
        empty: all.some(({ empty }) => empty),
        first: all.flatMap(({ first }) => first),
        last: all.flatMap(({ last }) => last),
      }
    }
    const once = read(part.repeated)
    if (part.endless) connect(once.last, once.first)
    return { ...once, empty: once.empty || part.optional }
  }
  const read = (parts: Regular): Stretch => parts.map(readPart).reduce(inTurn, nothing)

  const whole = inTurn({ empty: true, first: [], last: [0] }, read(says))
  return left < 0 ? undefined : mergeAlike({ entered, follow, finals: new Set(whole.last) })
}

interface Glushkov {
  /** By which characters a state is come to. */
  readonly entered: readonly Characters[]
  readonly follow: readonly (readonly number[])[]
  readonly finals: ReadonlySet<number>
}

/** From the end on: states that go on alike, by the same characters to the same states, are one. */
function mergeAlike({ entered, follow, finals }: Glushkov): Nfa {
  const kinds = new Map<Characters, number>()
  for (const characters of entered) if (!kinds.has(characters)) kinds.set(characters, kinds.size)
  const count = entered.length
  /** By state: the one that stands for it. */
  const standIns = new Uint32Array(count)
  const known = new Map<string, number>()
  for (let state = count - 1; state >= 0; state -= 1) {
    // Of what lies further on it is known what stands for it; that a state leads to itself is alike for all that do.
    const codes = (follow[state] ?? []).map((to) => {
      const code = to > state ? (standIns[to] as number) : to === state ? count : count + 1 + to
      return (kinds.get(entered[to] as Characters) ?? 0) * (2 * count + 1) + code
    })
    const key = `${finals.has(state)} ${[...new Set(codes)].sort((one, other) => one - other)}`
    const standIn = known.get(key) ?? state
    known.set(key, standIn)
    standIns[state] = standIn
  }
  const states = [...known.values()]
  const numbers = new Map(states.map((state, number) => [state, number]))
  const numberOf = (state: number) => numbers.get(standIns[state] as number) ?? 0
  return {
    start: numberOf(0),
    states: states.map((state) => {
      const arcs = (follow[state] ?? []).map((to): [number, Arc] => {
        const [characters, number] = [entered[to] as Characters, numberOf(to)]
        return [(kinds.get(characters) ?? 0) * count + number, { characters, to: number }]
      })
      return { final: finals.has(state), arcs: [...new Map(arcs).values()] }
    }),
  }
}
