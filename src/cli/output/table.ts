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
  /** Says nothing without its title: it keeps it where there is no room for columns. */
  readonly named?: boolean
}

export interface TableOptions<Row> {
  readonly columns: readonly Column<Row>[]
  /** Endless where no terminal breaks lines: a row is one line there, for `grep`. */
  readonly width: number
  readonly heading: Paint
}

const gap = '  '
/** Narrower than this nobody reads a sentence. */
const narrowest = 26
/** Where no terminal breaks lines: what sticks out further pushes its own row, and not all of them. */
const widestPadded = 100

/**
 * Rows as aligned columns, or below each other where columns would be too narrow to read. Columns that are empty in
 * every row are left out; cells are sanitized here.
 */
export function renderTable<Row>(rows: readonly Row[], options: TableOptions<Row>): string {
  const { width, heading } = options
  const shown = options.columns
    .map((column) => ({ column, cells: rows.map((row) => sanitizeLine(column.text(row))) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
  const room = width - gap.length * (shown.length - 1)
  const natural = shown.map(({ column, cells }) => widestOf(column.title, cells))
  const least = natural.map((columns, index) =>
    shown[index]?.column.wrap ? Math.min(columns, narrowest) : columns,
  )
  if (sum(least) > room)
    return rows.map((row, index) => renderStacked(row, { index, shown, width, heading })).join('')
  const widths = Number.isFinite(width)
    ? fitWidths(natural, least, room)
    : natural.map((columns, index) => {
        const { column, cells } = shown[index] ?? {}
        return column?.wrap && cells ? widestOf(column.title, cells.filter(isPadded)) : columns
      })
  const head = shown.map(({ column }, index) => heading(pad(column.title, widths[index] ?? 0, column.align)))
  const body = rows.flatMap((row, rowIndex) =>
    renderRow(
      shown.map(({ column, cells }, index) => ({
        lines: Number.isFinite(width)
          ? wrapText(cells[rowIndex] ?? '', widths[index] ?? 0)
          : [cells[rowIndex] ?? ''],
        width: widths[index] ?? 0,
        paint: column.paint?.(row) ?? plain,
        align: column.align,
      })),
    ),
  )
  return `${[head.join(gap).trimEnd(), ...body].join('\n')}\n`
}

const isPadded = (cell: string) => displayWidth(cell) <= widestPadded

function widestOf(title: string, cells: readonly string[]): number {
  return Math.max(displayWidth(title), ...cells.map(displayWidth))
}

interface Shown<Row> {
  readonly column: Column<Row>
  readonly cells: readonly string[]
}

interface StackOptions<Row> {
  readonly index: number
  readonly shown: readonly Shown<Row>[]
  readonly width: number
  readonly heading: Paint
}

/** The short cells in front, and below them each long one with the whole width to itself. */
function renderStacked<Row>(row: Row, { index, shown, width, heading }: StackOptions<Row>): string {
  const filled = shown.filter(({ cells }) => cells[index] !== '')
  const pieceOf = ({ column, cells }: Shown<Row>, named: boolean): Piece => {
    const title = named && column.title !== '' ? `${column.title} ` : ''
    const text = cells[index] ?? ''
    const paint = column.paint?.(row) ?? plain
    return { title, text, paint: (line, own) => heading(line.slice(0, own)) + paint(line.slice(own)) }
  }
  const short = filled
    .filter(({ column }) => !column.wrap)
    .map((cell) => pieceOf(cell, cell.column.named === true))
  const main = shown.find(({ column }) => column.wrap)
  const long = filled.filter(({ column }) => column.wrap).map((cell) => pieceOf(cell, cell !== main))
  // One or two short cells leave room for what the row is about.
  const joined =
    short.length <= mostBeside ? long.slice(0, 1).filter((piece) => fits([...short, piece], width)) : []
  const below = long.slice(joined.length)
  const body = below.flatMap(({ title, text, paint }) =>
    wrapText(title + text, Math.max(narrowest, width - gap.length)).map(
      (line, at) => gap + paint(line, at === 0 ? title.length : 0),
    ),
  )
  return [...packPieces([...short, ...joined], width), ...body].map((line) => `${line}\n`).join('')
}

const mostBeside = 2

interface Piece {
  readonly title: string
  readonly text: string
  /** A line of it, of which the first `own` characters are the title. */
  readonly paint: (line: string, own: number) => string
}

function columnsOf({ title, text }: Piece): number {
  return displayWidth(title + text)
}

function fits(pieces: readonly Piece[], width: number): boolean {
  return sum(pieces.map(columnsOf)) + gap.length * (pieces.length - 1) <= width
}

/** As many on a line as it holds; every further line is indented. */
function packPieces(pieces: readonly Piece[], width: number): readonly string[] {
  const lines: Piece[][] = []
  for (const piece of pieces) {
    const last = lines.at(-1)
    const indent = lines.length > 1 ? gap.length : 0
    if (last && fits([...last, piece], width - indent)) last.push(piece)
    else lines.push([piece])
  }
  return lines.map((line, at) => {
    const text = line.map(({ title, text, paint }) => paint(title + text, title.length)).join(gap)
    return at === 0 ? text : gap + text
  })
}

interface Cell {
  readonly lines: readonly string[]
  readonly width: number
  readonly paint: Paint
  readonly align: 'right' | undefined
}

/** Takes what is too much from the widest column that can still give, a column at a time. */
function fitWidths(natural: readonly number[], least: readonly number[], room: number): number[] {
  const widths = [...natural]
  for (let over = sum(widths) - room; over > 0; over--) {
    const give = (index: number) => (widths[index] ?? 0) > (least[index] ?? 0)
    const widest = widths.reduce(
      (best, width, index) => (give(index) && (best < 0 || width > (widths[best] ?? 0)) ? index : best),
      -1,
    )
    if (widest < 0) break
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

const plain: Paint = (text) => text

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
