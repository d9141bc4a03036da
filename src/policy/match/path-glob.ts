import { type PathStart, splitPath } from '../capability/path-pattern.ts'
import { expandBraces } from './braces.ts'
import { compileWildcard, type Wildcard } from './wildcard.ts'

/** Where relative patterns and `~/` stand. */
export interface PathPlace {
  readonly root: string
  readonly home: string
  readonly caseSensitive?: boolean
}

/** A path pattern, made absolute. */
export interface PathGlob {
  matches(path: string): boolean
  /** The deepest folder that holds every match and is named without a wildcard. */
  readonly base: string
  /** Whether it is exactly `base/**`. */
  readonly tree: boolean
  /** The only path it matches, or with `tree` the top of all it matches. */
  readonly literal?: string
  /** Whether something inside the folder could match. */
  couldMatchBelow(folder: string): boolean
}

/** `**` is any number of segments, none too: `x/**` is x and all below. */
export type Segment = Wildcard | typeof deep
export const deep = Symbol('**')

export function compilePathGlob(pattern: string, place: PathPlace): PathGlob {
  return onePlace(pattern, place) ?? manyPlaces(pattern, place)
}

/** Half of all patterns name one place, or it and all below: comparing text says what the automaton would. */
function onePlace(pattern: string, place: PathPlace): PathGlob | undefined {
  const [, named, deeper] = /^([^*?[\]{}\\]*?)(\/\*\*)?$/.exec(pattern) ?? []
  if (named === undefined) return undefined
  const fold = folder(place)
  const tree = deeper !== undefined
  const { start, segments } = splitPath(tree && named === '' ? '/' : named)
  const names = [...splitNames(startFolder(start, place)), ...segments].map(fold)
  const literal = absolute(names)
  const below = literal === '/' ? literal : `${literal}/`
  const isIn = (path: string) => path === literal || path.startsWith(below)
  const isAbove = (path: string) => literal.startsWith(path === '/' ? path : `${path}/`) && path !== literal
  return {
    literal,
    tree,
    base: tree ? literal : absolute(names.slice(0, -1)),
    matches: tree ? (path) => isIn(fold(path)) : (path) => fold(path) === literal,
    couldMatchBelow: (path) => isAbove(fold(path)) || (tree && isIn(fold(path))),
  }
}

function manyPlaces(pattern: string, place: PathPlace): PathGlob {
  const fold = folder(place)
  const alternatives = compileSegments(pattern, place)
  const positions = (path: string) => {
    const names = splitNames(fold(path))
    return alternatives.map((segments) => ({ segments, reached: walk(segments, names) }))
  }
  return {
    ...describe(alternatives),
    matches: (path) => positions(path).some(({ segments, reached }) => reached.has(segments.length)),
    couldMatchBelow: (path) =>
      positions(path).some(({ segments, reached }) =>
        [...reached].some((position) => position < segments.length),
      ),
  }
}

/** Each alternative of the pattern as absolute segments, folded where the file system folds. */
export function compileSegments(pattern: string, place: PathPlace): readonly (readonly Segment[])[] {
  const fold = folder(place)
  return expandBraces(pattern).map((alternative) => {
    const { start, segments } = splitPath(alternative)
    const above = splitNames(fold(startFolder(start, place))).map(literalSegment)
    return [
      ...above,
      ...segments.map((segment) => (segment === '**' ? deep : compileWildcard(fold(segment)))),
    ]
  })
}

/** How names are compared on this file system. */
export function folder({ caseSensitive = true }: PathPlace): (text: string) => string {
  return caseSensitive ? (text) => text : (text) => text.toLowerCase()
}

function startFolder(start: PathStart, place: PathPlace): string {
  return start === 'top' ? '/' : start === 'home' ? place.home : place.root
}

function literalSegment(name: string): Segment {
  return { source: name, literal: name, prefix: name, matches: (text) => text === name }
}

function splitNames(path: string): readonly string[] {
  return path.split('/').filter((name) => name !== '')
}

/** Every position in the pattern that the names can lead to: names × segments steps at most. */
function walk(segments: readonly Segment[], names: readonly string[]): ReadonlySet<number> {
  let reached = reach(segments, [0])
  for (const name of names) {
    const next = [...reached].flatMap((position) => step(segments[position], position, name))
    if (next.length === 0) return new Set()
    reached = reach(segments, next)
  }
  return reached
}

function step(segment: Segment | undefined, position: number, name: string): readonly number[] {
  if (segment === undefined) return []
  if (segment === deep) return [position]
  return segment.matches(name) ? [position + 1] : []
}

/** `**` may also be passed over. */
function reach(segments: readonly Segment[], positions: Iterable<number>): ReadonlySet<number> {
  const reached = new Set<number>()
  for (let position of positions) {
    reached.add(position)
    while (segments[position] === deep) reached.add(++position)
  }
  return reached
}

function describe(
  alternatives: readonly (readonly Segment[])[],
): Pick<PathGlob, 'base' | 'tree' | 'literal'> {
  const [only] = alternatives
  const names = commonNames(alternatives.map(literalNames))
  if (only === undefined || alternatives.length > 1) return { base: absolute(names), tree: false }
  if (names.length === only.length)
    return { base: absolute(names.slice(0, -1)), tree: false, literal: absolute(names) }
  const tree = names.length === only.length - 1 && only.at(-1) === deep
  return tree ? { base: absolute(names), tree, literal: absolute(names) } : { base: absolute(names), tree }
}

function literalNames(segments: readonly Segment[]): readonly string[] {
  const names = []
  for (const segment of segments) {
    if (segment === deep || segment.literal === undefined) break
    names.push(segment.literal)
  }
  return names
}

function commonNames(lists: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...rest] = lists
  const end = first.findIndex((name, index) => rest.some((list) => list[index] !== name))
  return end < 0 ? first : first.slice(0, end)
}

function absolute(names: readonly string[]): string {
  return `/${names.join('/')}`
}
