import { lstatSync, readFileSync, rmdirSync, type Stats, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { inFolder, LedElsewhere } from './held.ts'
import { readFolder, statOf } from './look.ts'
import { isStandIn } from './stand-ins.ts'

/**
 * Removes a mount point or placeholder, unless somebody has made it his own: a folder with something in it, a file that
 * says anything else. The agent may have put links in the way, so its folder is held. False: it is still to be removed,
 * since the disk is read-only for now, or the folder shut.
 */
export function removeIfUntouched(path: string, content?: string): boolean {
  try {
    inFolder(path, (own) => removeOwn(own, content))
    return true
  } catch (error) {
    return error instanceof LedElsewhere || goneOrOwned.has((error as NodeJS.ErrnoException).code)
  }
}

const goneOrOwned: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'])

function removeOwn(own: string | Buffer, content: string | undefined): void {
  const stats = lstatSync(own)
  if (stats.isDirectory()) rmdirSync(own)
  else if (isStandIn(own)) unlinkSync(own)
  else if (stats.isFile() && isAsMade(own, stats, content)) unlinkSync(own)
}

/** Whether anything lies there now that says something else than what was made there. */
export function holdsMore(path: string, content = ''): boolean {
  const stats = statOf(path)
  if (stats === undefined) return false
  if (stats.isDirectory()) return (readFolder(path) ?? []).some(({ name }) => isTold(join(path, name)))
  return stats.isSymbolicLink() || (stats.isFile() && stats.size > 0 && !says(path, stats, content))
}

/** What another run put there to protect is none of this one's: stand-ins, and folders with nothing else in them. */
function isTold(path: string): boolean {
  return statOf(path)?.isDirectory() === true ? holdsMore(path) : !isStandIn(path)
}

/** bubblewrap makes its mount points empty, and writable for nobody. A placeholder is empty where the disk was full, and git stops at one. */
function isAsMade(own: string | Buffer, { size, mode }: Stats, content: string | undefined): boolean {
  if (size === 0) return content !== undefined || (mode & 0o222) === 0
  return content !== undefined && says(own, { size }, content)
}

/** What is larger, a run can have made as large as it likes. */
function says(path: string | Buffer, { size }: Pick<Stats, 'size'>, content: string): boolean {
  return size === Buffer.byteLength(content) && readFileSync(path, 'utf8') === content
}
