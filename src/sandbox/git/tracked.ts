import { lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isBelow } from '../../shared/within.ts'
import { readPlainBytes } from '../plain-file.ts'
import type { FileLook, Repository, TreeEntry } from '../types.ts'

/** Of a hundred thousand files it has some 10 MB. */
const mostOfAnIndex = 100_000_000

/**
 * Marks the closed files that git tracks. What hides them has to look unchanged: git takes a device for a change, and then
 * neither adds nor stashes anything.
 */
export function markTracked(
  entries: readonly TreeEntry[],
  repositories: readonly Repository[],
): readonly TreeEntry[] {
  const closed = entries.filter(({ access, kind }) => access === 'none' && kind === 'file')
  const looks = new Map<string, FileLook>()
  for (const { path, tree = dirname(path), index: list = join(path, 'index') } of repositories) {
    const inside = closed.filter((entry) => isBelow(entry.path, tree))
    const index = inside.length === 0 ? undefined : readPlainBytes(list, mostOfAnIndex)
    if (index === undefined) continue
    for (const entry of inside) {
      // A name is followed by a zero. One that only ends like this is taken for it, which does no harm.
      const name = entry.path.slice(tree.length + 1)
      const look = index.includes(`${name}\0`) ? lookOf(entry.path) : undefined
      if (look !== undefined) looks.set(entry.path, look)
    }
  }
  return entries.map((entry) => {
    const look = entry.access === 'none' ? looks.get(entry.path) : undefined
    return look === undefined ? entry : { ...entry, look }
  })
}

function lookOf(path: string): FileLook | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined || !stats.isFile()) return undefined
  return {
    bytes: stats.size,
    changed: Math.floor(stats.mtimeMs / 1000),
    executable: (stats.mode & 0o100) !== 0,
  }
}

/** What git is told inside, where such files are: to compare no more than a stand-in can have. */
export const looseComparison: Readonly<Record<string, string>> = {
  GIT_CONFIG_COUNT: '2',
  GIT_CONFIG_KEY_0: 'core.checkStat',
  GIT_CONFIG_VALUE_0: 'minimal',
  GIT_CONFIG_KEY_1: 'core.trustctime',
  GIT_CONFIG_VALUE_1: 'false',
}
