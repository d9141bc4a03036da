/** Where something stands in a file. Line and column count from 1; columns are UTF-16 units. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine?: number
  readonly endColumn?: number
}

export type Severity = 'error' | 'warning' | 'note'

/** What is wrong with something a person wrote. Collected, never thrown one at a time. */
export interface Diagnostic {
  readonly severity: Severity
  /** Stable and readable, `area/what`: `capability/unknown-resource`, `rule/near-miss`. */
  readonly code: string
  /** What is wrong: lower case, no full stop, what the person typed in backticks. */
  readonly message: string
  /** Why it matters, if the message does not say so itself. */
  readonly why?: string
  /** What to type instead. */
  readonly fix?: string
  readonly place: Place
  /** Requests that show it, as `oos explain` takes them. */
  readonly requests?: readonly string[]
  /** The other places involved ("first set here"). */
  readonly related?: readonly { readonly message: string; readonly place: Place }[]
}

/** Orders diagnostics as a reader meets them: by file, line, column, then code. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.place.file, b.place.file) ||
    a.place.line - b.place.line ||
    a.place.column - b.place.column ||
    compareText(a.code, b.code)
  )
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error')
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
