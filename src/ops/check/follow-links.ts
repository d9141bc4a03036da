import { lstatSync, readlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { type PathStart, splitPath } from '../../policy/capability/path-pattern.ts'
import { expandBraces } from '../../policy/match/braces.ts'
import { escapePattern, isPlain, unescapePattern } from '../../policy/match/wildcard.ts'
import type { Capability, Rule } from '../../policy/types.ts'

export interface LinkPlace {
  readonly root: string
  readonly home: string
  /** What is known of patterns before the disk is asked. */
  readonly starts?: PlainStarts
}

/** By pattern: where each of its alternatives begins that begins plainly. */
export type PlainStarts = Readonly<Record<string, readonly PlainStart[]>>

/** The names that stand before the first wildcard, below `start`; and what follows them, as it is written. */
interface PlainStart {
  readonly start: PathStart
  readonly names: readonly string[]
  readonly rest: readonly string[]
}

/**
 * What a rule closes through a symbolic link, it closes where the link leads, too: paths are compared as the disk has them.
 * INVARIANT: only what narrows follows a link. A repository can carry one to anywhere, and must not open a thing by that.
 */
export function followLinks(rules: readonly Rule[], place: LinkPlace): readonly Rule[] {
  const links: Links = { known: new Map(), gone: new Set() }
  const behind = (all: readonly Capability[]) => {
    const more = all.flatMap((capability) => capabilitiesBehind(capability, place, links))
    return more.length === 0 ? all : [...all, ...more]
  }
  return rules.map((rule) => {
    const key = narrowing(rule)
    return key === undefined ? rule : replace(rule, key, behind)
  })
}

/** Of all patterns that could stand behind a link; plain data, so that it can be cached. */
export function plainStarts(rules: readonly Rule[]): PlainStarts {
  const patterns = rules.flatMap((rule) => {
    const key = narrowing(rule)
    return key === undefined ? [] : rule[key].filter(isFile).map(({ pattern }) => pattern)
  })
  return Object.fromEntries(patterns.map((pattern) => [pattern, startsOf(pattern)]))
}

function narrowing({ effect }: Rule): 'capabilities' | 'except' | undefined {
  if (effect === 'deny' || effect === 'ask') return 'capabilities'
  return effect === 'allow' ? 'except' : undefined
}

const isFile = ({ resource }: Capability) => resource === 'file'

/** What was asked of the disk, once: what each path is, followed, and what is not there. */
interface Links {
  readonly known: Map<string, string>
  readonly gone: Set<string>
}

function replace(
  rule: Rule,
  key: 'capabilities' | 'except',
  behind: (all: readonly Capability[]) => readonly Capability[],
): Rule {
  const more = behind(rule[key])
  return more === rule[key] ? rule : { ...rule, [key]: more }
}

function capabilitiesBehind(capability: Capability, place: LinkPlace, links: Links): readonly Capability[] {
  if (!isFile(capability)) return []
  const { pattern } = capability
  const { starts = {} } = place
  const known = Object.hasOwn(starts, pattern) ? starts[pattern] : undefined
  return (known ?? startsOf(pattern)).flatMap((each) => {
    const behind = patternBehind(each, place, links)
    return behind === undefined ? [] : [{ ...capability, pattern: behind }]
  })
}

function startsOf(pattern: string): readonly PlainStart[] {
  // Nothing plain stands before `**`.
  if (pattern.startsWith('**')) return []
  return expandBraces(pattern).flatMap((alternative) => {
    const { start, segments } = splitPath(alternative)
    const wild = segments.findIndex((segment) => !isPlain(segment))
    const plain = wild < 0 ? segments : segments.slice(0, wild)
    if (plain.length === 0) return []
    return [{ start, names: plain.map(unescapePattern), rest: segments.slice(plain.length) }]
  })
}

/** Undefined where no link stands in the plain part. */
function patternBehind(
  { start, names, rest }: PlainStart,
  { root, home }: LinkPlace,
  links: Links,
): string | undefined {
  const top = start === 'top' ? '/' : start === 'home' ? home : root
  const named = names.reduce(below, top)
  const real = follow(named, top, links)
  return real === named ? undefined : [escapePattern(real), ...rest].join('/')
}

const mostHops = 40

/** `top` is resolved already; what does not exist is taken as it is named. */
function follow(path: string, top: string, links: Links, hops = 0): string {
  if (path === top || path === '/' || hops > mostHops) return path
  const known = links.known.get(path)
  if (known !== undefined) return known
  const slash = path.lastIndexOf('/')
  const folder = follow(slash === 0 ? '/' : path.slice(0, slash), top, links, hops)
  const at = below(folder, path.slice(slash + 1))
  // Nothing is in what is not there.
  const target = links.gone.has(folder) ? 'gone' : readLink(at)
  if (target === 'gone') links.gone.add(at)
  const real = typeof target === 'object' ? followTarget(target.to, folder, links, hops + 1) : at
  links.known.set(path, real)
  return real
}

/** Name by name: behind a link `..` leads up from where the link leads. */
function followTarget(target: string, folder: string, links: Links, hops: number): string {
  const names = target.split('/').filter((name) => name !== '' && name !== '.')
  return names.reduce(
    (at, name) => (name === '..' ? dirname(at) : follow(below(at, name), at, links, hops)),
    target.startsWith('/') ? '/' : folder,
  )
}

function below(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

function readLink(path: string): { readonly to: string } | 'gone' | undefined {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found === undefined) return 'gone'
    return found.isSymbolicLink() ? { to: readlinkSync(path) } : undefined
  } catch {
    return undefined
  }
}
