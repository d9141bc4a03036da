import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextUlid, shortId } from '../../src/store/ulid.ts'

const zeros = new Uint8Array(16)

describe('an id', () => {
  it.each([
    { now: 0, random: zeros, id: '00000000000000000000000000' },
    { now: 1, random: zeros, id: '00000000010000000000000000' },
    { now: 1469918176385, random: zeros, id: '01ARYZ6S410000000000000000' },
    { now: 2 ** 48 - 1, random: new Uint8Array(16).fill(255), id: '7ZZZZZZZZZZZZZZZZZZZZZZZZZ' },
  ])('at $now is $id', ({ now, random, id }) => {
    expect(nextUlid(undefined, now, random)).toBe(id)
  })

  it('is always greater than the one before, even when the clock stands or goes back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2 }), (times) => {
        const ids: string[] = []
        for (const now of times) ids.push(nextUlid(ids.at(-1), now, randomBytes(16)))
        expect(ids).toEqual([...new Set(ids)].sort())
        expect(ids.every((id) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id))).toBe(true)
      }),
    )
  })

  it('carries over when its random part is full', () => {
    expect(nextUlid('0000000000000000000000000Z', 0, zeros)).toBe('00000000000000000000000010')
  })

  it('is shown by its last 8 characters', () => {
    expect(shortId('01ARYZ6S41TSV4RRFFQ69G5FAV')).toBe('Q69G5FAV')
  })
})
