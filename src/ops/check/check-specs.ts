import { compareDiagnostics, type Diagnostic, hasErrors } from '../../shared/diagnostics.ts'
import type { Project } from '../project/project.ts'
import { readMisplaced } from './misplaced.ts'
import { readUnread } from './unread.ts'

/** Everything that is wrong with the specs. What the rules mean is looked at once they can be read; the automata are loaded for it alone. */
export async function checkSpecs(project: Project): Promise<readonly Diagnostic[]> {
  const read = [...project.diagnostics, ...readUnread(project)]
  if (hasErrors(read)) return read.sort(compareDiagnostics)
  const { readFindings } = await import('./findings.ts')
  const told = [...read, ...readMisplaced(project)]
  const unlikely = new Set(told.filter(({ code }) => code === 'rule/unlikely').map(lineOf))
  // What goes round a pattern that was hardly meant says nothing of the one that was.
  const findings = readFindings(project).filter(
    (finding) => finding.code !== 'analysis/way-round' || !unlikely.has(lineOf(finding)),
  )
  return [...told, ...findings].sort(compareDiagnostics)
}

function lineOf({ place: { file, line } }: Diagnostic): string {
  return `${file}:${line}`
}
