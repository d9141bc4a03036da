import { runHook } from './run-hook.ts'
import type { Terminal } from './terminal.ts'

export { reportError } from './report.ts'
export { openTerminal } from './terminal.ts'

/** `oos hooks run NAME [WORDS]`, which every commit waits for: the same as in `work.ts`, without the parser of options. */
export function runProgram(
  [, , name = '', ...words]: readonly string[],
  terminal: Terminal,
): Promise<number> {
  return runHook({ name, words }, terminal)
}
