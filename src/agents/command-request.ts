import type { Request } from '../policy/types.ts'

export interface CommandRequest extends Request {
  readonly words: readonly string[]
  readonly cwd: string
  readonly agent: string
}

/** What a run's command asks of the policy: its words as they are, since no shell reads them. */
export function commandRequest(agent: string, command: readonly string[], cwd: string): CommandRequest {
  return { resource: 'shell', action: 'execute', target: command.join(' '), words: command, cwd, agent }
}
