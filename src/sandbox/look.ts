import { type Dirent, lstatSync, readdirSync, realpathSync, type Stats } from 'node:fs'
import { isWithin } from '../shared/within.ts'
import type { TreeEntry, TreeFacts } from './types.ts'

/** Undefined if it may not be read. */
export function readFolder(folder: string): Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    // Gone since its parent was read: then there is nothing to look at.
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? [] : undefined
  }
}

/** A mount point that another run has made, or what git takes for no repository. */
export function isEmptyFolder(path: string): boolean {
  return kindOf(path) === 'directory' && readFolder(path)?.length === 0
}

export function kindOfEntry(entry: Dirent): TreeEntry['kind'] {
  if (entry.isDirectory()) return 'directory'
  if (entry.isFile()) return 'file'
  if (entry.isSymbolicLink()) return 'link'
  return entry.isSocket() ? 'socket' : 'other'
}

/** Of the entry itself. A run can make names that are too long, and folders that may be read and not entered. */
export function statOf(path: string | Buffer): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

/** Whether all that is called so in a folder is: a name that is no text is read as one that another entry may have. */
export function isText(folder: string, name: string): boolean {
  try {
    const alike = readdirSync(folder, { encoding: 'buffer' }).filter((bytes) => bytes.toString() === name)
    return alike.length === 1 && alike.every((bytes) => bytes.equals(Buffer.from(name)))
  } catch {
    return false
  }
}

/**
 * The kernel takes no longer path than 4,096 bytes; one more name and bubblewrap's own folder have to fit in. And what is
 * closed has every folder above it held in its place, each of which costs a mount.
 */
export function isTooDeep(folder: string): boolean {
  if (folder.length > 1000 && Buffer.byteLength(folder) > 3500) return true
  return folder.length > 2 * mostNames && folder.split('/').length > mostNames
}

const mostNames = 100

export function mayEnter(folder: string): boolean {
  return statOf(`${folder}/.`) !== undefined
}

export function kindOf(path: string): TreeEntry['kind'] | undefined {
  const stats = statOf(path)
  if (stats === undefined) return undefined
  if (stats.isDirectory()) return 'directory'
  if (stats.isFile()) return 'file'
  if (stats.isSymbolicLink()) return 'link'
  return stats.isSocket() ? 'socket' : 'other'
}

export function isFolderBehind(path: string): boolean {
  const real = realpathOf(path)
  return real !== undefined && kindOf(real) === 'directory'
}

export function realpathOf(path: string): string | undefined {
  try {
    return realpathSync.native(path)
  } catch {
    return undefined
  }
}

/** Opened trees outside of the project that lie behind a link. */
export function treesBehind(tops: readonly string[], root: string): TreeFacts['behind'] {
  return tops.flatMap((path) => {
    const real = isWithin(path, root) ? path : realpathOf(path)
    return real === undefined || real === path ? [] : [{ path, real }]
  })
}
