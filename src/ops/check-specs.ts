import { compareDiagnostics, type Diagnostic, hasErrors } from '../shared/diagnostics.ts'
import { readMisplaced } from './misplaced.ts'
import type { Project } from './project.ts'

/** Everything that is wrong with the specs. What the rules mean is looked at once they can be read; the automata are loaded for it alone. */
export async function checkSpecs(project: Project): Promise<readonly Diagnostic[]> {
  if (hasErrors(project.diagnostics)) return project.diagnostics
  const { readFindings } = await import('./findings.ts')
  const found = [...project.diagnostics, ...readMisplaced(project), ...readFindings(project)]
  return found.sort(compareDiagnostics)
}
