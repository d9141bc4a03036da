import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  type Stats,
  unlinkSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { readFolder, statOf } from './look.ts'
import { isStandIn } from './stand-ins.ts'

const { O_DIRECTORY, O_NOFOLLOW } = constants
/** Node has no name for it: the folder itself, whether or not it may be read. */
const O_PATH = 0o10000000

/**
 * Removes a mount point or placeholder, unless somebody has made it his own: a folder with something in it, a file that
 * says anything else. The agent may have put links in the way, so its folder is held by a descriptor, and every step
 * goes through that.
 */
export function removeIfUntouched(path: string, content?: string): boolean {
  const folder = openFolder(dirname(path))
  if (folder === undefined) return false
  try {
    return removeHeld(`/proc/self/fd/${folder}/${basename(path)}`, content)
  } catch {
    // Gone already, or not empty.
    return false
  } finally {
    closeSync(folder)
  }
}

function removeHeld(held: string, content: string | undefined): boolean {
  const stats = lstatSync(held)
  if (stats.isDirectory()) rmdirSync(held)
  else if (isStandIn(held)) unlinkSync(held)
  else if (stats.isFile() && isAsMade(held, stats, content)) unlinkSync(held)
  else return false
  return true
}

/** Whether anything lies there now that says something else than what was made there. */
export function holdsMore(path: string, content = ''): boolean {
  const stats = statOf(path)
  if (stats === undefined) return false
  if (stats.isDirectory()) return (readFolder(path) ?? []).length > 0
  return (
    stats.isSymbolicLink() || (stats.isFile() && stats.size > 0 && readFileSync(path, 'utf8') !== content)
  )
}

/** bubblewrap makes its mount points empty, and writable for nobody. */
function isAsMade(held: string, { size, mode }: Stats, content: string | undefined): boolean {
  if (content === undefined) return size === 0 && (mode & 0o222) === 0
  return size === Buffer.byteLength(content) && readFileSync(held, 'utf8') === content
}

/** Only if the path leads there by itself, without a link on the way. */
function openFolder(path: string): number | undefined {
  try {
    const folder = openSync(path, O_DIRECTORY | O_NOFOLLOW | O_PATH)
    if (readlinkSync(`/proc/self/fd/${folder}`) === path) return folder
    closeSync(folder)
  } catch {
    // Gone with what was in it.
  }
  return undefined
}
