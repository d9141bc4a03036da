import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sanitize, sanitizeLine } from '../../../src/cli/output/sanitize.ts'

test.each([
  { name: 'an escape sequence', text: '\x1b]0;owned\x07', expected: '\\e]0;owned\\x07' },
  { name: 'a C1 control', text: '\x9b31m', expected: '\\x9b31m' },
  { name: 'a carriage return that overwrites', text: 'safe\revil', expected: 'safe\\revil' },
  { name: 'bidirectional text', text: 'a\u202eb', expected: 'a\\u{202e}b' },
  { name: 'plain text with accents and emoji', text: 'naïve 🙂\tok', expected: 'naïve 🙂\tok' },
  { name: 'a line break', text: 'a\r\nb', expected: 'a\nb' },
])('$name is shown and not obeyed', ({ text, expected }) => expect(sanitize(text)).toBe(expected))

test('a name with a line break stays on its line', () => {
  expect(sanitizeLine('a\nb\tc')).toBe('a\\nb\\tc')
})

test('no control character is left, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(sanitizeLine(text)).not.toMatch(/[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
    }),
  )
})
