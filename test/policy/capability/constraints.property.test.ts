import fc from 'fast-check'
import { expect, test } from 'vitest'
import { constraintNames, tightest } from '../../../src/policy/capability/constraints.ts'
import type { Constraints } from '../../../src/policy/types.ts'

const runs = { numRuns: 1000 }
const amount = fc.integer({ min: 1, max: 5 })
const per = fc.constantFrom('s', 'min', 'h', 'day')
const budget = fc.record({ count: amount, per }, { requiredKeys: ['count'] })
const kinds: { readonly [Name in keyof Required<Constraints>]: fc.Arbitrary<Constraints[Name]> } = {
  timeout: amount,
  memory: amount,
  disk: amount,
  output: amount,
  cpu: amount,
  processes: amount,
  max: amount,
  rate: fc.record({ count: amount, per }) as fc.Arbitrary<Constraints['rate']>,
  tokens: budget as fc.Arbitrary<Constraints['tokens']>,
  usd: budget as fc.Arbitrary<Constraints['usd']>,
  allowlist: fc.subarray(['cat', 'grep', 'ls']),
  to: fc.constantFrom('x.com', 'y.com'),
  remote: fc.constantFrom('origin', 'fork'),
  everywhere: fc.constant(true as const),
  expires: fc.constantFrom('2027-01-31T00:00:00Z', '2028-01-31T00:00:00Z'),
}
const some = fc.record(kinds, { requiredKeys: [] }) as fc.Arbitrary<Constraints>

/** What each gives of one thing: the less, the tighter. */
function given({ rate, tokens, usd, allowlist, ...plain }: Constraints): readonly number[] {
  const ms = { s: 1e3, min: 6e4, h: 36e5, day: 864e5 }
  const flows = [rate, tokens, usd].map((one) => one && one.count / ms[one.per ?? 'day'])
  const { timeout, memory, disk, output, cpu, processes, max } = plain
  return [timeout, memory, disk, output, cpu, processes, max, ...flows, allowlist?.length].map(
    (one) => one ?? Number.POSITIVE_INFINITY,
  )
}

test('two constraints together are as tight as each of them, in either order, and twice is once', () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      const both = tightest(a, b)
      expect(tightest(b, a)).toEqual(both)
      expect(tightest(both, a)).toEqual(both)
      expect(tightest(a, a)).toEqual(a)
      const [first, second] = [given(a), given(b)]
      given(both).forEach((amount, index) => {
        expect(amount).toBeLessThanOrEqual(Math.min(first[index] ?? 0, second[index] ?? 0))
      })
      for (const word of both.allowlist ?? [])
        expect([a, b].every(({ allowlist }) => allowlist?.includes(word) ?? true)).toBe(true)
      expect(constraintNames.filter((name) => both[name] !== undefined)).toEqual(
        constraintNames.filter((name) => a[name] !== undefined || b[name] !== undefined),
      )
    }),
    runs,
  )
})
