import type { FileGlob, Reach } from './access.ts'
import { realpathOf } from './look.ts'
import { printHome } from './paths.ts'
import type { TreeFacts, Unheld } from './types.ts'

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
  if (path === root || path.startsWith(`${root}/`)) return undefined
  const isOpened = ({ allows, rule, glob, matches }: FileGlob) =>
    allows && rule.layer !== 'built-in' && (glob.base === path || matches(path))
  const real = globs.some(isOpened) ? realpathOf(path) : undefined
  return real === path ? undefined : real
}

/** Of what is written there, git's own would not be looked after, and nothing could say what was meant when the link changes. */
export function refuseWritesBehind({ entries, behind }: TreeFacts, home: string): Unheld[] {
  return behind.flatMap(({ path, real }) => {
    const isIn = (place: string) => place === path || place.startsWith(`${path}/`)
    const written = entries.find((entry) => entry.access === 'write' && isIn(entry.path))
    if (written?.rule === undefined) return []
    const [named, meant] = [path, real].map((place) => printHome(place, home))
    const missing = `the way to \`${named}\` leads through a link, and what is written there could not be looked after`
    return [
      { rule: written.rule, missing, refuse: true, hint: `name where it leads in the rule: \`${meant}\`` },
    ]
  })
}
