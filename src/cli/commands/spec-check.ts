import { type Project, readProject } from '../../ops/project.ts'
import { compareDiagnostics, type Diagnostic, hasErrors } from '../../shared/diagnostics.ts'
import { exitCodes } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { countDiagnostics, renderDiagnostics } from '../output/diagnostics.ts'
import { lineReader } from '../source-line.ts'

/** `oos spec check`: everything that is wrong with the specs, all at once. */
export const specCheck: Define = (_command, terminal) => async () => {
  const project = await readProject({ cwd: terminal.cwd(), env: terminal.env })
  const { root, rules, sources } = project
  const diagnostics = await withFindings(project)
  const files = sources.filter(({ pack }) => pack === undefined).map(({ path }) => path)
  const { style } = terminal
  terminal.answer('spec check', { root, files, rules: rules.length, diagnostics }, () => {
    const count = countDiagnostics(diagnostics) || style.good('nothing wrong')
    const found = renderDiagnostics(diagnostics, { style, lineAt: lineReader(sources) })
    const where = `in ${files.length} ${files.length === 1 ? 'file' : 'files'} with ${rules.length} rules`
    return `${found}${found === '' ? '' : '\n'}${count} ${where}\n`
  })
  return hasErrors(diagnostics) ? exitCodes.invalid : exitCodes.done
}

/** What the rules mean is looked at once they can be read; the automata are loaded for it alone. */
async function withFindings(project: Project): Promise<readonly Diagnostic[]> {
  if (hasErrors(project.diagnostics)) return project.diagnostics
  const { readFindings } = await import('../../ops/findings.ts')
  return [...project.diagnostics, ...readFindings(project)].sort(compareDiagnostics)
}
