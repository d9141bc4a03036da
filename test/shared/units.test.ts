import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  parseCount,
  parseDollars,
  parseDuration,
  parseRate,
  parseSize,
  parseTokens,
  printDollars,
  printDuration,
  printRate,
  printSize,
  printTokens,
} from '../../src/shared/units.ts'

test.each([
  ['30s', 30_000],
  ['1.5h', 5_400_000],
  ['500ms', 500],
  ['1d', 86_400_000],
])('the duration `%s` is %i ms', (text, ms) => {
  expect(parseDuration(text)).toEqual({ ok: true, value: ms })
})

test.each([
  ['1KB', 1_000],
  ['1KiB', 1_024],
  ['4GB', 4_000_000_000],
  ['4GiB', 4_294_967_296],
  ['0.5MB', 500_000],
])('the size `%s` is %i bytes', (text, bytes) => {
  expect(parseSize(text)).toEqual({ ok: true, value: bytes })
})

describe('what is no quantity says what to write', () => {
  test.each([
    [parseDuration, '30', '30s'],
    [parseDuration, '30min', '30m'],
    [parseDuration, '2hours', '2h'],
    [parseDuration, '0.0001s', undefined],
    [parseDuration, '1e3s', undefined],
    [parseDuration, '30 minutes', '30m'],
    [parseDuration, ' 1.5 Hours ', '1.5h'],
    [parseDuration, '500 milliseconds', '500ms'],
    [parseDuration, '1h 30m', '90m'],
    [parseDuration, '1h30m', '90m'],
    [parseDuration, '5 months', undefined],
    [parseDuration, '5months', undefined],
    [parseDuration, '5-10 min', undefined],
    [parseDuration, '1,5 h', undefined],
    [parseSize, '4 GB', '4GB'],
    [parseSize, '4 gigabytes', '4GB'],
    [parseSize, '512Mi', '512MiB'],
    [parseSize, '4gb', '4GB'],
    [parseSize, '4g', '4GB'],
    [parseSize, '4', '4MB'],
    [parseSize, '0.3B', undefined],
    [parseCount, '5x', '5'],
    [parseCount, '5k', '5000'],
    [parseCount, '2.5K', '2500'],
    [parseCount, '5MB', undefined],
    [parseCount, '5min', undefined],
    [parseCount, '0', undefined],
    [parseRate, '5', '5/min'],
    [parseRate, '5/hour', '5/h'],
    [parseTokens, '2m/day', '2M/day'],
    [parseDollars, '$5', '5'],
    [parseDollars, '$5 per day', '5/day'],
    [parseDollars, 'five', undefined],
    [parseTokens, '2 million a day', '2M/day'],
    [parseDollars, '5/week', undefined],
    [parseRate, '100/month', undefined],
    [parseRate, '100 / hour', '100/h'],
  ] as const)('%o `%s` → `%s`', (parse, text, fix) => {
    const parsed = parse(text)
    expect(parsed.ok).toBe(false)
    if (!parsed.ok) expect(parsed.problems[0]?.fix).toBe(fix)
  })
})

describe('parse(print(x)) is x', () => {
  const amount = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
  const per = fc.constantFrom('s', 'min', 'h', 'day')
  test('for durations and sizes', () => {
    fc.assert(
      fc.property(amount, (value) => {
        expect(parseDuration(printDuration(value))).toEqual({ ok: true, value })
        expect(parseSize(printSize(value))).toEqual({ ok: true, value })
      }),
    )
  })
  test('for rates and budgets', () => {
    fc.assert(
      fc.property(amount, per, fc.integer({ min: 1, max: 1e9 }), (count, period, millionths) => {
        expect(parseRate(printRate({ count, per: period as 's' }))).toEqual({
          ok: true,
          value: { count, per: period },
        })
        expect(parseTokens(printTokens({ count }))).toEqual({ ok: true, value: { count } })
        const dollars = { count: millionths / 1e6, per: period as 'h' }
        expect(parseDollars(printDollars(dollars))).toEqual({ ok: true, value: dollars })
      }),
    )
  })
})
