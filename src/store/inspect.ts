import { existsSync, lstatSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { OosError } from '../shared/errors.ts'
import { quoteWord } from '../shared/quote-word.ts'
import { isTracked } from './tracked.ts'

/**
 * Refuses a database that someone else could have put there: behind a symlink, of another owner, in a folder that others
 * can write, or checked in to git (a clone would bring it along). Says whether it exists.
 */
export function inspectDatabase(path: string): boolean {
  const folder = dirname(path)
  for (const part of [dirname(folder), folder, path, `${path}-wal`, `${path}-shm`, `${path}-journal`]) {
    if (statOf(part)?.isSymbolicLink()) throw refusal(path, `\`${part}\` is a symlink`)
  }
  const inTheWay = [dirname(folder), folder].find((part) => statOf(part)?.isDirectory() === false)
  if (inTheWay !== undefined)
    throw refusal(
      path,
      `\`${inTheWay}\` lies where a folder has to be`,
      `mv ${quoteWord(inTheWay)} ${quoteWord(`${inTheWay}.other`)}`,
    )
  const folderStat = statOf(folder)
  if (folderStat === undefined) return false
  refuseForeign(path, folder, folderStat)
  const stat = statOf(path)
  if (stat === undefined) return false
  if (!stat.isFile()) throw refusal(path, 'it is not a file')
  if (stat.nlink > 1) throw refusal(path, 'it has a second name (a hard link)')
  refuseForeign(path, path, stat)
  if (isTracked(path)) {
    throw refusal(path, 'git tracks it, so a clone would bring its own', `git rm --cached '${path}'`)
  }
  return true
}

/** Cut to nothing. What oos was killed right after making holds nothing, too, and was never written to. */
export function isEmptied(path: string): boolean {
  // A folder on the way can be a file.
  if (!existsSync(path)) return false
  const stat = lstatSync(path, { bigint: true })
  if (stat.size !== 0n) return false
  // SQLite writes there only once the record itself holds something, and throws it away where that holds nothing.
  if ((statOf(`${path}-wal`)?.size ?? 0) > 0) return true
  // 0: not every file system knows when a file was made.
  return stat.birthtimeNs !== 0n && stat.mtimeNs !== stat.birthtimeNs
}

function refuseForeign(path: string, part: string, stat: Stats): void {
  const uid = process.geteuid?.()
  if (uid !== undefined && stat.uid !== uid) {
    throw refusal(path, `\`${part}\` belongs to another user`, `ls -ld ${quoteWord(part)}`)
  }
  if (stat.mode & 0o022) throw refusal(path, `others can write \`${part}\``, `chmod go-w '${part}'`)
}

function refusal(
  path: string,
  why: string,
  hint = `look at it, then move it away: ls -la '${dirname(path)}'`,
): OosError {
  return new OosError('store-refused', `the record \`${path}\` is refused: ${why}`, { hint })
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    // Above it lies a file.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined
    throw error
  }
}
