import { checkSpecs } from '../../ops/check-specs.ts'
import { readProject } from '../../ops/project.ts'
import { findOwnFiles } from '../../ops/spec-file.ts'
import { hasErrors } from '../../shared/diagnostics.ts'
import { exitCodes } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { checkData, renderCheckSummary, renderFound } from '../output/check.ts'
import { countDiagnostics } from '../output/diagnostics.ts'
import { sayNested } from '../output/nested.ts'

/** `oos spec check`: everything that is wrong with the specs, all at once; or what is wrong with some files of them. */
export const specCheck: Define = (command, terminal) => {
  command.argument('[files...]', 'show only what is wrong in these files, or below these folders')
  return async (names: readonly string[]) => {
    const project = await readProject({ cwd: terminal.cwd(), env: terminal.env })
    sayNested(project, terminal)
    const files = names.length === 0 ? undefined : findOwnFiles(names, project)
    const all = await checkSpecs(project)
    const diagnostics = files === undefined ? all : all.filter(({ place }) => files.includes(place.file))
    const { style } = terminal
    const checked = { ...project, files }
    terminal.answer(
      'spec check',
      checkData(checked, diagnostics),
      () => renderFound(project, diagnostics, style) + renderCheckSummary(checked, diagnostics, style),
    )
    const others = countDiagnostics(all.filter((each) => !diagnostics.includes(each)))
    if (others !== '') terminal.tell(`${others} in other files: oos spec check\n`)
    return hasErrors(diagnostics) ? exitCodes.invalid : exitCodes.done
  }
}
