import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createStyle } from '../../../src/cli/output/style.ts'
import { type Column, renderTable } from '../../../src/cli/output/table.ts'
import { displayWidth, wrapText } from '../../../src/cli/output/width.ts'

interface Row {
  readonly name: string
  readonly note: string
  readonly count: string
}
const columns: readonly Column<Row>[] = [
  { title: 'Name', text: (row) => row.name },
  { title: 'Note', text: (row) => row.note, wrap: true },
  { title: 'Count', text: (row) => row.count, align: 'right' },
]
const plain = createStyle(false).bold

test('columns are aligned and numbers stand to the right', () => {
  const rows = [
    { name: 'a', note: 'first', count: '1' },
    { name: '日本', note: 'second one', count: '10' },
  ]
  expect(renderTable(rows, { columns, width: 80, heading: plain })).toBe(
    ['Name  Note        Count', 'a     first           1', '日本  second one     10', ''].join('\n'),
  )
})

test('an empty column is left out', () => {
  expect(renderTable([{ name: 'a', note: '', count: '1' }], { columns, width: 80, heading: plain })).toBe(
    'Name  Count\na         1\n',
  )
})

test('a wrapping column gives way where the terminal is narrow', () => {
  const row = { name: 'a', note: 'words that do not fit on one line of it', count: '1' }
  const text = renderTable([row], { columns, width: 42, heading: plain })
  expect(text.split('\n').every((line) => displayWidth(line) <= 42)).toBe(true)
  expect(text.split(/\s+/).join(' ')).toContain('words that do not fit on one 1 line of it')
})

test('where columns would be too narrow to read, long cells stand below, each with the whole width', () => {
  const wide: readonly Column<Row>[] = [
    { title: 'Name', text: (row) => row.name },
    { title: 'Line', text: (row) => row.note, wrap: true },
    { title: 'Count', text: (row) => row.count, named: true },
    { title: 'because', text: ({ note }) => note, wrap: true },
  ]
  const rows = [
    { name: 'a', note: 'words, and `a code span that is long` at the end', count: '1' },
    { name: 'b', note: 'short', count: '' },
  ]
  expect(renderTable(rows, { columns: wide, width: 36, heading: plain })).toBe(
    [
      'a  Count 1',
      '  words, and',
      '  `a code span that is long` at the',
      '  end',
      '  because words, and',
      '  `a code span that is long` at the',
      '  end',
      'b  short',
      '  because short',
      '',
    ].join('\n'),
  )
})

test('through a pipe a row is one line, and one that is very long pushes no other', () => {
  const rows = [
    { name: 'a', note: 'x'.repeat(300), count: '1' },
    { name: 'b', note: 'short', count: '2' },
  ]
  const lines = renderTable(rows, { columns, width: Number.POSITIVE_INFINITY, heading: plain }).split('\n')
  expect(lines).toHaveLength(4)
  expect(lines[1]).toContain(`${'x'.repeat(300)}  `)
  expect(lines[2]?.length).toBeLessThan(80)
})

test('every line of every table fits, whatever is in it', () => {
  const row = fc.record({
    name: fc.string({ maxLength: 8 }),
    note: fc.string({ maxLength: 200 }),
    count: fc.string({ maxLength: 5 }),
  })
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 60, max: 120 }),
      (rows, width) => {
        const text = renderTable(rows, { columns, width, heading: plain })
        expect(text.split('\n').every((line) => displayWidth(line) <= width)).toBe(true)
      },
    ),
  )
})

test('code spans are broken only where they are longer than a line, and paths behind a slash', () => {
  expect(wrapText('see `a b c` and `d e f`', 12)).toEqual(['see `a b c`', 'and `d e f`'])
  expect(wrapText('`a b c d e f g h`', 10)).toEqual(['`a b c d e', 'f g h`'])
  expect(wrapText('/usr/local/share/doc', 12)).toEqual(['/usr/local/', 'share/doc'])
})

test('colour changes no column', () => {
  const rows = [{ name: 'a', note: 'b', count: '1' }]
  const painted = columns.map((column) => ({ ...column, paint: () => createStyle(true).bad }))
  const text = renderTable(rows, { columns: painted, width: 80, heading: createStyle(true).bold })
  expect(stripVTControlCharacters(text)).toBe(renderTable(rows, { columns, width: 80, heading: plain }))
})

test('a cell cannot forge a row', () => {
  const text = renderTable([{ name: 'a\nb', note: '\x1b[2J', count: '' }], {
    columns,
    width: 80,
    heading: plain,
  })
  expect(text).toBe('Name  Note\na\\nb  \\e[2J\n')
})

test('wrapped text keeps every character but spaces at a break, and every line fits', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 2, max: 20 }), (text, width) => {
      const lines = wrapText(text, width)
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll('\n', '').replaceAll(' ', ''))
      expect(lines.every((line) => displayWidth(line) <= width)).toBe(true)
    }),
  )
})

test('in a pipe columns stand below each other, but for what is wider than anybody reads', () => {
  const rows = ['short', 'x'.repeat(90), 'y'.repeat(140)].map((note) => ({ name: 'a', note, count: '1' }))
  const lines = renderTable(rows, { columns, width: Number.POSITIVE_INFINITY, heading: plain }).split('\n')
  expect(lines.slice(0, 4).map((line) => line.length)).toEqual([103, 103, 103, 153])
})
