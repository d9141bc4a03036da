import { DiagnosticSeverity, type Diagnostic as EditorDiagnostic } from 'vscode-languageserver'
import type { Diagnostic, Place, Severity } from '../shared/diagnostics.ts'
import { toRange } from './positions.ts'

export interface DiagnosticPlaces {
  /** Nothing for a file that cannot be opened. */
  uriOf(file: string): string | undefined
  /** 1 where the editor counts a byte order mark at the file's start. */
  markOf(file: string): 0 | 1
  /** The page that explains a code. */
  pageOf(code: string): string | undefined
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  note: DiagnosticSeverity.Information,
}

/** As an editor shows it: why it matters and what to write stand below the message. */
export function toEditorDiagnostic(diagnostic: Diagnostic, places: DiagnosticPlaces): EditorDiagnostic {
  const { severity, code, message, why, fix, place, related = [] } = diagnostic
  const lines = [message, why && `why ${why}`, fix && `fix ${fix}`].filter((line) => line)
  const page = places.pageOf(code)
  return {
    range: rangeOf(place, places),
    severity: severities[severity],
    source: 'oos',
    code,
    ...(page !== undefined && { codeDescription: { href: page } }),
    message: lines.join('\n'),
    relatedInformation: related.flatMap((each) => {
      const uri = places.uriOf(each.place.file)
      return uri === undefined
        ? []
        : [{ location: { uri, range: rangeOf(each.place, places) }, message: each.message }]
    }),
  }
}

function rangeOf(place: Place, { markOf }: DiagnosticPlaces) {
  return toRange(place, markOf(place.file))
}
