import { relative } from 'node:path'
import { printCode } from '../policy/capability/print-code.ts'
import { escapePattern } from '../policy/match/wildcard.ts'
import { isBelow } from '../shared/within.ts'
import type { Mount, Unheld } from './types.ts'

const mostMounts = 500

/** Each mount makes the start slower, and bubblewrap takes only so many. */
export function refuseTooMany(mounts: readonly Mount[], root: string): Unheld[] {
  const closing = mounts.filter(({ kind }) => kind !== 'link')
  if (closing.length <= mostMounts) return []
  const masks = closing.filter(({ kind, rule }) => kind !== 'pin' && rule !== undefined)
  const [most] = largestFirst(Map.groupBy(masks, ({ rule }) => rule))
  const [rule, own = []] = most ?? []
  if (rule === undefined) return []
  // What lies deep has more folders above it to be held than there is to close.
  const held = closing.filter(({ kind }) => kind === 'pin')
  const paths = (own.length * 2 < held.length ? held : own).map(({ path }) => path)
  const isOurs = paths.some((path) => isBelow(path, root))
  const folders = crowdedFolders(paths, isOurs ? root : '/')
  const written = folders.map((folder) =>
    printCode(`file:${escapePattern(isOurs ? relative(root, folder) : folder)}/**:*`),
  )
  const missing = `${paths.length} places would have to be closed one by one, and ${mostMounts} are the most`
  return [{ rule, missing, refuse: true, hint: `deny whole folders: - **Deny** ${written.join(', ')}` }]
}

/** The deepest folder that holds at least half of the places, or where none does the three that hold most. */
function crowdedFolders(paths: readonly string[], top: string): readonly string[] {
  for (let at = top; ; ) {
    const folders = foldersIn(at, paths)
    const [fullest] = folders
    if (fullest === undefined || fullest.held * 2 < paths.length)
      return at === top ? folders.slice(0, 3).map(({ folder }) => folder) : [at]
    at = fullest.folder
  }
}

/** The folders right below this one with how many of the paths each holds, the fullest first. */
function foldersIn(above: string, paths: readonly string[]) {
  const start = above === '/' ? '/' : `${above}/`
  const deeper = paths.filter((path) => path.startsWith(start) && path.includes('/', start.length))
  const groups = Map.groupBy(deeper, (path) => path.slice(0, path.indexOf('/', start.length)))
  return largestFirst(groups).map(([folder, { length }]) => ({ folder, held: length }))
}

function largestFirst<Key, Value>(groups: ReadonlyMap<Key, readonly Value[]>) {
  return [...groups].sort(([, a], [, b]) => b.length - a.length)
}
