import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { compilePolicy } from '../../policy/compile.ts'
import { hasErrors } from '../../shared/diagnostics.ts'
import { OosError } from '../../shared/errors.ts'
import { type Inserted, insertRules } from '../../spec/edit/insert-rule.ts'
import { parseSources } from '../../spec/parse.ts'
import { createRuleFinder } from '../../spec/same-meaning.ts'
import type { AdvisoryLine, SpecSet, SpecSource } from '../../spec/types.ts'
import type { Project } from '../project/project.ts'
import { replaceSpec } from '../spec-file.ts'

/** A sentence that plainly means a rule which no spec in force has. */
export interface Suggestion {
  readonly source: SpecSource
  readonly line: AdvisoryLine
  readonly rule: string
}

/** In the order of reading; of sentences that mean the same rule the first. */
export function findSuggestions(
  { sources, root, home }: Pick<Project, 'sources' | 'root' | 'home'>,
  set: SpecSet,
): readonly Suggestion[] {
  const seen = new Set<string>()
  const findRules = createRuleFinder(compilePolicy({ rules: set.rules, root, home, now: 0 }))
  return set.specs.flatMap((spec) => {
    const source = sources.find(({ path, pack }) => pack === undefined && path === spec.path)
    if (source === undefined) return []
    return spec.advisory.flatMap((line) => {
      const { suggestion: rule } = line
      const key = spec.kind === 'definition' ? `${spec.path} ${rule}` : `${rule}`
      if (rule === undefined || seen.has(key) || findRules(line, spec).length > 0) return []
      seen.add(key)
      return [{ source, line, rule }]
    })
  })
}

/** The files whose sentences were read, and those with guidance for other tools that are no specs. */
export interface LookedAt {
  readonly read: readonly string[]
  readonly unread: readonly string[]
}

export function lookedAt({ sources, root }: Pick<Project, 'sources' | 'root'>): LookedAt {
  return {
    read: sources.filter(({ pack }) => pack === undefined).map(({ path }) => path),
    unread: guidance.filter((name) => existsSync(join(root, name))),
  }
}

const guidance = ['AGENTS.md', 'CLAUDE.md', 'GEMINI.md', '.cursorrules', '.github/copilot-instructions.md']

export type SuggestionState =
  | 'offered'
  | 'declined'
  | 'written'
  /** No place beside its sentence: a person has to find one. */
  | 'left'
  | 'failed'

export interface SuggestionResult extends Suggestion {
  readonly state: SuggestionState
  readonly problem?: string
}

export interface Settled {
  readonly results: readonly SuggestionResult[]
  /** All specs as they are then. */
  readonly sources: readonly SpecSource[]
}

/** Puts what was accepted below its sentence; unless `write` is set, only says what would become of it. */
export function settleSuggestions(
  project: Pick<Project, 'root' | 'home' | 'sources'>,
  found: readonly Suggestion[],
  { accepted, write }: { readonly accepted: readonly Suggestion[]; readonly write: boolean },
): Settled {
  const files = planFiles(project, accepted)
  const placed = new Set(files.flatMap(({ done }) => done))
  const failed = write ? writeFiles(files, project) : new Map<SpecSource, OosError>()
  const results = found.map((suggestion): SuggestionResult => {
    const problem = failed.get(suggestion.source)?.message
    if (!accepted.includes(suggestion)) return { ...suggestion, state: 'declined' }
    if (!placed.has(suggestion.line)) return { ...suggestion, state: 'left' }
    if (problem !== undefined) return { ...suggestion, state: 'failed', problem }
    return { ...suggestion, state: write ? 'written' : 'offered' }
  })
  const written = files.filter(({ source }) => write && !failed.has(source))
  const sources = project.sources.map((source) => {
    const bytes = written.find((file) => file.source === source)?.bytes
    return bytes === undefined ? source : { ...source, bytes }
  })
  return { results, sources }
}

interface PlannedFile extends Inserted {
  readonly source: SpecSource
}

/** Nothing that `spec check` would refuse is planned. */
function planFiles(
  { sources }: Pick<Project, 'sources'>,
  accepted: readonly Suggestion[],
): readonly PlannedFile[] {
  const files = sources.flatMap((source) => {
    const lines = accepted.filter((each) => each.source === source).map(({ line }) => line)
    return lines.length === 0 ? [] : [{ source, ...insertRules(source, lines) }]
  })
  const after = sources.map(
    (source) => files.find((file) => file.source === source) ?? { source, bytes: source.bytes },
  )
  if (hasErrors(parseSources(after.map(({ source, bytes }) => ({ ...source, bytes }))).diagnostics))
    throw new OosError('failed', 'with these rules the specs would no longer check', {
      hint: 'oos spec suggest --dry-run, and write the rules by hand',
    })
  return files.filter(({ done }) => done.length > 0)
}

/** File by file; returns what could not be written, and why. */
function writeFiles(
  files: readonly PlannedFile[],
  project: Pick<Project, 'root' | 'home'>,
): ReadonlyMap<SpecSource, OosError> {
  const failed = new Map<SpecSource, OosError>()
  for (const { source, bytes } of files) {
    try {
      replaceSpec(source, bytes, project)
    } catch (error) {
      if (!(error instanceof OosError)) throw error
      failed.set(source, error)
    }
  }
  return failed
}
