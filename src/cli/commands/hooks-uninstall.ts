import { uninstallHooks } from '../../ops/hooks/install.ts'
import { findProjectRoot, readHome } from '../../ops/project/root.ts'
import type { Define } from '../command.ts'
import { hookChangeData, renderHookChange } from '../output/hooks.ts'

interface Options {
  readonly dryRun?: true
}

/** `oos hooks uninstall`: puts back what was there before. */
export const hooksUninstall: Define = (command, terminal) => {
  command.option('--dry-run', 'show what would be written')
  return ({ dryRun }: Options) => {
    const root = findProjectRoot(terminal.cwd(), readHome(terminal.env))
    const change = uninstallHooks({ root, dryRun: dryRun === true })
    terminal.answer('hooks uninstall', hookChangeData(change), () =>
      renderHookChange(change, { style: terminal.style, dryRun: dryRun === true, done: 'taken away' }),
    )
    return 0
  }
}
