import { lstatSync, readlinkSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { expandBraces } from '../policy/braces.ts'
import { splitPath } from '../policy/path-pattern.ts'
import type { Capability, Rule } from '../policy/types.ts'
import { escapePattern, isPlain, unescapePattern } from '../policy/wildcard.ts'

export interface LinkPlace {
  readonly root: string
  readonly home: string
}

/**
 * What a rule closes through a symbolic link, it closes where the link leads, too: paths are compared as the disk has them.
 * INVARIANT: only what narrows follows a link. A repository can carry one to anywhere, and must not open a thing by that.
 */
export function followLinks(rules: readonly Rule[], place: LinkPlace): readonly Rule[] {
  const links: Links = new Map()
  const behind = (all: readonly Capability[]) => {
    const more = all.flatMap((capability) => capabilitiesBehind(capability, place, links))
    return more.length === 0 ? all : [...all, ...more]
  }
  return rules.map((rule) => {
    if (rule.effect === 'deny' || rule.effect === 'ask') return replace(rule, 'capabilities', behind)
    return rule.effect === 'allow' ? replace(rule, 'except', behind) : rule
  })
}

/** What each path is, followed: asked of the disk once. */
type Links = Map<string, string>

function replace(
  rule: Rule,
  key: 'capabilities' | 'except',
  behind: (all: readonly Capability[]) => readonly Capability[],
): Rule {
  const more = behind(rule[key])
  return more === rule[key] ? rule : { ...rule, [key]: more }
}

function capabilitiesBehind(capability: Capability, place: LinkPlace, links: Links): readonly Capability[] {
  if (capability.resource !== 'file') return []
  return expandBraces(capability.pattern).flatMap((alternative) => {
    const pattern = patternBehind(alternative, place, links)
    return pattern === undefined ? [] : [{ ...capability, pattern }]
  })
}

/** Undefined where no link stands in the pattern's plain part. */
function patternBehind(alternative: string, { root, home }: LinkPlace, links: Links): string | undefined {
  if (alternative.startsWith('**')) return undefined
  const { start, segments } = splitPath(alternative)
  const wild = segments.findIndex((segment) => !isPlain(segment))
  const plain = wild < 0 ? segments : segments.slice(0, wild)
  const top = start === 'top' ? '/' : start === 'home' ? home : root
  const named = plain.map(unescapePattern).reduce(below, top)
  const real = follow(named, top, links)
  return real === named ? undefined : [escapePattern(real), ...segments.slice(plain.length)].join('/')
}

const mostHops = 40

/** `top` is resolved already; what does not exist is taken as it is named. */
function follow(path: string, top: string, links: Links, hops = 0): string {
  if (path === top || path === '/' || hops > mostHops) return path
  const known = links.get(path)
  if (known !== undefined) return known
  const slash = path.lastIndexOf('/')
  const folder = follow(slash === 0 ? '/' : path.slice(0, slash), top, links, hops)
  const at = below(folder, path.slice(slash + 1))
  const target = readLink(at)
  const real = target === undefined ? at : follow(resolve(dirname(at), target), '/', links, hops + 1)
  links.set(path, real)
  return real
}

function below(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`
}

function readLink(path: string): string | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
      ? readlinkSync(path)
      : undefined
  } catch {
    return undefined
  }
}
