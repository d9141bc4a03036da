import { refuse } from '../capability/problem.ts'
import { expandBraces } from './braces.ts'
import { compileWildcard, normalizeEscapes, type Wildcard } from './wildcard.ts'

/** Patterns of names: `*` also crosses `/`. */
export interface NameGlob {
  /** One for each alternative of its groups. */
  readonly alternatives: readonly Wildcard[]
  matches(name: string): boolean
}

export function compileNameGlob(pattern: string): NameGlob {
  const alternatives = expandBraces(pattern).map(compileWildcard)
  return { alternatives, matches: (name) => alternatives.some((one) => one.matches(name)) }
}

/** The one text of a name pattern. `offset` is that of the pattern in the capability. */
export function normalizeNamePattern(pattern: string, offset = 0): string {
  const normal = normalizeEscapes(pattern, offset)
  if (/^ | $/.test(normal))
    refuse('pattern', 'a name neither starts nor ends with a space', offset, normal.trim())
  return normal
}
