import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

export interface TerminalKeeper {
  /** Puts the terminal's modes back as they were; also done, without us, when this process is killed. */
  readonly restore: () => Promise<void>
}

/**
 * Remembers the modes of the terminal on standard input. A small process waits for our end of a pipe to close, so that
 * the terminal is put right after `kill -9`, too. It has a session of its own: Ctrl-C and Ctrl-Z do not reach it.
 */
export function keepTerminal(): TerminalKeeper | undefined {
  const modes = spawnSync('stty', ['-g'], {
    stdio: ['inherit', 'pipe', 'ignore'],
    encoding: 'utf8',
  }).stdout?.trim()
  if (modes === undefined || modes === '') return undefined
  const keeper = spawn('sh', ['-c', 'read -r _; exec stty "$1" <&3', 'sh', modes], {
    stdio: ['pipe', 'ignore', 'ignore', 0],
    detached: true,
    env: { PATH: process.env.PATH },
  })
  const ended = new Promise<void>((resolve) =>
    keeper.once('exit', () => resolve()).once('error', () => resolve()),
  )
  keeper.stdin?.on('error', () => undefined)
  return {
    restore: async () => {
      keeper.stdin?.end()
      await ended
    },
  }
}

/** GNU `env`, which alone can pass on an ignored signal and take it back inside; others end the run at Ctrl-C. */
export function signalEnv(): string | undefined {
  const path = ['/usr/bin/env', '/bin/env'].find((one) => existsSync(one))
  if (path === undefined) return undefined
  return spawnSync(path, ['--default-signal=INT', 'true'], { stdio: 'ignore' }).status === 0
    ? path
    : undefined
}
