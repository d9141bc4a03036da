import { compareDiagnostics } from '../shared/diagnostics.ts'
import { parseSources } from './parse.ts'
import { type ReadOptions, readSources } from './read.ts'
import type { SpecSet } from './types.ts'

/** Reads and understands all specs: the project's, the user's, and those that ship. */
export function readSpecs(options: ReadOptions): SpecSet {
  const { sources, diagnostics } = readSources(options)
  const set = parseSources(sources)
  return { ...set, diagnostics: [...diagnostics, ...set.diagnostics].sort(compareDiagnostics) }
}
