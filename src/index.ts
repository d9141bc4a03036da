export type { Diagnostic, Place } from './shared/diagnostics.ts'
