import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileNameOf } from '../../src/shared/file-name.ts'

test.each([
  { path: '/work/my-app', name: '+work+my-app' },
  { path: '/a b+c,d', name: '+a,20,b,2b,c,2c,d' },
])('a path is a readable file name: $name', ({ path, name }) => {
  expect(fileNameOf(path)).toBe(name)
})

test('two paths never share a name, and every name fits', () => {
  const part = fc.string({
    unit: fc.constantFrom('/', '+', ',', '2', 'f', 'b', ' ', 'ü', '.'),
    maxLength: 90,
  })
  fc.assert(
    fc.property(part, part, (one, other) => {
      expect(fileNameOf(one) === fileNameOf(other)).toBe(one === other)
      expect(fileNameOf(one)).toMatch(/^[\w+,.-]{0,200}$/)
    }),
  )
})
