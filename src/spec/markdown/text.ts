import type { Place } from '../../shared/diagnostics.ts'

/** A stretch of a file, in UTF-16 offsets: `end` is the first unit after it. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A file's text (without its BOM) that can tell the line and column of each offset. */
export interface SpecText {
  readonly file: string
  readonly text: string
  place(span: Span): Place
}

export function createText(file: string, text: string): SpecText {
  const starts = lineStarts(text)
  const point = (offset: number) => {
    const line = lineOf(starts, Math.min(Math.max(offset, 0), text.length))
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 }
  }
  const place = ({ start, end }: Span): Place => {
    const from = point(start)
    const to = point(end)
    return { file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column }
  }
  return { file, text, place }
}

/** A soft line break is a space. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length)
  return starts
}

function lineOf(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}
