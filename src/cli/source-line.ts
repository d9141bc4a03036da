import type { Place } from '../shared/diagnostics.ts'
import type { SpecSource } from '../spec/types.ts'

/** Reads lines of spec files as they were when they were checked, not as they are now. */
export function lineReader(sources: readonly SpecSource[]): (place: Place) => string | undefined {
  const lines = new Map<string, readonly string[]>()
  return ({ file, line }) => {
    const source = sources.find(({ path }) => path === file)
    if (source === undefined) return undefined
    const known = lines.get(file) ?? new TextDecoder().decode(source.bytes).split(/\r?\n/)
    lines.set(file, known)
    return known[line - 1]
  }
}
