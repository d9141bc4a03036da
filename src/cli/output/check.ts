import type { Project } from '../../ops/project.ts'
import type { Diagnostic } from '../../shared/diagnostics.ts'
import { lineReader } from '../source-line.ts'
import { countDiagnostics, renderDiagnostics } from './diagnostics.ts'
import type { Style } from './style.ts'

type Checked = Pick<Project, 'root' | 'rules' | 'sources'>

export function checkData(project: Checked, diagnostics: readonly Diagnostic[]) {
  const { root, rules } = project
  return { root, files: ownFiles(project), rules: rules.length, diagnostics }
}

/** Everything that was found, with its lines. */
export function renderFound({ sources }: Checked, diagnostics: readonly Diagnostic[], style: Style): string {
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
  const { length } = ownFiles(project)
  return `${count} in ${length} ${length === 1 ? 'file' : 'files'} with ${project.rules.length} rules\n`
}

function ownFiles({ sources }: Checked): readonly string[] {
  return sources.filter(({ pack }) => pack === undefined).map(({ path }) => path)
}
