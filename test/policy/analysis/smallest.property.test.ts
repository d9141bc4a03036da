import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Row } from '../../../src/policy/analysis/explore.ts'
import { smallest } from '../../../src/policy/analysis/smallest.ts'

const letters = ['a', 'b', 'c'].map((letter) => letter.charCodeAt(0))

/** Of up to nine states, with moves for some of three letters. */
const automata = fc.integer({ min: 1, max: 9 }).chain((count) =>
  fc.array(
    fc.record({
      final: fc.boolean(),
      moves: fc.tuple(...letters.map(() => fc.option(fc.nat(count - 1), { freq: 4 }))).map((targets) =>
        targets.flatMap((to, index) => {
          const code = letters[index] ?? 0
          return to === null ? [] : [{ min: code, max: code, to }]
        }),
      ),
    }),
    { minLength: count, maxLength: count },
  ),
)

test('the smallest automaton says the same, and no two of its states do', () => {
  fc.assert(
    fc.property(automata, (rows) => {
      const small = smallest(rows)
      expect(apart(rows, 0, small, 0)).toBeUndefined()
      for (let one = 0; one < small.length; one += 1)
        for (let other = 0; other < one; other += 1) expect(apart(small, one, small, other)).toBeDefined()
      const dead = small.filter(
        (_, state) => apart(small, state, [{ final: false, moves: [] }], 0) === undefined,
      )
      expect(dead.length).toBe(small.some(({ final }) => final) ? 0 : 1)
    }),
    { numRuns: 2_000 },
  )
})

/** A text that one of the two states takes and the other does not, by trying all pairs that can be reached. */
function apart(some: readonly Row[], one: number, others: readonly Row[], other: number): string | undefined {
  const pairs = [{ one, other, text: '' }]
  const seen = new Set<string>()
  for (const pair of pairs) {
    const key = `${pair.one} ${pair.other}`
    if (seen.has(key)) continue
    seen.add(key)
    const [left, right] = [some[pair.one], others[pair.other]]
    if ((left?.final ?? false) !== (right?.final ?? false)) return pair.text
    for (const code of letters)
      pairs.push({
        one: follow(left, code),
        other: follow(right, code),
        text: pair.text + String.fromCharCode(code),
      })
  }
  return undefined
}

/** -1: nowhere. */
function follow(row: Row | undefined, code: number): number {
  return row?.moves.find(({ min, max }) => min <= code && code <= max)?.to ?? -1
}
