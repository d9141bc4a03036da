import { checkSpecs } from '../../ops/check/check-specs.ts'
import { findSuggestions } from '../../ops/check/suggestions.ts'
import { plainHttpOnly } from '../../ops/points/plain-http-only.ts'
import { type Project, readProject } from '../../ops/project/project.ts'
import { findOwnFiles, leadToProject } from '../../ops/spec-file.ts'
import type { Rule } from '../../policy/types.ts'
import { type Diagnostic, hasErrors } from '../../shared/diagnostics.ts'
import { exitCodes } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { checkData, renderCheckSummary, renderFound } from '../output/check.ts'
import { countDiagnostics } from '../output/diagnostics.ts'
import { sayNested } from '../output/nested.ts'
import { renderRulePlace } from '../output/rules.ts'
import { sanitizeLine } from '../output/sanitize.ts'
import type { Terminal } from '../terminal.ts'

/** `oos spec check`: everything that is wrong with the specs, all at once; or what is wrong with some files of them. */
export const specCheck: Define = (command, terminal) => {
  command.argument('[files...]', 'show only what is wrong in these files, or below these folders')
  return async (names: readonly string[]) => {
    const cwd = terminal.cwd()
    const project = await readProject({ cwd, env: terminal.env }).catch((error: unknown) => {
      throw leadToProject(error, names, cwd)
    })
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
    if (!hasErrors(all)) {
      tellPlainHttp(project.rules, files, terminal)
      await tellUnbound(project, { all, files }, terminal)
    }
    return hasErrors(diagnostics) ? exitCodes.invalid : exitCodes.done
  }
}

interface Told {
  readonly all: readonly Diagnostic[]
  readonly files: readonly string[] | undefined
}

/** No fault of the rule: whoever meant https learns of it here, and not when a run is refused. */
function tellPlainHttp(
  rules: readonly Rule[],
  files: readonly string[] | undefined,
  terminal: Terminal,
): void {
  for (const { rule, opens } of plainHttpOnly(rules)) {
    if (files !== undefined && !files.includes(rule.source.file)) continue
    const what = `opens plain http alone: inside https nothing but the host is seen, which \`${opens}\` opens`
    terminal.tell(`${terminal.talk.place(renderRulePlace(rule))} ${sanitizeLine(what)}\n`)
  }
}

/** Sentences that plainly mean a rule: what nobody has been warned of by its line. */
async function tellUnbound(project: Project, { all, files }: Told, terminal: Terminal): Promise<void> {
  const warned = new Set(all.map(({ place: { file, line } }) => `${file}:${line}`))
  const unbound = findSuggestions(project, await project.loadSpecs()).filter(
    ({ source: { path }, line }) =>
      !warned.has(`${path}:${line.place.line}`) && (files === undefined || files.includes(path)),
  )
  if (unbound.length === 0) return
  const what = unbound.length === 1 ? '1 sentence says' : `${unbound.length} sentences say`
  terminal.tell(
    `${what} what a rule would and ${unbound.length === 1 ? 'binds' : 'bind'} nothing: oos spec suggest\n`,
  )
}
