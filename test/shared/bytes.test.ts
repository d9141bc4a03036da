import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOf, onDisk, textOf } from '../../src/shared/bytes.ts'

test('whatever bytes there are come out as they went in', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(bytesOf(textOf(Buffer.from(bytes)))).toEqual(Buffer.from(bytes))
    }),
  )
})

test('text is itself, also beside what is none', () => {
  expect(textOf(Buffer.from('naïve 日本 😀'))).toBe('naïve 日本 😀')
  const mixed = Buffer.concat([Buffer.from('/ü😀/'), Buffer.of(0xff)])
  expect(textOf(mixed)).toBe('/ü😀/\udcff')
  expect(onDisk('/ü😀/\udcff')).toEqual(mixed)
})
