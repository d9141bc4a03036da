import type { Diagnostic, Place } from '../shared/diagnostics.ts'
import { type DiagnosticCode, diagnosticCodes } from './diagnostic-codes.ts'
import type { Span, SpecText } from './markdown/text.ts'

/** What a diagnostic says beyond its code: the fix of this very case, and other places involved. */
export interface ReportDetail {
  readonly fix?: string
  readonly related?: Diagnostic['related']
  readonly requests?: Diagnostic['requests']
}

type ReportSpan = (code: DiagnosticCode, span: Span, message: string, detail?: ReportDetail) => void

/** Collects what is wrong with one file. */
export interface Report extends ReportSpan {
  /** The same, at a place that is known already. */
  at(code: DiagnosticCode, place: Place, message: string, detail?: ReportDetail): void
  /** A problem of the capability grammar, whose codes and texts are the policy's own. */
  capability(span: Span, problem: { code: string; message: string; fix?: string }): void
}

export function createReport(text: SpecText, into: Diagnostic[]): Report {
  const at: Report['at'] = (code, place, message, detail = {}) => {
    into.push(diagnostic(code, place, message, detail))
  }
  const capability: Report['capability'] = (span, { code, message, fix = spokenFix(code, message) }) => {
    into.push({ severity: 'error', code, message, ...(fix && { fix }), place: text.place(span) })
  }
  const report: ReportSpan = (code, span, message, detail) => at(code, text.place(span), message, detail)
  return Object.assign(report, { at, capability })
}

/** One diagnostic, with the severity, reason and general fix that its code's entry has. */
export function diagnostic(
  code: DiagnosticCode,
  place: Diagnostic['place'],
  message: string,
  { fix, related, requests }: ReportDetail = {},
): Diagnostic {
  const entry = diagnosticCodes[code]
  return {
    severity: entry.severity,
    code,
    message,
    why: entry.why,
    fix: fix ?? entry.fix,
    place: placeOnly(place),
    ...(requests && { requests }),
    ...(related && { related }),
  }
}

/** In words where no text can be proposed without changing how much the person wrote. */
function spokenFix(code: string, message: string): string | undefined {
  const isAmount = code === 'capability/constraint' && /\b(?:quantity|unit|amount|period)\b/.test(message)
  return isAmount
    ? 'write a number with one of the units: `timeout:30m`, `memory:4GB`, `rate:100/min`'
    : undefined
}

/** What else a rule's place says is not told. */
function placeOnly({ file, line, column, endLine, endColumn }: Place): Place {
  return {
    file,
    line,
    column,
    ...(endLine !== undefined && { endLine }),
    ...(endColumn !== undefined && { endColumn }),
  }
}
