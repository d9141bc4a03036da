import { textOf } from '../shared/bytes.ts'

/** What a difference does to one path. Each is an action of the `file` resource. */
export interface Written {
  readonly path: string
  readonly action: 'create' | 'change' | 'delete'
}

export interface RawChange extends Written {
  /** `MODE ID` on each side; undefined where there is nothing. */
  readonly was: string | undefined
  readonly now: string | undefined
}

/** `:MODE MODE ID ID STATUS\0PATH\0`, again and again, as `git diff-… --raw -z --no-renames` has it. */
export function parseRawDiff(answer: Buffer): readonly RawChange[] {
  const parts = textOf(answer).split('\0')
  const changes: RawChange[] = []
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const change = readRawChange(parts[at] ?? '', parts[at + 1] ?? '')
    if (change !== undefined) changes.push(change)
  }
  return changes
}

/** Nothing for a path that is not merged yet: it is in no commit. */
export function readRawChange(line: string, path: string): RawChange | undefined {
  const [, modeWas, modeNow, was, now, status = 'U'] = /^:(\d+) (\d+) (\w+) (\w+) ([A-Z])$/.exec(line) ?? []
  if (status === 'U') return undefined
  const side = (mode = '', id = '') => (/^0+$/.test(mode) ? undefined : `${mode} ${id}`)
  const action = actions[status] ?? 'change'
  return { path, action, was: side(modeWas, was), now: side(modeNow, now) }
}

const actions: Readonly<Record<string, Written['action']>> = { A: 'create', D: 'delete' }

/** What git is asked about the index, before the commit to compare with. */
export const stagedWords = [
  'diff-index',
  '--cached',
  '-r',
  '-z',
  '--raw',
  '--no-renames',
  '--no-abbrev',
  '--no-relative',
  '--no-ext-diff',
  '--ignore-submodules=none',
] as const
