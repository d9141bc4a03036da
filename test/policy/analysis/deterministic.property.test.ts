import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Automaton, compileAutomaton } from '../../../src/policy/analysis/automaton.ts'
import {
  charactersOf,
  everyCharacter,
  goesOnAlways,
  intersect,
  maxCharacter,
  without,
} from '../../../src/policy/analysis/characters.ts'
import {
  charsetBut,
  either,
  one,
  optional,
  type Regular,
  repeated,
  sequence,
  some,
  word,
} from '../../../src/policy/analysis/regular.ts'
import { accepts } from '../../../src/policy/analysis/search.ts'

const cases = Number(process.env.OOS_CASES ?? 10_000)

interface Expression {
  readonly says: Regular
  /** The same as JavaScript writes it. */
  readonly source: string
}

const { expression } = fc.letrec<{ expression: Expression }>((tie) => {
  const part = tie('expression')
  const leaf = fc.constantFrom<Expression>(
    { says: sequence(), source: '' },
    { says: either(), source: '[]' },
    { says: word('a'), source: 'a' },
    { says: word('ab'), source: 'ab' },
    { says: word('\0'), source: '\0' },
    { says: one(charsetBut('a')), source: '[^a\0]' },
    { says: one(charsetBut('')), source: '[^\0]' },
    { says: one(charactersOf([{ min: 0x61, max: 0x62 }])), source: '[ab]' },
    { says: one([]), source: '[]' },
  )
  const again = (source: string, says: (part: Regular) => Regular) =>
    part.map((inner) => ({ says: says(inner.says), source: `(?:${inner.source})${source}` }))
  const several = fc.array(part, { minLength: 2, maxLength: 4 })
  return {
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      several.map((parts) => ({
        says: sequence(...parts.map(({ says }) => says)),
        source: parts.map(({ source }) => source).join(''),
      })),
      several.map((parts) => ({
        says: either(...parts.map(({ says }) => says)),
        source: `(?:${parts.map(({ source }) => source).join('|')})`,
      })),
      again('*', repeated),
      again('+', some),
      again('?', optional),
    ),
  }
})
const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\0'), maxLength: 6 }), {
  minLength: 40,
  maxLength: 40,
})

test('an expression says as an automaton what JavaScript has it say', () => {
  fc.assert(
    fc.property(expression, texts, ({ says, source }, asked) => {
      const wanted = new RegExp(`^(?:${source})$`)
      // A whole as it is, and a part as small as can be.
      for (const language of [{ says }, { all: [{ says }] }]) {
        const automaton = compileAutomaton(language, { mostStates: 10_000 })
        expect(statesWithoutEnd(automaton ?? [])).toEqual(automaton?.length === 1 ? expect.anything() : [])
        for (const text of asked)
          expect([source, text, accepts(automaton ?? [], text)]).toEqual([source, text, wanted.test(text)])
      }
    }),
    { numRuns: Math.ceil(cases / 4) },
  )
})

test('what goes round in one way does not go on in another', () => {
  const says = either(repeated(word('ab')), repeated(word('ac')))
  const automaton = compileAutomaton({ says }, { mostStates: 100 }) ?? []
  const said = ['', 'ab', 'ac', 'abab', 'acac', 'abac', 'acab'].filter((text) => accepts(automaton, text))
  expect(said).toEqual(['', 'ab', 'ac', 'abab', 'acac'])
})

test('what needs more arcs or more steps than are allowed is not made at all', () => {
  const letter = either(...Array.from({ length: 40 }, (_, index) => word(String.fromCharCode(0x61 + index))))
  const says = sequence(letter, letter)
  expect(accepts(compileAutomaton({ says }, { mostStates: 17 }) ?? [], 'ab')).toBe(true)
  expect(compileAutomaton({ says }, { mostStates: 16 })).toBeUndefined()
  expect(compileAutomaton({ says }, { mostStates: 17, budget: { left: 1_000 } })).toBeUndefined()
})

test('what goes on always goes on with every character but half ones and the mark', () => {
  const half = { min: 0xd800, max: 0xdfff }
  for (const left of [[], [{ min: 0, max: 0 }], [half], [half, { min: 0, max: 0 }]])
    expect(goesOnAlways(without(everyCharacter, charactersOf(left)))).toBe(true)
  for (const code of [1, 0x60, 0xd7ff, 0xe000, maxCharacter])
    expect(goesOnAlways(without(everyCharacter, [{ min: code, max: code }]))).toBe(false)
  expect(goesOnAlways([{ min: 2, max: maxCharacter }])).toBe(false)
})

test('what needs more numbers than there are characters to write them with is not made at all', () => {
  const long = (count: number) => compileAutomaton({ says: word('x'.repeat(count)) }, { mostStates: 100_000 })
  expect(accepts(long(0xffff) ?? [], 'x'.repeat(0xffff))).toBe(true)
  expect(long(0x1_0000)).toBeUndefined()
  const sets = Array.from({ length: 0x1_0001 }, (_, index) => one(charactersOf([{ min: index, max: index }])))
  expect(compileAutomaton({ says: either(...sets) }, { mostStates: 100_000 })).toBeUndefined()
})

/** The states from which no end can be reached. */
function statesWithoutEnd(automaton: Automaton): readonly number[] {
  const alive = new Set(automaton.flatMap(({ final }, state) => (final ? [state] : [])))
  for (let before = -1; before !== alive.size; ) {
    before = alive.size
    automaton.forEach(({ moves }, state) => {
      if (moves.some(({ to }) => alive.has(to))) alive.add(state)
    })
  }
  return [...automaton.keys()].filter((state) => !alive.has(state))
}

const greatest = 12
const characters = fc
  .array(fc.tuple(fc.nat(greatest), fc.nat(greatest)), { maxLength: 5 })
  .map((spans) => spans.map(([one, other]) => ({ min: Math.min(one, other), max: Math.max(one, other) })))

test('sets of characters are what their members are', () => {
  fc.assert(
    fc.property(characters, characters, (some, others) => {
      const [one, other] = [charactersOf(some), charactersOf(others)]
      const has = (set: typeof one, code: number) => set.some(({ min, max }) => min <= code && code <= max)
      for (const code of [...Array(greatest + 2).keys(), maxCharacter]) {
        expect(has(one, code)).toBe(has(some, code))
        expect(has(intersect(one, other), code)).toBe(has(some, code) && has(others, code))
        expect(has(without(one, other), code)).toBe(has(some, code) && !has(others, code))
      }
      for (const set of [one, intersect(one, other), without(one, other)])
        set.forEach(({ min, max }, index) => {
          expect(max).toBeGreaterThanOrEqual(min)
          if (index > 0) expect(min).toBeGreaterThan(set[index - 1]?.max ?? 0)
        })
    }),
    { numRuns: cases },
  )
})
