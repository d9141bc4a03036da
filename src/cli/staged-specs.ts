import { join } from 'node:path'
import { readStagedSpecs } from '../ops/diff/revision.ts'
import { readSpecDifference } from '../ops/diff/spec-diff.ts'
import { readHome } from '../ops/project/root.ts'
import { hasErrors } from '../shared/diagnostics.ts'
import { exitCodes, OosError } from '../shared/errors.ts'
import { packageRoot } from '../shared/package.ts'
import { parseSources } from '../spec/parse.ts'
import { readSources } from '../spec/read.ts'
import { renderDiagnostics } from './output/diagnostics.ts'
import { renderDifference } from './output/difference.ts'
import { lineReader } from './source-line.ts'
import type { Terminal } from './terminal.ts'

interface StagedSpecs {
  readonly root: string
  readonly terminal: Terminal
}

/** Specs that are about to be committed: what is wrong with them stops the commit, what they mean is said. */
export function checkStagedSpecs({ root, terminal }: StagedSpecs): number {
  const { env, talk, width } = terminal
  const home = readHome(env)
  const shared = readSources({ home, packs: join(packageRoot, 'specs') })
  const sources = [...shared.sources, ...readStagedSpecs(root)]
  const { diagnostics } = parseSources(sources)
  if (hasErrors(diagnostics)) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    terminal.tell(renderDiagnostics(errors, { style: talk, lineAt: lineReader(sources) }))
    throw new OosError(
      'spec-invalid',
      'the specs that are staged are wrong, and nothing would run with them',
      {
        hint: 'mend them and `git add` them again, or go past it this once with git commit --no-verify',
      },
    )
  }
  terminal.tell(differenceText({ root, terminal }, width))
  return exitCodes.done
}

/** Where nobody can read the specs of the last commit, there is nothing to compare with. */
function differenceText({ root, terminal: { env, talk } }: StagedSpecs, width: number): string {
  try {
    const difference = readSpecDifference({ cwd: root, env, staged: true, now: Date.now() })
    return renderDifference(difference, { style: talk, width })
  } catch (error) {
    if (error instanceof OosError)
      return `${talk.dim('oos:')} the rules before cannot be compared with: ${error.message}\n`
    throw error
  }
}
