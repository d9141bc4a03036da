import { remembered } from '../../shared/remembered.ts'
import { type Characters, goesOnAlways, type Interval } from './characters.ts'
import { type Bounds, explore, type Row } from './explore.ts'
import { type Nfa, nfaOf } from './nfa.ts'
import { mark, type Regular } from './regular.ts'
import { joined, stepsOf } from './state.ts'

/** A state has some arcs; of an expression of which each has more than this, nothing small comes. */
const arcsEach = 100
/** Numbers of states, and of sets of characters, are told apart as characters of a key. */
const mostNumbers = 0x1_0000

/** All states in which the expression can be after the same text. */
interface Spot {
  readonly states: readonly number[]
  readonly key: string
}

/** What an expression says, as an automaton; nothing if it needs more than is allowed. */
export function deterministic(says: Regular, bounds: Bounds): readonly Row[] | undefined {
  const nfa = nfaOf(says, bounds.mostStates * arcsEach)
  if (nfa === undefined) return undefined
  const { states, start } = nfa
  const kinds = kindsOf(nfa)
  if (Math.max(states.length, kinds.size) > mostNumbers) return undefined
  const arcs = states.map((state) =>
    state.arcs.map(({ characters, to }) => ({ kind: kinds.get(characters) as number, to })),
  )
  const part = partingOf([...kinds.keys()])
  const lasting = lastingOf(nfa)
  const spotOf = (to: readonly number[]): Spot => {
    const forAll = lasting.size === 0 ? undefined : to.find((state) => lasting.has(state))
    const all = forAll === undefined ? [...new Set(to)].sort((one, other) => one - other) : [forAll]
    return { states: all, key: String.fromCharCode(...all) }
  }
  const look = (spot: Spot) => {
    const going = spot.states.flatMap((state) => arcs[state] ?? [])
    const byKind = Map.groupBy(going, ({ kind }) => kind)
    const { groups, intervals } = part(String.fromCharCode(...byKind.keys()))
    const targets = groups.map((group) =>
      spotOf(group.flatMap((kind) => byKind.get(kind) ?? []).map(({ to }) => to)),
    )
    const moves = intervals.map(({ min, max, to }) => ({ min, max, to: targets[to] as Spot }))
    const final = spot.states.some((state) => states[state]?.final)
    return { final, moves, steps: going.length * (1 + moves.length) }
  }
  return explore<Spot>({ first: spotOf([start]), key: ({ key }) => key, look }, bounds)
}

/** The sets of characters that arcs go by, numbered. */
function kindsOf({ states }: Nfa): ReadonlyMap<Characters, number> {
  const kinds = new Map<Characters, number>()
  for (const { arcs } of states)
    for (const { characters } of arcs) if (!kinds.has(characters)) kinds.set(characters, kinds.size)
  return kinds
}

interface Parting {
  /** The kinds that the characters of each group are of. */
  readonly groups: readonly (readonly number[])[]
  /** To the numbers of groups. */
  readonly intervals: readonly (Interval & { readonly to: number })[]
}

/** How some kinds part all characters. Many spots have arcs of the same ones. */
function partingOf(sets: readonly Characters[]): (kinds: string) => Parting {
  const moves = sets.map((characters, to) => ({
    moves: characters.map(({ min, max }) => ({ min, max, to })),
  }))
  return remembered((kinds: string): Parting => {
    const given = Array.from(kinds, (kind) => moves[kind.charCodeAt(0)] as (typeof moves)[number])
    const numbers = new Map<string, number>()
    const groups: number[][] = []
    const intervals = stepsOf(given).flatMap(({ min, max, to }) => {
      const members = to.filter((kind) => kind >= 0)
      if (members.length === 0) return []
      const key = String.fromCharCode(...members)
      const known = numbers.get(key) ?? groups.push(members) - 1
      numbers.set(key, known)
      return [{ min, max, to: known }]
    })
    return { groups, intervals: joined(intervals) }
  })
}

/** States from which on a text without marks is in the language, whatever follows: what else it could be then says nothing. */
function lastingOf({ states }: Nfa): ReadonlySet<number> {
  const isMarked = states.some(({ arcs }) => arcs.some(({ characters }) => characters[0]?.min === markCode))
  if (isMarked) return new Set()
  return new Set(
    states.flatMap(({ final, arcs }, state) => {
      const lasts = final && arcs.some(({ characters, to }) => to === state && goesOnAlways(characters))
      return lasts ? [state] : []
    }),
  )
}

const markCode = mark.charCodeAt(0)
