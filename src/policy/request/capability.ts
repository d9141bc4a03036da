import { printCapability } from '../capability/capability.ts'
import { constraintNames } from '../capability/constraints.ts'
import { parseHostTarget } from '../match/host-glob.ts'
import type { PathPlace } from '../match/path-glob.ts'
import { escapePattern } from '../match/wildcard.ts'
import { type PatternKind, resources } from '../resources.ts'
import { unknownTarget } from '../shell/git.ts'
import { hasHole } from '../shell/words.ts'
import type { Capability, Request } from '../types.ts'

/** The capability that is exactly this request: what a rule about it alone would say. */
export function capabilityOf(request: Request, place: PathPlace): Capability {
  const { resource, action, attributes } = request
  const pattern = patterns[resources[resource].pattern](request, place)
  const { to, remote } = attributes ?? {}
  const held = Object.entries({ to, remote }).filter(
    ([name, value]) => typeof value === 'string' && value !== '*' && takes(resource, name),
  )
  return { resource, pattern, actions: action === '' ? [] : [action], constraints: Object.fromEntries(held) }
}

/**
 * Whether that capability is about this request alone. Of a word, a branch or a tag that is only known at run time a rule
 * can only say that it may be any, and at the end of a command even any number of words.
 */
export function isKnown(request: Request): boolean {
  const { resource, words, target } = request
  if (words !== undefined) return !words.some(hasHole)
  if (isUnclear(request)) return false
  return resource !== 'git' || target !== unknownTarget
}

/** A path that servers read in more than one way (`//`, `;`, an encoded slash) may be any. */
export function isUnclear({ resource, target }: Request): boolean {
  if (resources[resource].pattern !== 'host' || !target.includes('/')) return false
  const read = parseHostTarget(target)
  return read !== undefined && read.path === undefined
}

/** Why nothing that could be pasted is offered for a request that is not known. */
export const unknownNote =
  'a part of it is only known at run time, so a rule about it would cover more than what was asked'

/** The same as an exception, in which no constraint may stand. */
export function holeOf(request: Request, place: PathPlace): Capability {
  return { ...capabilityOf(request, place), constraints: {} }
}

/** As a person would type it. */
export function printRequest(request: Request, place: PathPlace, capability = capabilityOf): string {
  return request.resource === 'shell' && !request.words
    ? `shell:${request.target}`
    : printCapability(capability(request, place))
}

const patterns: Readonly<Record<PatternKind, (request: Request, place: PathPlace) => string>> = {
  path: ({ target }, place) => pathPattern(target, place),
  host: ({ target }) => hostPattern(target),
  words: ({ words, target }) => (words ? words.map(quoteWord).join(' ') : target),
  name: ({ target }) => (target === '*' ? target : escapePattern(target)),
}

/** As a person would write it: below the project, below home, or absolute. */
function pathPattern(target: string, { root, home }: PathPlace): string {
  const below = (folder: string) => (folder === '/' ? target.slice(1) : target.slice(folder.length + 1))
  if (target === root) return '.'
  if (target.startsWith(`${root}/`)) return escapePattern(below(root)).replace(/^~/, '\\~')
  if (target === home) return '~'
  return target.startsWith(`${home}/`) ? `~/${escapePattern(below(home))}` : escapePattern(target)
}

function hostPattern(target: string): string {
  const [, host = target, port, path = ''] = /^(\[[^\]]*\]|[^:/]*)(?::(\d+))?([^?#]*)/.exec(target) ?? []
  const usual = port === undefined || port === '443' || port === '80'
  return host + (usual ? '' : `:${port}`) + escapePattern(path)
}

/** What is only known at run time is a `*`. */
function quoteWord(word: string): string {
  return word === '' ? "''" : word.replace(/[\s|;<>&`$'"\\{}*]/g, '\\$&').replace(/\0+/g, '*')
}

function takes(resource: Capability['resource'], name: string): boolean {
  return constraintNames.some((known) => known === name && resources[resource].constraints.includes(known))
}
