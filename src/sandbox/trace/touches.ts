import { normalize } from 'node:path/posix'
import type { Argument, Call } from './call.ts'

/** `make`: opened so that it comes to be if it is not there; only afterwards can it be told which it was. */
export type Act = 'read' | 'make' | 'create' | 'change' | 'delete'

/** What a call did with a path, or tried to. */
export interface Touch {
  readonly act: Act
  /** Absolute, as the program named it: links in it are not followed. */
  readonly path: string
  /** Where it led, links followed; known of what was opened. */
  readonly real?: string
  /** A folder: listed, made or removed. */
  readonly folder?: true
  readonly error?: string
}

/** Where relative paths of a thread stand. */
export type FolderOf = (thread: number) => string | undefined

/** The paths of a call, and what became of each. Pure, but for what `folderOf` is asked. */
export function touchesOf(call: Call, folderOf: FolderOf): readonly Touch[] {
  const { error } = call.result
  return (mentions[call.name]?.(call) ?? []).flatMap(({ act, path, below, real, folder }): Touch[] => {
    const named = placeOf({ path, below }, () => folderOf(call.thread))
    if (named === undefined) return []
    const outcome = error === undefined ? real !== undefined && { real } : { error }
    return [{ act, path: named, ...outcome, ...(folder === true && { folder }) }]
  })
}

interface Named {
  readonly path: Argument | undefined
  /** What a relative path stands below: a descriptor. The working folder if left out. */
  readonly below?: Argument | undefined
}

interface Mention extends Named {
  readonly act: Act
  readonly real?: string | undefined
  readonly folder?: boolean
}

/** A call without a path is about its descriptor. */
function placeOf({ path, below }: Named, folder: () => string | undefined): string | undefined {
  const { quoted } = path ?? {}
  if (quoted === undefined) return absolute((path ?? below)?.at ?? below?.at)
  if (quoted === '') return absolute(below?.at)
  if (quoted.startsWith('/')) return tidy(quoted)
  const above = below?.at ?? folder()
  return above === undefined ? undefined : absolute(`${above}/${quoted}`)
}

const absolute = (path: string | undefined) => (path?.startsWith('/') ? tidy(path) : undefined)

/** `..` behind a link leads elsewhere than the text says: such a path stays as it is. */
function tidy(path: string): string {
  if (/(?:^|\/)\.\.(?:\/|$)/.test(path)) return path
  return normalize(path).replace(/(?<=.)\/$/, '')
}

type Mentions = (call: Call) => readonly Mention[]

/** The path stands at this place, below the descriptor at that one. */
const one =
  (act: Act, path: number, below?: number, folder = false): Mentions =>
  ({ args }) => [{ act, path: args[path], ...(below !== undefined && { below: args[below] }), folder }]

const moved =
  (from: readonly [number, number?], to: readonly [number, number?], act: Act = 'delete'): Mentions =>
  (call) => [...one(act, ...from)(call), ...one('create', ...to)(call)]

const opened =
  (path: number, below?: number): Mentions =>
  ({ args, result }) => {
    const flags = args[path + 1]?.text ?? ''
    const has = (flag: string) => flags.includes(flag)
    if (has('O_PATH')) return []
    const named = { path: args[path], ...(below !== undefined && { below: args[below] }) }
    if (has('O_TMPFILE')) return [{ ...named, act: 'create', folder: true }]
    const writes = has('O_WRONLY') || has('O_RDWR')
    const act = has('O_CREAT') ? (has('O_EXCL') ? 'create' : 'make') : 'change'
    const reads = !has('O_WRONLY')
    return [
      ...(reads ? [{ ...named, act: 'read' as const, real: result.at, folder: has('O_DIRECTORY') }] : []),
      ...(writes || has('O_CREAT') ? [{ ...named, act, real: result.at } as const] : []),
    ]
  }

const removed: Mentions = (call) =>
  one('delete', 1, 0, call.args[2]?.text.includes('AT_REMOVEDIR') === true)(call)

/** What has only a name of its own, and no file, says `sun_path=@"…"`. */
const bound: Mentions = ({ args: [, address] }) =>
  address?.text.includes('AF_UNIX') === true && !address.text.includes('@')
    ? [{ act: 'create', path: address }]
    : []

/** A new call that oos should see is a row here; what strace is told to trace is read off it. */
const mentions: Readonly<Record<string, Mentions>> = {
  open: opened(0),
  openat: opened(1, 0),
  creat: one('make', 0),
  execve: one('read', 0),
  execveat: one('read', 1, 0),
  mkdir: one('create', 0, undefined, true),
  mkdirat: one('create', 1, 0, true),
  mknod: one('create', 0),
  mknodat: one('create', 1, 0),
  symlink: one('create', 1),
  symlinkat: one('create', 2, 1),
  link: moved([0], [1], 'read'),
  linkat: moved([1, 0], [3, 2], 'read'),
  rename: moved([0], [1]),
  renameat: moved([1, 0], [3, 2]),
  renameat2: moved([1, 0], [3, 2]),
  unlink: one('delete', 0),
  unlinkat: removed,
  rmdir: one('delete', 0, undefined, true),
  truncate: one('change', 0),
  chmod: one('change', 0),
  fchmod: one('change', 0),
  fchmodat: one('change', 1, 0),
  fchmodat2: one('change', 1, 0),
  chown: one('change', 0),
  lchown: one('change', 0),
  fchown: one('change', 0),
  fchownat: one('change', 1, 0),
  utime: one('change', 0),
  utimes: one('change', 0),
  futimesat: one('change', 1, 0),
  utimensat: one('change', 1, 0),
  setxattr: one('change', 0),
  lsetxattr: one('change', 0),
  removexattr: one('change', 0),
  lremovexattr: one('change', 0),
  bind: bound,
}

/** A name with a `?` is left out where the machine's architecture does not have it. */
export const tracedCalls: readonly string[] = Object.keys(mentions).map((name) => `?${name}`)
