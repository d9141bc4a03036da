import { findOos, wrapperLine } from '../../ops/find-oos.ts'
import { installHooks } from '../../ops/hooks/install.ts'
import { runTwice } from '../../ops/hooks/twice.ts'
import { readProject } from '../../ops/project/project.ts'
import { findProjectRoot, readHome } from '../../ops/project/root.ts'
import type { Define } from '../command.ts'
import { hookChangeData, renderHookChange, renderRunTwice } from '../output/hooks.ts'
import type { Style } from '../output/style.ts'

interface Options {
  readonly dryRun?: true
}

/** `oos hooks install`: has what is committed and pushed checked here. */
export const hooksInstall: Define = (command, terminal) => {
  command.option('--dry-run', 'show what would be written')
  return async ({ dryRun }: Options) => {
    const root = findProjectRoot(terminal.cwd(), readHome(terminal.env))
    const change = installHooks({ root, dryRun: dryRun === true })
    terminal.answer('hooks install', hookChangeData(change), () =>
      renderHookChange(change, { style: terminal.style, dryRun: dryRun === true, done: 'installed' }),
    )
    const { rules } = await readProject({ cwd: root, env: terminal.env })
    for (const one of runTwice(change.facts, rules))
      terminal.tell(renderRunTwice(one, change.facts, terminal.talk))
    if (findOos(root, terminal.env) === undefined) terminal.tell(renderNoCommand(terminal.talk))
    return 0
  }
}

/** A hook without oos lets nothing through. */
function renderNoCommand(style: Style): string {
  const what = `${style.warn('oos:')} no \`oos\` is in your PATH, and without it the hooks let no commit through`
  return `${what}\n     ${wrapperLine()}\n`
}
