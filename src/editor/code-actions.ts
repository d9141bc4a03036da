import { type Range, type TextEdit, uinteger } from 'vscode-languageserver'
import { findSuggestions } from '../ops/check/suggestions.ts'
import { type Diagnostic, hasErrors } from '../shared/diagnostics.ts'
import { insertRules } from '../spec/edit/insert-rule.ts'
import { commonEnds } from '../spec/markdown/tree-memory.ts'
import { parseSources, parseSpec } from '../spec/parse.ts'
import type { Cursor } from './cursor.ts'
import { type Fix, proposeFix } from './fixes.ts'
import { overlaps } from './positions.ts'

/** An edit of the open file, and why. */
export interface Action {
  readonly title: string
  readonly edit: TextEdit
  /** What it puts right. */
  readonly fixes?: Diagnostic
}

/** Each is tried out before it is offered, and to try costs a reading of the file. */
const mostTried = 5
const mostLength = 256 * 1024

/** What could be written here instead: only what is certain to be right, and after which nothing new is wrong. */
export function actionsAt(cursor: Cursor, range: Range): readonly Action[] {
  if (cursor.text.length > mostLength) return []
  const lines = wholeLines(range)
  return [...fixesIn(cursor, lines), ...suggestionsIn(cursor, lines)]
}

/** Whoever stands on a line means what is wrong with it. */
function wholeLines({ start, end }: Range): Range {
  return { start: { line: start.line, character: 0 }, end: { line: end.line, character: uinteger.MAX_VALUE } }
}

function fixesIn(cursor: Cursor, range: Range): readonly Action[] {
  const { snapshot, file, text } = cursor
  return snapshot.diagnostics
    .filter(({ place }) => place.file === file && overlaps(cursor.rangeAt(place), range))
    .flatMap((diagnostic) => {
      const fix = proposeFix(diagnostic, cursor.spanAt(diagnostic.place), text)
      return fix ? [{ diagnostic, fix }] : []
    })
    .slice(0, mostTried)
    .filter(({ diagnostic, fix }) => isRight(fix, diagnostic, cursor))
    .map(({ diagnostic, fix }) => ({
      title: titleOf(fix, text),
      edit: { range: cursor.rangeOf(fix), newText: fix.text },
      fixes: diagnostic,
    }))
}

function titleOf({ start, end, text: now }: Fix, text: string): string {
  const written = text.slice(start, end)
  if (now === '') return `leave \`${written}\` out`
  return written.trim() === '' ? `put \`${now}\` in` : `write \`${now}\` in place of \`${written}\``
}

/** Whether all that changes is that the fault is gone. */
function isRight(
  { start, end, text: now }: Fix,
  fixed: Diagnostic,
  { snapshot, file, text }: Cursor,
): boolean {
  const edited = text.slice(0, start) + now + text.slice(end)
  const left = complaints(diagnosticsWith(edited, { snapshot, file }))
  const before = complaints(snapshot.diagnostics)
  const isGone = (left.get(complaint(fixed)) ?? 0) < (before.get(complaint(fixed)) ?? 0)
  return isGone && [...left].every(([each, count]) => count <= (before.get(each) ?? 0))
}

function diagnosticsWith(
  text: string,
  { snapshot, file }: Pick<Cursor, 'snapshot' | 'file'>,
): readonly Diagnostic[] {
  const { sources, set } = snapshot
  const known = new Map(set.specs.map((spec) => [spec.path, spec]))
  known.delete(file)
  const bytes = new TextEncoder().encode(text)
  const edited = sources.map((source) => (source.path === file ? { ...source, bytes } : source))
  return parseSources(edited, (source) => known.get(source.path) ?? parseSpec(source)).diagnostics
}

function complaints(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const each of diagnostics) counts.set(complaint(each), (counts.get(complaint(each)) ?? 0) + 1)
  return counts
}

function complaint({ code, message, place }: Diagnostic): string {
  return JSON.stringify([place.file, code, message])
}

/** The rule that a sentence plainly means, below it: what `oos spec suggest` writes. */
function suggestionsIn(cursor: Cursor, range: Range): readonly Action[] {
  const { snapshot, spec } = cursor
  const here = (spec?.advisory ?? []).filter(
    ({ place, suggestion }) => suggestion !== undefined && overlaps(cursor.rangeAt(place), range),
  )
  if (here.length === 0) return []
  const { root = snapshot.home, home, sources, set } = snapshot
  return findSuggestions({ sources, root, home }, set)
    .filter(({ line }) => here.includes(line))
    .slice(0, mostTried)
    .flatMap(({ source, line, rule }) => {
      const { bytes, done } = insertRules(source, [line])
      if (done.length === 0) return []
      const edited = new TextDecoder().decode(bytes)
      if (hasErrors(diagnosticsWith(edited, cursor)) && !hasErrors(snapshot.diagnostics)) return []
      return [{ title: `write the rule: ${rule}`, edit: editTo(edited, cursor) }]
    })
}

/** The one stretch that differs. */
function editTo(edited: string, { text, rangeOf }: Cursor): TextEdit {
  const { before, after } = commonEnds(text, edited)
  const start = isSplit(text, before) || isSplit(edited, before) ? before - 1 : before
  const tail = text.length - after
  const end = isSplit(text, tail) || isSplit(edited, edited.length - after) ? tail + 1 : tail
  const newText = edited.slice(start, edited.length - (text.length - end))
  return { range: rangeOf({ start, end }), newText }
}

/** Inside a line break, or a character of two units. */
function isSplit(text: string, at: number): boolean {
  return /^(?:\r\n|[\uD800-\uDBFF][\uDC00-\uDFFF])$/.test(text.slice(at - 1, at + 1))
}
