import { expect, test } from 'vitest'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { holdsPoint, markLength, overlaps, toPoint, toRange } from '../../src/editor/positions.ts'
import { createText } from '../../src/spec/markdown/text.ts'
import { fc } from '../spec/arbitrary.ts'

const pieces = fc.constantFrom(
  'a',
  'é',
  '😀',
  '👩‍💻',
  '\t',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\u2028',
  '\u0301',
  '\uD800',
  '`',
)
const text = fc
  .tuple(fc.constantFrom('', '\uFEFF'), fc.array(pieces, { maxLength: 40 }))
  .map(([mark, parts]) => mark + parts.join(''))
const cases = Number(process.env.OOS_CASES ?? 5_000)

test('a place is where the editor finds it, also behind a mark, line ends of any kind and characters of two units', () => {
  fc.assert(
    fc.property(text, fc.nat(60), fc.nat(60), (whole, a, b) => {
      const mark = markLength(whole)
      const own = whole.slice(mark)
      const [start = 0, end = 0] = [a, b].map((each) => Math.min(each, own.length)).sort((x, y) => x - y)
      fc.pre(![start, end].some((each) => own.slice(each - 1, each + 1) === '\r\n'))
      const document = TextDocument.create('file:///x.md', 'markdown', 1, whole)
      const range = toRange(createText('x.md', own).place({ start, end }), mark)
      expect([document.offsetAt(range.start), document.offsetAt(range.end)]).toEqual([
        start + mark,
        end + mark,
      ])
      expect(document.getText(range)).toBe(own.slice(start, end))
    }),
    { numRuns: cases },
  )
})

test('the editor’s position is the point that oos counts to', () => {
  fc.assert(
    fc.property(text, fc.nat(60), (whole, at) => {
      const mark = markLength(whole)
      const document = TextDocument.create('file:///x.md', 'markdown', 1, whole)
      const position = document.positionAt(Math.max(at, mark))
      const { line, column } = toPoint(position, mark)
      expect(toRange({ file: 'x.md', line, column }, mark).start).toEqual(position)
    }),
    { numRuns: cases },
  )
})

const place = { file: 'x.md', line: 2, column: 3, endLine: 4, endColumn: 2 }

test.each([
  { name: 'its start', point: { line: 2, column: 3 }, expected: true },
  { name: 'before it on its first line', point: { line: 2, column: 2 }, expected: false },
  { name: 'a line in the middle', point: { line: 3, column: 90 }, expected: true },
  { name: 'its end', point: { line: 4, column: 2 }, expected: true },
  { name: 'behind its end', point: { line: 4, column: 3 }, expected: false },
])('a place holds a point: $name', ({ point, expected }) => {
  expect(holdsPoint(place, point)).toBe(expected)
})

test('stretches that touch have a point in common', () => {
  const range = (from: number, to: number) => ({
    start: { line: 0, character: from },
    end: { line: 0, character: to },
  })
  expect(overlaps(range(0, 3), range(3, 3))).toBe(true)
  expect(overlaps(range(0, 2), range(3, 4))).toBe(false)
})
