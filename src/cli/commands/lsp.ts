import { isatty } from 'node:tty'
import { readHome } from '../../ops/project/root.ts'
import type { Define } from '../command.ts'

/** `oos lsp`: what an editor starts and speaks with. */
export const lsp: Define = (command, terminal) => {
  command
    .option('--stdio', 'speak on stdin and stdout, as it always does: many editors pass this')
    .addOption(command.createOption('--clientProcessId <id>', 'the editor').hideHelp())
  return async () => {
    const { env } = terminal
    const home = readHome(env)
    if (isatty(0))
      terminal.tell(
        'oos lsp speaks with an editor, which starts it itself: see docs/editors.md; Ctrl-C ends it\n',
      )
    const { serveEditor } = await import('../../editor/server.ts')
    return serveEditor({ env, home })
  }
}
