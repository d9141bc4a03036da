import { explainRequest } from './explain-request.ts'
import type { Terminal } from './terminal.ts'

export { reportError } from './report.ts'
export { openTerminal } from './terminal.ts'

/** `oos explain REQUEST`, which scripts ask in a loop: the same as in `work.ts`, without the parser of options. */
export function runProgram([, request = '']: readonly string[], terminal: Terminal): Promise<number> {
  return explainRequest(request, {}, terminal)
}
