import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { type Foreground, giveTerminal, isGroupGone, terminalGroups } from './foreground.ts'

export interface TerminalKeeper {
  /** Puts the terminal's modes and its foreground group back as they were. */
  readonly restore: () => Promise<void>
}

/** Not by name: it runs outside of the sandbox, and the project could have one in the PATH. */
const sttyPlaces = ['/usr/bin/stty', '/bin/stty']

/**
 * Remembers the modes of the terminal on standard input. A small process waits for our end of a pipe to close, so that
 * they are put right after `kill -9`, too. It has a session of its own: Ctrl-C and Ctrl-Z do not reach it.
 */
export function keepTerminal(foreground: Foreground | undefined): TerminalKeeper | undefined {
  const stty = sttyPlaces.find((path) => existsSync(path))
  if (stty === undefined) return undefined
  const modes = spawnSync(stty, ['-g'], {
    stdio: ['inherit', 'pipe', 'ignore'],
    encoding: 'utf8',
    env: {},
  }).stdout?.trim()
  if (modes === undefined || modes === '') return undefined
  const keeper = spawn('/bin/sh', ['-c', 'read -r _; exec "$1" "$2" <&3', 'sh', stty, modes], {
    stdio: ['pipe', 'ignore', 'ignore', 0],
    detached: true,
    env: {},
  })
  const ended = new Promise<void>((resolve) =>
    keeper.once('exit', () => resolve()).once('error', () => resolve()),
  )
  keeper.stdin?.on('error', () => undefined)
  return {
    restore: async () => {
      if (foreground !== undefined) takeBack(foreground)
      keeper.stdin?.end()
      await ended
    },
  }
}

/** Only from a group that is gone: if the user has put us into the background meanwhile, the terminal is not ours. */
function takeBack(foreground: Foreground): void {
  const { own, front } = terminalGroups()
  if (front !== own && isGroupGone(front)) giveTerminal(foreground, own)
}
