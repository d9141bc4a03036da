import type { Position, Range } from 'vscode-languageserver'
import type { Place } from '../shared/diagnostics.ts'

/** What of an open text matters to positions: oos drops a byte order mark, and an editor may count it. */
export function markLength(text: string): 0 | 1 {
  return text.startsWith('\uFEFF') ? 1 : 0
}

/** The editor counts from 0, both count UTF-16 units and end lines alike. A place without an end is a point. */
export function toRange({ line, column, endLine, endColumn }: Place, mark: 0 | 1 = 0): Range {
  const start = toPosition(line, column, mark)
  return { start, end: toPosition(endLine ?? line, endColumn ?? column, mark) }
}

function toPosition(line: number, column: number, mark: 0 | 1): Position {
  return { line: line - 1, character: column - 1 + (line === 1 ? mark : 0) }
}

/** The editor's position as a line and a column of oos. */
export function toPoint({ line, character }: Position, mark: 0 | 1 = 0): Pick<Place, 'line' | 'column'> {
  return { line: line + 1, column: Math.max(0, character - (line === 0 ? mark : 0)) + 1 }
}

/** Whether a point stands in a place, its end included: that is where one stands after typing it. */
export function holdsPoint(place: Place, { line, column }: Pick<Place, 'line' | 'column'>): boolean {
  const { endLine = place.line, endColumn = place.column } = place
  const begun = line > place.line || (line === place.line && column >= place.column)
  return begun && (line < endLine || (line === endLine && column <= endColumn))
}

/** Whether two stretches have a point in common. */
export function overlaps(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start)
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character)
}
