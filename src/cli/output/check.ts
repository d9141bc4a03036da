import type { Project } from '../../ops/project/project.ts'
import type { Diagnostic } from '../../shared/diagnostics.ts'
import { lineReader } from '../source-line.ts'
import { countDiagnostics, renderDiagnostics } from './diagnostics.ts'
import type { Style } from './style.ts'

interface Checked extends Pick<Project, 'root' | 'rules' | 'sources'> {
  /** Where only some of the specs are asked about: these. */
  readonly files?: readonly string[] | undefined
}

export function checkData(project: Checked, diagnostics: readonly Diagnostic[]) {
  return { root: project.root, files: filesOf(project), rules: countRules(project), diagnostics }
}

/** Everything that was found, with its lines. */
export function renderFound(
  { sources }: Pick<Checked, 'sources'>,
  diagnostics: readonly Diagnostic[],
  style: Style,
): string {
  const found = renderDiagnostics(diagnostics, { style, lineAt: lineReader(sources) })
  return found === '' ? '' : `${found}\n`
}

/** `2 errors, 1 warning in 3 files with 41 rules`. */
export function renderCheckSummary(
  project: Checked,
  diagnostics: readonly Diagnostic[],
  style: Style,
): string {
  const count = countDiagnostics(diagnostics) || style.good('nothing wrong')
  const { length } = filesOf(project)
  return `${count} in ${length} ${length === 1 ? 'file' : 'files'} with ${countRules(project)} rules\n`
}

/** All of a file's own, and of all files what they take in, too. */
function countRules({ rules, files }: Checked): number {
  return files === undefined ? rules.length : rules.filter(({ source }) => files.includes(source.file)).length
}

function filesOf({ sources, files }: Checked): readonly string[] {
  return files ?? sources.filter(({ pack }) => pack === undefined).map(({ path }) => path)
}
