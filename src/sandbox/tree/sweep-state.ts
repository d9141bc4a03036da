import type { Repository, TreeEntry } from '../types.ts'
import type { FileGlob } from './access.ts'
import type { LinkCount } from './links.ts'
import type { Points } from './points.ts'

export interface SweepOptions {
  readonly root: string
  /** Whose configuration of git counts, too. */
  readonly home?: string
  readonly caseSensitive?: boolean
  /** Called before a folder is read; `every`: each file in it counts, whatever its name. */
  readonly onFolder?: (folder: string, every: boolean) => void
}

/** What a sweep knows, and what it has found so far. */
export interface Sweep extends SweepOptions {
  readonly globs: readonly FileGlob[]
  readonly points: Points
  readonly entries: TreeEntry[]
  /** What rules deny where nothing was open: only its other names have to be closed. */
  readonly denied: TreeEntry[]
  /** Where links lead under whose name a rule denies it. */
  readonly behind: TreeEntry[]
  readonly repositories: Repository[]
  /** Who counts hard links, if anybody does. */
  readonly links?: Pick<LinkCount, 'look' | 'lookAtFile'>
  /** Folders with files whose names are no text. */
  readonly oddNames: Set<string>
  readonly behindLink?: boolean
  /** Where each tree begins that is looked at by itself. */
  readonly tops: ReadonlySet<string>
  /** Where the tree that is looked at begins. */
  top: string
  files: number
}

export interface Found {
  readonly path: string
  readonly kind: TreeEntry['kind']
}

export function record(
  sweep: Sweep,
  entry: Found & Pick<TreeEntry, 'access'> & { [Key in 'rule' | 'note']?: TreeEntry[Key] | undefined },
): void {
  const { rule, note, ...rest } = entry
  sweep.entries.push({
    ...rest,
    ...(rule === undefined ? {} : { rule }),
    ...(note === undefined ? {} : { note }),
  })
}

export function closeFolder(
  sweep: Sweep,
  path: string,
  note = 'cannot be read, so it was not looked at',
): void {
  record(sweep, { path, kind: 'directory', access: 'none', note })
}
