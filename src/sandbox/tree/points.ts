import { basename, dirname, join } from 'node:path'
import { classEnd } from '../../policy/match/wildcard.ts'
import { isBelow } from '../../shared/within.ts'
import { type FileGlob, type Reach, writing } from './access.ts'

/** Where in a tree the rules could say something new: what a sweep must look at more closely than by name. */
export interface Points {
  /** Folder → names in it that a rule names, or that lead to one, with those globs. */
  readonly named: ReadonlyMap<string, NamedHere>
  /** Folder's own name → names in it: `.git` → `hooks`, of a glob that ends in `.git/hooks`, wherever it stands. */
  readonly endings: ReadonlyMap<string, NamedHere>
  /** Matches every name at which a glob with wildcards could match first. */
  readonly names: RegExp
}

export type NamedHere = ReadonlyMap<string, readonly NamedBy[]>

export interface NamedBy {
  readonly glob: FileGlob
  /** The whole path that is meant, if the rule says it. */
  readonly path?: string
}

/** Where the Allows start; what is in a tree that one of them opens comes up on the way. */
export function openedFolders(globs: readonly FileGlob[]): string[] {
  const allows = globs.filter((glob) => glob.allows)
  const trees = allows.flatMap(({ covers, glob: { literal } }) =>
    covers && literal !== undefined ? [literal] : [],
  )
  const isInside = (base: string) => trees.some((tree) => isBelow(base, tree))
  const bases = allows.map(({ glob }) => glob.literal ?? glob.base)
  return [...new Set(bases)].filter((base) => !isInside(base)).sort()
}

export function findPoints(
  globs: readonly FileGlob[],
  tops: readonly string[],
  caseSensitive = true,
): Points {
  const named = new Map<string, Map<string, NamedBy[]>>()
  const endings = new Map<string, Map<string, NamedBy[]>>()
  const writable = tops.filter((top) => isOpenToWriting(globs, top))
  for (const glob of globs) {
    for (const reach of [glob, ...glob.except]) addPath(named, reach.glob.literal, glob)
    const ending = literalEnding(glob)
    if (ending === undefined || !keepsFromMaking(glob)) continue
    for (const top of topsOf(glob, writable)) addPath(named, join(top, ...ending), glob)
    const [parent, name] = ending.slice(-2)
    if (ending.length > 1 && parent && name) add(endings, [parent, name], { glob })
  }
  return { named, endings, names: nameFilter(globs, caseSensitive) }
}

/** Nothing can come to be in the system's trees: the names need not be looked for there. */
function isOpenToWriting(globs: readonly FileGlob[], top: string): boolean {
  return globs.some(({ allows, acts, glob }) => allows && (acts & writing) !== 0 && glob.couldMatchBelow(top))
}

/** The folders in which a floating name must not come to be: its own base, and each opened tree below that. */
function topsOf({ glob: { base } }: FileGlob, tops: readonly string[]): string[] {
  return [base, ...tops.filter((top) => isBelow(top, base))]
}

/** The rules' own paths that lie at or below a folder. */
export function literalsBelow(globs: readonly FileGlob[], folder: string): string[] {
  const reaches = globs.flatMap((glob): Reach[] => [glob, ...glob.except])
  const prefix = folder === '/' ? '/' : `${folder}/`
  return [...new Set(reaches.flatMap(({ glob }) => glob.literal ?? []))].filter((path) =>
    path.startsWith(prefix),
  )
}

type Table = Map<string, Map<string, NamedBy[]>>

function addPath(table: Table, path: string | undefined, glob: FileGlob): void {
  if (path === undefined) return
  for (let at = path; at !== '/'; at = dirname(at)) add(table, [dirname(at), basename(at)], { glob, path })
}

function add(table: Table, [folder, name]: readonly [string, string], by: NamedBy): void {
  const names = table.get(folder) ?? new Map<string, NamedBy[]>()
  table.set(folder, names)
  const all = names.get(name)
  if (all === undefined) names.set(name, [by])
  else all.push(by)
}

// `**/.oos/**` names `.oos` in any folder; it must not come to be at least in the topmost one. A rule that hides
// content (`**/.env`) has nothing to hide where there is none, and an empty thing in its place breaks programs.
function keepsFromMaking(glob: FileGlob): boolean {
  if (glob.allows || (glob.acts & writing) === 0) return false
  return (glob.acts & 1) === 0 || glob.rule.layer === 'built-in'
}

// The literal names at the end of a glob that floats below its base: `**/.git/hooks/**` → `.git`, `hooks`.
function literalEnding({ pattern, covers }: Reach): string[] | undefined {
  const segments = (covers ? pattern.slice(0, -2) : pattern).split('/').filter((segment) => segment !== '')
  const floats = segments.lastIndexOf('**')
  const ending = segments.slice(floats + 1)
  const literal = floats >= 0 && ending.length > 0 && !ending.some((segment) => /[*?[\\]/.test(segment))
  return literal ? ending : undefined
}

function nameFilter(globs: readonly FileGlob[], caseSensitive: boolean): RegExp {
  const sources = new Set<string>()
  for (const glob of globs) {
    for (const reach of [glob, ...glob.except]) {
      const name = reach.glob.literal === undefined ? lastName(reach) : undefined
      if (name !== undefined) sources.add(nameSource(name))
    }
  }
  // Asked of every name in a tree: what begins with a wildcard is looked for at the end alone.
  const ends = [...sources].filter((source) => source.startsWith('.*'))
  const whole = [...sources].filter((source) => !source.startsWith('.*'))
  const parts = [
    ...(whole.length === 0 ? [] : [`^(?:${whole.join('|')})$`]),
    ...(ends.length === 0 ? [] : [`(?:${ends.map((source) => source.slice(2)).join('|')})$`]),
  ]
  // A name may hold line breaks.
  return new RegExp(parts.length === 0 ? '[]' : parts.join('|'), caseSensitive ? 's' : 'is')
}

function lastName({ pattern, covers }: Reach): string | undefined {
  const segments = (covers ? pattern.slice(0, -2) : pattern).split('/').filter((segment) => segment !== '')
  const last = segments.at(-1)
  return last === '**' ? '*' : last
}

/** A name's glob as a regular expression that matches at least what the glob does. */
function nameSource(name: string): string {
  let source = ''
  for (let index = 0; index < name.length; index += 1) {
    const character = name[index] ?? ''
    const close = character === '[' ? classEnd(name, index) : -1
    if (close >= 0) index = close
    // One character, of which some are two to a regular expression.
    if (close >= 0 || character === '?') source += '..?'
    else if (character === '*') source += '.*'
    else source += (character === '\\' ? (name[++index] ?? '') : character).replace(special, '\\$&')
  }
  return source
}

const special = /[\\^$.*+?()[\]{}|]/
