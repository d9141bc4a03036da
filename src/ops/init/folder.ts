import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  type Stats,
} from 'node:fs'
import { join } from 'node:path'
import type { Folder } from './facts.ts'

/** A folder on disk; what cannot be read is not there. */
export function openFolder(root: string): Folder {
  return {
    has: (path) => statOf(join(root, path)) !== undefined,
    list: (path) => listNames(join(root, path)),
    read: (path) => readPlainFile(join(root, path)),
  }
}

const largestFile = 1_000_000

export function readPlainFile(path: string): string | undefined {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const stat = fstatSync(descriptor)
      return stat.isFile() && stat.size <= largestFile ? readFileSync(descriptor, 'utf8') : undefined
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}

function listNames(path: string): string[] {
  try {
    return readdirSync(path).sort()
  } catch {
    return []
  }
}

/** A file where a folder should be on the way is the same as nothing there: writing it will say so. */
export function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}
