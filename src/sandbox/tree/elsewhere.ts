import { isWithin } from '../../shared/within.ts'
import { realpathOf } from '../look.ts'
import { printHome } from '../paths.ts'
import type { TreeEntry, TreeFacts, Unheld } from '../types.ts'
import type { FileGlob, Reach } from './access.ts'

/** The same rules about a folder that stands in the place of another. */
export function globsElsewhere(globs: readonly FileGlob[], folder: string, elsewhere: string): FileGlob[] {
  const back = movePaths(elsewhere, folder)
  const forth = movePaths(folder, elsewhere)
  const moved = <One extends Reach>(reach: One): One => ({
    ...reach,
    matches: (path: string) => reach.matches(back(path)),
    glob: {
      ...reach.glob,
      base: forth(reach.glob.base),
      ...(reach.glob.literal === undefined ? {} : { literal: forth(reach.glob.literal) }),
      couldMatchBelow: (path: string) => reach.glob.couldMatchBelow(back(path)),
    },
  })
  return globs.map((glob) => ({ ...moved(glob), except: glob.except.map(moved) }))
}

/**
 * The rules about a tree outside of the project that one of them opens by a way through a link. Only what narrows follows
 * links: what is closed where the tree really lies is closed by this way, too.
 */
export function globsBehind(globs: readonly FileGlob[], path: string, real: string): FileGlob[] {
  const closing = globs.filter(({ allows }) => !allows)
  return [...globs, ...globsElsewhere(closing, real, path)]
}

function movePaths(from: string, to: string): (path: string) => string {
  return (path) => (path === from || path.startsWith(`${from}/`) ? to + path.slice(from.length) : path)
}

interface Opened {
  readonly globs: readonly FileGlob[]
  readonly root: string
}

/** Where such a tree really lies. Those that oos opens by itself are the system's, and hold nothing of a person's. */
export function realBehind({ globs, root }: Opened, path: string): string | undefined {
  if (isWithin(path, root)) return undefined
  const isOpened = ({ allows, rule, glob, matches }: FileGlob) =>
    allows && rule.layer !== 'built-in' && (glob.base === path || matches(path))
  const real = globs.some(isOpened) ? realpathOf(path) : undefined
  return real === path ? undefined : real
}

const readOnly = 'the way there leads through a link'

/** Such a tree can be read alone: what a run left there nobody would find by the way that it took. */
export function closedToWriting(entries: readonly TreeEntry[]): TreeEntry[] {
  return entries
    .filter(({ kind }) => !kind.startsWith('absent-'))
    .map((entry) => (entry.access === 'write' ? { ...entry, access: 'read', note: readOnly } : entry))
}

export function tellReadOnly({ entries, behind }: TreeFacts, home: string): Unheld[] {
  return behind.flatMap(({ path, real }) => {
    const isIn = (place: string) => isWithin(place, path)
    const rule = entries.find(({ note, path: place }) => note === readOnly && isIn(place))?.rule
    const [named, meant] = [path, real].map((place) => printHome(place, home))
    const missing = `\`${named}\` leads through a link and can be read alone: what is to be written, name by \`${meant}\`, in the rule and in the run`
    return rule === undefined ? [] : [{ rule, missing, refuse: false }]
  })
}

export const unopened = 'a link to what is never opened as a whole'

export function tellUnopened({ entries, behind }: TreeFacts, home: string): Unheld[] {
  return entries.flatMap(({ path, note, rule }) => {
    const real = behind.find((tree) => tree.path === path)?.real
    if (note !== unopened || rule === undefined || real === undefined) return []
    const named = printHome(path, home)
    const missing = `\`${named}\` is a link to \`${real}\`, which no rule opens by another name: name what is meant in it`
    return [{ rule, missing, refuse: false }]
  })
}
