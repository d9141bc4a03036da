import { checkSpecs } from '../../ops/check-specs.ts'
import { readProject } from '../../ops/project.ts'
import { hasErrors } from '../../shared/diagnostics.ts'
import { exitCodes } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { checkData, renderCheckSummary, renderFound } from '../output/check.ts'

/** `oos spec check`: everything that is wrong with the specs, all at once. */
export const specCheck: Define = (_command, terminal) => async () => {
  const project = await readProject({ cwd: terminal.cwd(), env: terminal.env })
  const diagnostics = await checkSpecs(project)
  const { style } = terminal
  terminal.answer(
    'spec check',
    checkData(project, diagnostics),
    () => renderFound(project, diagnostics, style) + renderCheckSummary(project, diagnostics, style),
  )
  return hasErrors(diagnostics) ? exitCodes.invalid : exitCodes.done
}
