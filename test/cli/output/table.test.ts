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
  const text = renderTable([row], { columns, width: 30, heading: plain })
  expect(text.split('\n').every((line) => displayWidth(line) <= 30)).toBe(true)
  expect(text.split(/\s+/).join(' ')).toContain('words that do not 1 fit on one line of it')
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
