import { join, relative } from 'node:path'
import { isBelow, isInHome, isWithin } from '../../shared/within.ts'
import { kindOf, realpathOf } from '../look.ts'
import type { TreeEntry, TreeFacts } from '../types.ts'
import { denierOf, type FileGlob, type FolderState, nothing, reading } from './access.ts'

interface Places {
  readonly globs: readonly FileGlob[]
  readonly root: string
  readonly home?: string
}

/** What a rule denies of the project by its whole path, also where no tree is opened around it. */
export function deniedBeside({ globs, root }: Places): TreeEntry[] {
  return literalDenies(globs).flatMap(({ path, rule, except }): TreeEntry[] => {
    const kind = except.length === 0 && isBelow(path, root) ? kindOf(path) : undefined
    return kind === undefined ? [] : [{ path, kind, access: 'none', rule }]
  })
}

/** What a rule denies in a folder of which nothing is open anyway. */
export function deniedAlready(
  globs: readonly FileGlob[],
  { path, kind }: Pick<TreeEntry, 'path' | 'kind'>,
  above: FolderState,
): TreeEntry[] {
  const rule = above.access === 'none' ? denierOf(globs, path, above, kind === 'directory') : undefined
  return rule === undefined ? [] : [{ path, kind, access: 'none', rule }]
}

/** Where what a rule denies by its whole path really lies, if a link leads there. */
export function deniedBehind(places: Places): TreeEntry[] {
  return literalDenies(places.globs).flatMap(({ path }) => deniedThrough(places, path, nothing))
}

/** What is denied under a name that leads there is denied where it lies. Only what narrows follows links. */
export function deniedThrough(places: Places, path: string, above: FolderState): TreeEntry[] {
  const real = realpathOf(path)
  const kind = real === undefined || real === path ? undefined : kindOf(real)
  if (real === undefined || kind === undefined || !mayClose(places, path, real)) return []
  const rule = denierOf(places.globs, path, above, kind === 'directory')
  // An Only says nothing against what a name leads to that it leaves out.
  if (rule === undefined || rule.effect === 'only') return []
  return [{ path: real, kind, access: 'none', rule, note: `${path} leads to it`, by: path }]
}

/** A link in the project that leads to the system's programs, a repository, or what the project lies in would end all runs. */
function mayClose({ root, home }: Places, path: string, real: string): boolean {
  if (isWithin(root, real) || `${real}/`.includes('/.git/')) return false
  return !isBelow(path, root) || isBelow(real, root) || (home !== undefined && isInHome(real, home))
}

/** The same under the names by which rules open the trees that they lie in. */
export function alsoBehind(closed: readonly TreeEntry[], behind: TreeFacts['behind']): TreeEntry[] {
  const there = closed.flatMap((entry) =>
    behind
      .filter(({ real }) => isWithin(entry.path, real))
      .map(({ path, real }) => ({ ...entry, path: join(path, relative(real, entry.path)) })),
  )
  return [...closed, ...there]
}

/** What a rule opens again in a place that is closed for another's sake stays closed. */
export function closeThere(entries: readonly TreeEntry[], closed: readonly TreeEntry[]): TreeEntry[] {
  const isInside = ({ path, access }: TreeEntry) =>
    access !== 'none' && closed.some((one) => isBelow(path, one.path))
  return closed.length === 0 ? [...entries] : [...entries.filter((entry) => !isInside(entry)), ...closed]
}

function literalDenies(globs: readonly FileGlob[]) {
  return globs.flatMap(({ allows, acts, glob: { literal }, rule, except }) =>
    allows || (acts & reading) === 0 || literal === undefined ? [] : [{ path: literal, rule, except }],
  )
}
