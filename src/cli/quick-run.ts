import { isatty } from 'node:tty'
import { superviseRun } from '../agents/supervise.ts'
import { runVoice } from './output/run-voice.ts'
import type { Terminal } from './terminal.ts'

export { reportError } from './report.ts'
export { openTerminal } from './terminal.ts'

/** `oos run -- COMMAND`, as most runs are: the same as in `work.ts`, without the parser of options. */
export function runProgram([, , ...command]: readonly string[], terminal: Terminal): Promise<number> {
  const { env } = terminal
  const words = { names: [], command }
  const request = { words, cwd: terminal.cwd(), env, allow: [], deny: [], interactive: isatty(0) }
  return superviseRun(request, runVoice(terminal))
}
