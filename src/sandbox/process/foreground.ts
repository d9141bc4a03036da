import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readProcessTree } from './processes.ts'

/** A program that can make a process group and give it the terminal, which Node cannot. */
export interface Foreground {
  readonly words: readonly string[]
}

// Arguments: a group or `new`, and the command to go on with, if any. 0x5410 is TIOCSPGRP.
const perl = `
  my $group = shift; $SIG{TTOU} = "IGNORE";
  if ($group eq "new") { setpgrp(0, 0); $group = $$ }
  ioctl(STDIN, 0x5410, pack("i", $group)); $SIG{TTOU} = "DEFAULT";
  exit 0 unless @ARGV;
  exec { $ARGV[0] } @ARGV or print STDERR "oos: $ARGV[0]: $!\\n"; exit 127`
const python = `
import os, signal, sys
group, *command = sys.argv[1:]
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
if group == "new": os.setpgid(0, 0); group = os.getpid()
os.tcsetpgrp(0, int(group)); signal.signal(signal.SIGTTOU, signal.SIG_DFL)
if command:
    try: os.execvp(command[0], command)
    except OSError as error: sys.exit(f"oos: {command[0]}: {error.strerror}")`

const programs: readonly (readonly [string, ...string[]])[] = [
  ['/usr/bin/perl', '-e', perl],
  ['/usr/bin/python3', '-I', '-S', '-c', python],
]

/** Nothing where neither language is installed: the command then has a session of its own, without job control. */
export function findForeground(): Foreground | undefined {
  const words = programs.find(([path]) => existsSync(path))
  return words === undefined ? undefined : { words }
}

/**
 * The words in front of a command at a terminal. In a group of its own it can signal that group without reaching ours,
 * which is outside the sandbox; and Ctrl-C reaches the command, and neither bubblewrap nor oos.
 */
export const foregroundWords = ({ words }: Foreground): readonly string[] => [...words, 'new']

export function giveTerminal({ words }: Foreground, group: number): void {
  const [program = '', ...rest] = words
  spawnSync(program, [...rest, String(group)], { stdio: ['inherit', 'ignore', 'ignore'], env: {} })
}

/** Our own process group, and the one that the terminal is talking to. */
export function terminalGroups(): { readonly own: number; readonly front: number } {
  return { own: ownField(5), front: ownField(8) }
}

/** Whether there is a terminal that could send us signals, wherever the standard streams lead. */
export const hasTerminal = (): boolean => ownField(7) !== 0

/** By its number in `man 5 proc`, counted from the name's last `)`. */
function ownField(number: number): number {
  const text = readFileSync('/proc/self/stat', 'latin1')
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[number - 3])
}

export function isGroupGone(group: number): boolean {
  try {
    return group > 0 && !process.kill(-group, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

const everyMs = 200

/**
 * Ctrl-Z stops the command's group alone: stops ours, too, so that the user's shell takes over; and when that continues
 * us, gives the terminal back to the command. Returns how to stop watching.
 */
export function followStops(first: number, foreground: Foreground): () => void {
  let stopped = false
  const command = () => readProcessTree(first, 2)[1]
  const handOver = (group: number) => {
    const { own, front } = terminalGroups()
    if (front === own) giveTerminal(foreground, group)
  }
  // Once for each stop: a second time could undo the next Ctrl-Z.
  const resume = () => {
    const group = command()?.pid
    if (!stopped || group === undefined) return
    stopped = false
    handOver(group)
    continueGroup(group)
  }
  const look = () => {
    const { state, pid } = command() ?? {}
    if (pid === undefined) return
    // Put in front again while it ran behind.
    if (state !== 'T') return handOver(pid)
    // In a group that nobody could continue the kernel ignores our stop, and the command goes on.
    if (stopped) return resume()
    stopped = true
    process.kill(0, 'SIGTSTP')
  }
  const timer = setInterval(look, everyMs)
  process.on('SIGCONT', resume)
  return () => {
    clearInterval(timer)
    process.off('SIGCONT', resume)
  }
}

function continueGroup(group: number): void {
  try {
    process.kill(-group, 'SIGCONT')
  } catch {
    // It ended by itself.
  }
}
