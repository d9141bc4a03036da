import { lstatSync, mkdirSync, rmSync, unlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { makeFolders } from '../shared/make-folders.ts'
import { isBelow } from '../shared/within.ts'
import { openLastToOwner } from './held.ts'
import type { Mount } from './types.ts'

/**
 * What package managers keep in the home folder, next to `.cache`: links into the run's own persistent cache, so that
 * one mount holds all of it.
 */
const persistentCaches: readonly string[] = [
  '.npm',
  '.yarn/berry/cache',
  '.local/share/pnpm/store',
  '.bun/install/cache',
  '.cargo/registry',
  '.cargo/git',
  'go/pkg/mod',
  '.m2/repository',
  '.gradle/caches',
]

/** Never the host's own caches: what an agent put there, a later install outside of the sandbox would run. */
export function cacheMounts(home: string, cacheHome: string): Mount[] {
  const note = "package managers' caches of this project"
  const cache = join(home, '.cache')
  return [
    { kind: 'write', path: cache, source: cacheHome, note },
    ...persistentCaches.map((path): Mount => {
      const at = join(home, path)
      return { kind: 'link', path: at, target: relative(dirname(at), join(cache, insideCache(path))), note }
    }),
  ]
}

/**
 * Makes on the host what the mounts of `cacheMounts` lead to. A run may have put a link in the place of a folder there:
 * following it would make folders wherever it says.
 */
export function makeCacheHome(cacheHome: string): void {
  makeFolders(cacheHome)
  makeFolder(cacheHome)
  makeFolder(join(cacheHome, tools))
  for (const path of persistentCaches) makeFolder(join(cacheHome, insideCache(path)))
}

/**
 * Where a rule opens some of the host's own cache, its mount point lies in the run's: bubblewrap would follow a link that an
 * earlier run has left there, and make it where that leads.
 */
export function makeCachePoints(cacheHome: string, mounts: readonly Mount[]): void {
  const cache = mounts.find(({ kind, source }) => kind === 'write' && source === cacheHome)?.path
  if (cache === undefined) return
  for (const { path } of mounts.filter((mount) => isBelow(mount.path, cache))) {
    const names = path.slice(cache.length + 1).split('/')
    for (let depth = 1; depth < names.length; depth += 1)
      makeFolder(join(cacheHome, ...names.slice(0, depth)))
    const point = join(cacheHome, ...names)
    if (lstatSync(point, { throwIfNoEntry: false })?.isSymbolicLink()) unlinkSync(point)
  }
}

function makeFolder(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats?.isDirectory()) {
    // A run may have closed it, for itself and all later ones; or put a link in its place since it was looked at.
    openLastToOwner(path)
    return
  }
  if (stats !== undefined) rmSync(path, { force: true })
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another run of the project has just made it; a link in its place is no folder.
    if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}

const tools = '.oos'
const insideCache = (path: string) => join(tools, path.replaceAll('/', '-'))
