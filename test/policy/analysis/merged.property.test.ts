import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileAutomaton } from '../../../src/policy/analysis/automaton.ts'
import { merged } from '../../../src/policy/analysis/merged.ts'
import {
  charsetBut,
  either,
  many,
  optional,
  type Regular,
  sequence,
  word,
} from '../../../src/policy/analysis/regular.ts'
import { accepts } from '../../../src/policy/analysis/search.ts'

const numRuns = Math.ceil(Number(process.env.OOS_CASES ?? 10_000) / 5)

interface Piece {
  readonly says: Regular
  /** The same as JavaScript writes it. */
  readonly source: string
}

const anything = many(charsetBut(''))
const pieces: readonly Piece[] = [
  { says: word('a'), source: 'a' },
  { says: word('b'), source: 'b' },
  { says: word('/'), source: '/' },
  { says: word('\0'), source: '\0' },
  { says: many(charsetBut('/')), source: '[^/\0]*' },
  { says: anything, source: '[^\0]*' },
  { says: optional(sequence(word('/'), anything)), source: '(?:/[^\0]*)?' },
  { says: optional(word('a')), source: 'a?' },
]

const list = fc.array(fc.constantFrom(...pieces), { maxLength: 5 }).map(inTurn)
const choice = fc
  .array(list, { minLength: 1, maxLength: 3 })
  .map((parts) => ({ says: either(...parts.map(({ says }) => says)), source: anyOf(parts) }))
const alternatives = fc.array(
  fc.oneof(
    list,
    choice,
    fc.tuple(list, choice, list).map((parts) => inTurn(parts)),
  ),
  { minLength: 1, maxLength: 6 },
)
const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '/', '\0'), maxLength: 7 }), {
  minLength: 20,
  maxLength: 20,
})

function inTurn(parts: readonly Piece[]): Piece {
  return {
    says: sequence(...parts.map(({ says }) => says)),
    source: parts.map(({ source }) => source).join(''),
  }
}

function anyOf(parts: readonly Piece[]): string {
  return `(?:${parts.map(({ source }) => source).join('|')})`
}

test('what alternatives have alike can be said once', () => {
  fc.assert(
    fc.property(alternatives, texts, (parts, asked) => {
      const automaton = compileAutomaton(
        { says: merged(parts.map(({ says }) => says)) },
        { mostStates: 10_000 },
      )
      const wanted = new RegExp(`^${anyOf(parts)}$`)
      for (const text of asked)
        expect([text, accepts(automaton ?? [], text)]).toEqual([text, wanted.test(text)])
    }),
    { numRuns },
  )
})

test('of no alternatives none is said', () => {
  expect(accepts(compileAutomaton({ says: merged([]) }, { mostStates: 10 }) ?? [], '')).toBe(false)
})
