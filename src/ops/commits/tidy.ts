import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { openToOwner, removeWhole } from '../../sandbox/held.ts'
import { isBelow } from '../../shared/within.ts'
import { findOddFolders, findOddObjects } from './git-folders.ts'
import { readLogs } from './log-files.ts'
import { openWay, putBackFile, replaceFile } from './ref-files.ts'
import { mostBytes, parsePacked, readRefs, readText } from './refs.ts'
import {
  believedFiles,
  newResolutions,
  type RepositoryPlace,
  resolutionsFolder,
  type Snapshot,
} from './snapshot.ts'

/**
 * Before git is asked: takes away what a run has put where git would follow it, wait for it or believe it. Says what, by
 * path.
 */
export function tidy({ common, trees }: RepositoryPlace, before: Snapshot): readonly string[] {
  const removed: string[] = []
  const remove = (path: string): void => {
    removeWhole(path)
    removed.push(path)
  }
  const folders = [...new Set([common, ...trees.map(({ gitDir }) => gitDir)])]
  for (const folder of folders) openToOwner(folder)
  for (let round = 0; ; round += 1) {
    const odd = oddIn(common, folders).filter((path) => !before.refs.odd.includes(path))
    if (odd.length === 0) break
    // One in another shows only once that is open. Who makes more of them meanwhile is still running.
    if (round === mostRounds) throw new Error('what git would follow comes back whenever it is taken away')
    openOrRemove(odd, remove)
  }
  // Without these folders git sees no repository. A link of the person's own stays: stores are shared that way.
  for (const name of ['refs', 'objects'])
    if (!before.refs.odd.includes(join(common, name))) openWay(common, name)
  for (const [index, { gitDir }] of trees.entries())
    tidyIndex(join(gitDir, 'index'), before.trees[index]?.index?.bytes)
  tidyPacked(join(common, 'packed-refs'), before.refs.packed?.text)
  return removed
}

const mostRounds = 1000

/** Of what lies in a folder that was shut nothing is known before that has been opened: it may be all of the history. */
function openOrRemove(odd: readonly string[], remove: (path: string) => void): void {
  const opened: string[] = []
  for (const path of odd.toSorted()) {
    if (opened.some((folder) => isBelow(path, folder))) continue
    if (openToOwner(path)) opened.push(path)
    else remove(path)
  }
}

function oddIn(common: string, folders: readonly string[]): readonly string[] {
  const odd = [...readRefs(common).odd]
  for (const folder of folders) {
    readLogs(folder, odd)
    findOddFolders(folder, odd)
  }
  findOddObjects(common, odd)
  return [...new Set(odd)]
}

function tidyIndex(file: string, bytes: Buffer | undefined): void {
  const stats = lstatSync(file, { throwIfNoEntry: false })
  if (stats === undefined || stats.isFile()) return
  removeWhole(file)
  if (bytes !== undefined) replaceFile(file, bytes)
}

/** One damaged line, and git reads no ref at all. */
function tidyPacked(file: string, text: string | undefined): void {
  const stats = lstatSync(file, { throwIfNoEntry: false })
  if (stats === undefined || parsePacked(readText(file, mostBytes) ?? '?') !== undefined) return
  removeWhole(file)
  if (text !== undefined && text !== '') replaceFile(file, text)
}

/**
 * Caches are made again by git itself. The lists of grafts and of commits without parents say what history is, and that is
 * not for a run to say: git would show, and one day throw away, what they leave out. Nor is how a conflict is resolved the
 * next time, in whatever file.
 */
export function dropBelieved(
  { common }: RepositoryPlace,
  before: Snapshot,
  after: Snapshot,
): readonly string[] {
  const changed = believedFiles.filter((name) => before.believed.get(name) !== after.believed.get(name))
  for (const name of changed) removeWhole(join(common, name))
  const resolutions = ofResolutions(common, before, after)
  for (const path of resolutions) removeWhole(path)
  const isShallow = before.shallow !== after.shallow
  if (isShallow) putBackFile(join(common, 'shallow'), before.shallow)
  const told = [...changed.filter((name) => name === 'info/grafts'), ...(isShallow ? ['shallow'] : [])]
  return [...told.map((name) => join(common, name)), ...resolutions]
}

/** The folder alone is enough for git to begin with it. */
function ofResolutions(common: string, before: Snapshot, after: Snapshot): readonly string[] {
  const folder = join(common, resolutionsFolder)
  const names = newResolutions(before, after)
  return names.length > 0 && before.resolutions?.size === 0
    ? [folder]
    : names.map((name) => join(folder, name))
}
