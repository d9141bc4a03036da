import type { Row } from './explore.ts'
import { joined, type Step, stepsOf } from './state.ts'

/** The same language with as few states as can be, the start first; a state from which no end can be reached is gone. */
export function smallest(rows: readonly Row[]): readonly Row[] {
  const alive = withEnds(rows)
  if (!alive.has(0)) return [{ final: false, moves: [] }]
  const groupOf = tellApart(rows, alive)
  // By their groups, numbered as they are met from the start.
  const numbers = new Map<number, number>()
  const first: number[] = []
  const numberOf = (state: number) => {
    const group = groupOf[state] as number
    const known = numbers.get(group)
    if (known !== undefined) return known
    numbers.set(group, first.length)
    return first.push(state) - 1
  }
  numberOf(0)
  const small: Row[] = []
  // The list grows while it is walked.
  for (const state of first) {
    const { final, moves } = rows[state] as Row
    const going = moves.filter(({ to }) => alive.has(to))
    small.push({ final, moves: joined(going.map(({ min, max, to }) => ({ min, max, to: numberOf(to) }))) })
  }
  return small
}

/** The states from which an end can be reached. */
function withEnds(rows: readonly Row[]): ReadonlySet<number> {
  const before = rows.map((): number[] => [])
  rows.forEach(({ moves }, state) => {
    for (const { to } of moves) before[to]?.push(state)
  })
  const alive = new Set(rows.flatMap(({ final }, state) => (final ? [state] : [])))
  // The set grows while it is walked.
  for (const state of alive) for (const earlier of before[state] ?? []) alive.add(earlier)
  return alive
}

/**
 * Each state's group: those from which the same texts lead to an end. Hopcroft's algorithm: a group is split by whether a
 * letter leads into another, and of the two halves only the smaller has to be looked at again.
 */
function tellApart(rows: readonly Row[], alive: ReadonlySet<number>): Uint32Array {
  // One state more: where every text leads that has no way on.
  const nowhere = rows.length
  const letters = lettersOf(rows).map(({ to }) => arrivals(to, alive, nowhere))
  const finals = [...alive].filter((state) => rows[state]?.final)
  const others = [...[...alive].filter((state) => !rows[state]?.final), nowhere]
  const groups = [others, finals]
  const groupOf = new Uint32Array(rows.length + 1)
  for (const state of finals) groupOf[state] = 1
  const waiting = [0, 1]
  // The list grows while it is walked.
  for (const target of waiting) {
    // As it is now: what is split off meanwhile waits for itself.
    const states = groups[target] ?? []
    for (const { start, from } of letters) {
      const inside = new Map<number, number[]>()
      for (const state of states)
        for (let at = start[state] as number; at < (start[state + 1] as number); at += 1) {
          const came = from[at] as number
          const group = groupOf[came] as number
          const known = inside.get(group)
          if (known === undefined) inside.set(group, [came])
          else known.push(came)
        }
      for (const [group, some] of inside) split(group, some)
    }
  }
  return groupOf

  function split(group: number, some: readonly number[]): void {
    const all = groups[group] as number[]
    if (some.length === all.length) return
    const among = new Set(some)
    const rest = all.filter((state) => !among.has(state))
    const [less, more] = some.length <= rest.length ? [some, rest] : [rest, some]
    groups[group] = [...more]
    const made = groups.push([...less]) - 1
    for (const state of less) groupOf[state] = made
    waiting.push(made)
  }
}

/** Characters that no state tells apart, as one letter. */
function lettersOf(rows: readonly Row[]): readonly Step[] {
  return [...new Map(stepsOf(rows).map((step) => [step.to.join(), step])).values()]
}

interface Arrivals {
  /** By state: where in `from` the states begin that come to it. */
  readonly start: Uint32Array
  readonly from: Uint32Array
}

function arrivals(to: Step['to'], alive: ReadonlySet<number>, nowhere: number): Arrivals {
  const targetOf = (state: number) => {
    const target = to[state] ?? -1
    return alive.has(target) ? target : nowhere
  }
  const states = [...alive, nowhere]
  const start = new Uint32Array(nowhere + 2)
  for (const state of states) start[targetOf(state) + 1] = (start[targetOf(state) + 1] as number) + 1
  for (let state = 0; state <= nowhere; state += 1)
    start[state + 1] = (start[state + 1] as number) + (start[state] as number)
  const next = start.slice()
  const from = new Uint32Array(states.length)
  for (const state of states) {
    const target = targetOf(state)
    from[next[target] as number] = state
    next[target] = (next[target] as number) + 1
  }
  return { start, from }
}
