import type { Diagnostic, Place, Severity } from '../../shared/diagnostics.ts'
import { sanitize, sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'
import { displayWidth } from './width.ts'

export interface DiagnosticOptions {
  readonly style: Style
  /** The line of the file that a place points to, if it can still be read. */
  readonly lineAt: (place: Place) => string | undefined
}

/** Each with its place, the line and what is meant in it, why it matters, and what to type instead. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: DiagnosticOptions): string {
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, options)).join('\n')
}

/** `2 errors, 1 warning`, or nothing to say. */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const severities: readonly Severity[] = ['error', 'warning', 'note']
  return severities
    .map((severity) => ({ severity, count: diagnostics.filter((each) => each.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}${count === 1 ? '' : 's'}`)
    .join(', ')
}

export function renderPlace({ file, line, column }: Place): string {
  return `${sanitizeLine(file)}:${line}:${column}`
}

function renderDiagnostic(diagnostic: Diagnostic, { style, lineAt }: DiagnosticOptions): string {
  const { severity, message, code, place, why, fix, related = [] } = diagnostic
  const paint = { error: style.bad, warning: style.warn, note: style.bold }[severity]
  const head = `${style.place(renderPlace(place))} ${paint(severity)} ${sanitize(message)} ${style.dim(code)}`
  const line = lineAt(place)
  const rest = [
    ...(why === undefined ? [] : [`${style.dim('why')} ${sanitize(why)}`]),
    ...(fix === undefined ? [] : [`${style.dim('fix')} ${sanitize(fix)}`]),
    ...related.map(
      (each) => `${style.dim('see')} ${style.place(renderPlace(each.place))} ${sanitize(each.message)}`,
    ),
  ]
  return `${[head, ...(line === undefined ? [] : excerpt(line, place, paint)), ...rest.map(indent)].join('\n')}\n`
}

const around = { before: 50, after: 60 }

/** Only the part of a long line around what is meant. */
function excerpt(line: string, place: Place, paint: (text: string) => string): string[] {
  const start = place.column - 1
  const end = place.endLine === place.line && place.endColumn !== undefined ? place.endColumn - 1 : start + 1
  const [from, to] = [Math.max(0, start - around.before), Math.min(line.length, end + around.after)]
  const before = sanitizeLine(line.slice(from, start))
  const marked = sanitizeLine(line.slice(start, Math.min(end, start + around.after)))
  const after = sanitizeLine(line.slice(start, to)).slice(marked.length)
  const margin = ' '.repeat(String(place.line).length)
  const carets = '^'.repeat(Math.max(1, displayWidth(marked)))
  return [
    `  ${place.line} | ${before}${marked}${after}`,
    `  ${margin} | ${' '.repeat(displayWidth(before))}${paint(carets)}`,
  ]
}

function indent(text: string): string {
  return `  ${text.replaceAll('\n', '\n      ')}`
}
