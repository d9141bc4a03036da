import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { statOf } from '../../sandbox/look.ts'
import { readPlainFile } from '../../sandbox/plain-file.ts'
import type { Folder } from './facts.ts'

/** A folder on disk; what cannot be read is not there. */
export function openFolder(root: string): Folder {
  return {
    has: (path) => statOf(join(root, path)) !== undefined,
    list: (path) => listNames(join(root, path)),
    read: (path) => readPlainFile(join(root, path)),
  }
}

function listNames(path: string): string[] {
  try {
    return readdirSync(path).sort()
  } catch {
    return []
  }
}
