import { sanitizeLine } from './sanitize.ts'
import type { Paint } from './style.ts'
import { displayWidth, wrapText } from './width.ts'

export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  readonly paint?: (row: Row) => Paint
  /** Gives way first when the terminal is too narrow. */
  readonly wrap?: boolean
  readonly align?: 'right'
}

export interface TableOptions<Row> {
  readonly columns: readonly Column<Row>[]
  readonly width: number
  readonly heading: Paint
}

const gap = '  '
const narrowest = 12

/** Rows as aligned columns. Columns that are empty in every row are left out; cells are sanitized here. */
export function renderTable<Row>(
  rows: readonly Row[],
  { columns, width, heading }: TableOptions<Row>,
): string {
  const shown = columns
    .map((column) => ({ column, cells: rows.map((row) => sanitizeLine(column.text(row))) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
  const widths = fitWidths(
    shown.map(({ column, cells }) => Math.max(displayWidth(column.title), ...cells.map(displayWidth))),
    shown.map(({ column }) => column.wrap === true),
    width - gap.length * (shown.length - 1),
  )
  const head = shown.map(({ column }, index) => heading(pad(column.title, widths[index] ?? 0, column.align)))
  const body = rows.flatMap((row, rowIndex) =>
    renderRow(
      shown.map(({ column, cells }, index) => ({
        lines: wrapText(cells[rowIndex] ?? '', widths[index] ?? 0),
        width: widths[index] ?? 0,
        paint: column.paint?.(row) ?? ((text: string) => text),
        align: column.align,
      })),
    ),
  )
  return `${[head.join(gap).trimEnd(), ...body].join('\n')}\n`
}

interface Cell {
  readonly lines: readonly string[]
  readonly width: number
  readonly paint: Paint
  readonly align: 'right' | undefined
}

/** Takes what is too much from the widest wrapping column, a column at a time. */
function fitWidths(natural: readonly number[], wraps: readonly boolean[], room: number): number[] {
  const widths = [...natural]
  for (let over = sum(widths) - room; over > 0; over--) {
    const widest = widths.reduce(
      (best, width, index) =>
        wraps[index] && width > (widths[best] ?? 0) * Number(wraps[best]) ? index : best,
      0,
    )
    if (!wraps[widest] || (widths[widest] ?? 0) <= narrowest) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

function renderRow(cells: readonly Cell[]): string[] {
  const height = Math.max(...cells.map(({ lines }) => lines.length))
  return Array.from({ length: height }, (_, line) =>
    cells
      .map(({ lines, width, paint, align }) => paint(pad(lines[line] ?? '', width, align)))
      .join(gap)
      .trimEnd(),
  )
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)))
  return align === 'right' ? space + text : text + space
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
