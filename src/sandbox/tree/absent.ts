import { join } from 'node:path'
import { isOfGit } from '../git/repository.ts'
import type { TreeEntry } from '../types.ts'
import { type FileGlob, type FolderState, judgeFile, judgeFolder, type Reach, writing } from './access.ts'
import type { NamedBy, NamedHere } from './points.ts'

/** A folder that was read, and what the rules name in it. */
export interface ReadFolder {
  readonly folder: string
  readonly present: ReadonlySet<string>
  readonly named: NamedHere | undefined
  readonly endings: NamedHere | undefined
  readonly state: FolderState
}

/** By name, what does not exist yet and must not come to be: the outermost missing part of a path that a rule names. */
export function absentEntries(globs: readonly FileGlob[], read: ReadFolder): ReadonlyMap<string, TreeEntry> {
  const { folder, present, named = [], endings = [], state } = read
  const found = new Map<string, TreeEntry>()
  for (const [name, all] of [...named, ...endings]) {
    if (present.has(name) || found.has(name)) continue
    const path = join(folder, name)
    const entry = all
      .filter(keepsOut)
      .map((by) => judgeAbsent(globs, by, { path, above: state }))
      .find(({ access }) => access !== 'write')
    if (entry !== undefined) found.set(name, entry)
  }
  return found
}

/** Folders that may be written and are not there yet, in one that may only be read: `dist/**`. */
export function missingEntries(globs: readonly FileGlob[], read: ReadFolder): TreeEntry[] {
  const { folder, present, named = [], state } = read
  return [...named].flatMap(([name, all]): TreeEntry[] => {
    const path = join(folder, name)
    const opens = all.some((by) => by.glob.allows && by.glob.covers && by.path === path)
    if (!opens || present.has(name)) return []
    const { access, rule } = judgeFolder(globs, path, state)
    return access === 'write' ? [{ path, kind: 'absent-folder', access, ...(rule && { rule }) }] : []
  })
}

/** A Deny, or what an Allow leaves out by its whole path. */
function keepsOut(by: NamedBy): boolean {
  const reach = leftOut(by)
  return ((reach ?? by.glob).acts & writing) !== 0 && (reach !== undefined || !by.glob.allows)
}

function leftOut({ glob, path }: NamedBy): Reach | undefined {
  return glob.allows && path !== undefined
    ? glob.except.find((hole) => hole.glob.literal === path)
    : undefined
}

/** Judges the path that the rule names, of which `path` is the first part that is missing. */
function judgeAbsent(
  globs: readonly FileGlob[],
  by: NamedBy,
  { path, above }: { path: string; above: FolderState },
): TreeEntry {
  const full = by.path ?? path
  const asFolder = judgeFolder(globs, full, above)
  const { access, rule } = asFolder.access === 'write' ? judgeFile(globs, full, above) : asFolder
  const kind = absentKind(path, path === full && !(leftOut(by) ?? by.glob).covers)
  return { path, kind, access, ...(rule && { rule }) }
}

/** A name that a rule names for itself is mostly a file's: `.mcp.json`, not `.claude/**`. */
function absentKind(path: string, isFile: boolean): TreeEntry['kind'] {
  if (!isFile) return 'absent-folder'
  return isOfGit(path) ? 'absent-git-file' : 'absent-file'
}
