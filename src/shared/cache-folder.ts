import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { makeFolders } from './make-folders.ts'

/**
 * `$XDG_CACHE_HOME/oos/NAME`, made if need be (0700), or undefined where there can be none: no HOME, a read-only
 * disk, or a folder that somebody else owns or may write. What lies there is believed, so it must be ours alone.
 */
export function openCacheFolder(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const base = cacheBase(env)
  if (base === undefined) return undefined
  const folder = join(base, 'oos', name)
  try {
    makeFolders(folder)
    return [base, join(base, 'oos'), folder].every(isOurs) ? folder : undefined
  } catch {
    return undefined
  }
}

/** No home folder is made where there is none. */
export function cacheBase(env: NodeJS.ProcessEnv): string | undefined {
  const { XDG_CACHE_HOME: cache, HOME: home } = env
  if (cache !== undefined && isAbsolute(cache)) return cache
  return home !== undefined && isAbsolute(home) && existsSync(home) ? join(home, '.cache') : undefined
}

function isOurs(folder: string): boolean {
  const { uid, mode } = lstatSync(folder)
  return uid === process.getuid?.() && (mode & 0o022) === 0
}

/** What was written there, if it is ours and nobody else may see it. Nothing waits for a pipe, and no link is followed. */
export function readOwnFile(path: string): Buffer | undefined {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stats = fstatSync(file)
    const isOwn = stats.isFile() && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0
    return isOwn ? readFileSync(file) : undefined
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
