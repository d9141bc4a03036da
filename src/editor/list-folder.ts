import { opendirSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { FolderEntry } from './capability-completion.ts'

const mostEntries = 2_000

/** What lies in a folder below the project's root, up to some number; nothing where a link leads out of it. */
export function listFolder(root: string, folder: string): readonly FolderEntry[] {
  try {
    const path = realpathSync(join(root, folder))
    if (path !== root && !path.startsWith(root + sep)) return []
    return readEntries(path).sort(
      (a, b) => Number(b.isFolder) - Number(a.isFolder) || (a.name < b.name ? -1 : 1),
    )
  } catch {
    return []
  }
}

function readEntries(path: string): FolderEntry[] {
  const directory = opendirSync(path)
  try {
    const entries: FolderEntry[] = []
    while (entries.length < mostEntries) {
      const entry = directory.readSync()
      if (entry === null) break
      entries.push({ name: entry.name, isFolder: entry.isDirectory() })
    }
    return entries
  } finally {
    directory.closeSync()
  }
}
