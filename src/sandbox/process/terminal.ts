import { spawn, spawnSync } from 'node:child_process'
import { existsSync, fchmodSync, fstatSync, type Stats } from 'node:fs'
import { isatty } from 'node:tty'
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
  const access = octalMode(fstatSync(0))
  const keeper = spawn('/bin/sh', ['-c', putBack, 'sh', stty, modes, access], {
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
      keeper.stdin?.end('done\n')
      await ended
    },
  }
}

// What it is told before the end says that the terminal's access is right already.
const putBack = 'read -r _ || chmod "$3" /proc/self/fd/3; exec "$1" "$2" <&3'

/**
 * Whoever owns the terminal can open it to others from inside (`chmod 666 /proc/self/fd/0`). Returns what closes it again:
 * each of the standard streams can be one.
 */
export function keepAccess(): () => void {
  const before = [0, 1, 2].map((fd) => terminalAt(fd))
  return () => {
    for (const [fd, stats] of before.entries()) {
      if (stats === undefined || octalMode(stats) === octalMode(fstatSync(fd))) continue
      fchmodSync(fd, stats.mode & 0o7777)
    }
  }
}

function terminalAt(fd: number): Stats | undefined {
  // No other device: where somebody gives one another mode meanwhile, as an administrator does, that stays.
  const stats = isatty(fd) ? fstatSync(fd) : undefined
  // Those of ours alone: another's mode nobody inside can change.
  return stats?.uid === process.getuid?.() ? stats : undefined
}

const octalMode = ({ mode }: Stats) => (mode & 0o7777).toString(8)

/** Only from a group that is gone: if the user has put us into the background meanwhile, the terminal is not ours. */
function takeBack(foreground: Foreground): void {
  const { own, front } = terminalGroups()
  if (isGroupGone(front)) giveTerminal(foreground, own)
}
