import type { Position, Range } from 'vscode-languageserver'
import type { Place } from '../shared/diagnostics.ts'
import { createText, type Span, type SpecText } from '../spec/markdown/text.ts'
import type { Spec } from '../spec/types.ts'
import { markLength, toPoint, toRange } from './positions.ts'
import type { Snapshot } from './specs.ts'

/** One open spec, and a point in it that the editor asks about. */
export interface Cursor {
  readonly snapshot: Snapshot
  /** The path that oos shows. */
  readonly file: string
  readonly spec: Spec | undefined
  /** As oos counts: without a byte order mark. */
  readonly text: string
  readonly offset: number
  /** 1 where the editor counts a byte order mark. */
  readonly mark: 0 | 1
  readonly point: Pick<Place, 'line' | 'column'>
  rangeOf(span: Span): Range
  rangeAt(place: Place): Range
  spanAt(place: Place): Span
}

/** `at`: the position's offset in the editor's text. */
export function createCursor(
  snapshot: Snapshot,
  { file, text: whole }: Pick<SpecText, 'file' | 'text'>,
  { position, at }: { readonly position: Position; readonly at: number },
): Cursor {
  const mark = markLength(whole)
  const text = whole.slice(mark)
  const places = createText(file, text)
  const starts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((match) => match.index + match[0].length)]
  const offsetOf = (line: number, column: number) => (starts[line - 1] ?? text.length) + column - 1
  return {
    snapshot,
    file,
    spec: snapshot.set.specs.find(({ path }) => path === file),
    text,
    offset: Math.max(0, at - mark),
    mark,
    point: toPoint(position, mark),
    rangeOf: (span) => toRange(places.place(span), mark),
    rangeAt: (place) => toRange(place, mark),
    spanAt: ({ line, column, endLine, endColumn }) => ({
      start: offsetOf(line, column),
      end: offsetOf(endLine ?? line, endColumn ?? column),
    }),
  }
}
