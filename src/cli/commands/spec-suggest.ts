import { findSuggestions, lookedAt, type Suggestion, settleSuggestions } from '../../ops/check/suggestions.ts'
import { openProject } from '../../ops/project/project.ts'
import { trustEdited } from '../../ops/trust/trust.ts'
import { exitCodes } from '../../shared/errors.ts'
import type { Define } from '../command.ts'
import { confirmAtTerminal } from '../output/confirm.ts'
import { renderSuggestion, renderSuggestions, suggestionData } from '../output/suggestions.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly write?: true
  readonly dryRun?: true
}

/** `oos spec suggest`: the rules that sentences plainly mean, written below them after a yes. */
export const specSuggest: Define = (command, terminal) => {
  command
    .option('--write', 'write all of them without asking')
    .option('--dry-run', 'show them and write none')
  return async ({ write, dryRun }: Options) => {
    const project = await openProject({ cwd: terminal.cwd(), env: terminal.env })
    const found = findSuggestions(project, await project.loadSpecs())
    const asked = terminal.json || write || dryRun ? undefined : await askEach(found, terminal)
    const { results, sources } = settleSuggestions(project, found, {
      accepted: asked ?? found,
      write: !dryRun && (write === true || asked !== undefined),
    })
    // Only who was asked has seen what is in them now.
    if (asked !== undefined && results.some(({ state }) => state === 'written'))
      await trustEdited(project, sources, terminal.env)
    const looked = lookedAt(project)
    terminal.answer('spec suggest', { suggestions: results.map(suggestionData), ...looked }, () =>
      renderSuggestions(results, looked, terminal.style),
    )
    const whole = results.every(({ state }) => state !== 'failed' && state !== 'left')
    return whole ? exitCodes.done : exitCodes.failed
  }
}

/** Nothing is written before the last answer; undefined where there is nobody to ask. */
async function askEach(
  found: readonly Suggestion[],
  { tell, talk }: Terminal,
): Promise<readonly Suggestion[] | undefined> {
  const confirm = confirmAtTerminal(talk)
  if (confirm === undefined) return undefined
  const accepted: Suggestion[] = []
  for (const suggestion of found) {
    tell(renderSuggestion(suggestion, talk))
    if (await confirm('write this rule?')) accepted.push(suggestion)
  }
  return accepted
}
