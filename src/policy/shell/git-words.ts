import { Last, remembered } from '../../shared/remembered.ts'
import { hasHole } from './words.ts'

export interface GitCommand {
  /** `push`, `commit` …; empty if there is none. */
  readonly name: string
  /** The words after it. */
  readonly rest: readonly string[]
  /** `NAME=value` of `-c` and `--config-env`. */
  readonly settings: readonly string[]
  readonly execPath: boolean
}

const valued = new Set([
  '-C',
  '-c',
  '--git-dir',
  '--work-tree',
  '--namespace',
  '--super-prefix',
  '--config-env',
  '--attr-source',
  '--list-cmds',
])

/** Takes git's own options off. Undefined where the command is only known at run time. */
export function gitCommand(words: readonly string[]): GitCommand | undefined {
  return once(words).command
}

// It is asked what a command runs, and then what it does to branches.
const once = remembered((words: readonly string[]) => ({ command: readCommand(words) }), new Last())

function readCommand(words: readonly string[]): GitCommand | undefined {
  const settings: string[] = []
  let execPath = false
  let index = 1
  for (; index < words.length; index++) {
    const word = words[index] as string
    if (word[0] !== '-') break
    execPath ||= word.startsWith('--exec-path=')
    if (word.startsWith('--config-env=')) settings.push(word.slice('--config-env='.length))
    if (!valued.has(word)) continue
    index++
    const value = words[index] ?? ''
    if (value.startsWith('\0\0')) return undefined
    if (word === '-c' || word === '--config-env') settings.push(value)
  }
  const name = words[index] ?? ''
  return hasHole(name) ? undefined : { name, rest: words.slice(index + 1), settings, execPath }
}
