import { resources } from '../resources.ts'
import type { Capability, Resource } from '../types.ts'
import { refuseHostileText } from './hostile-text.ts'
import { type Aim, meantActions } from './meant.ts'
import {
  createFixer,
  type Fixer,
  type NamedPart,
  type Part,
  parseActions,
  parseConstraints,
  parsePattern,
  parseResource,
} from './parts.ts'
import { refuse, Unparsable } from './problem.ts'

export const uriScheme = 'capability://'

/**
 * `capability://resource[/pattern]?action=actions[&constraint=value]`. Where something is percent-encoded nothing is
 * proposed: it is longer than what was understood of it, and a fix would cut it in the wrong place.
 */
export function parseUri(text: string, aim: Aim): Capability {
  try {
    return readUri(text, aim)
  } catch (error) {
    if (!(error instanceof Unparsable) || !text.includes('%')) throw error
    const { fix: _, ...problem } = error.problem
    throw problem.code === 'capability/missing-action' ? error : new Unparsable(problem)
  }
}

function readUri(text: string, aim: Aim): Capability {
  const fix = createFixer(text, aim)
  const question = text.indexOf('?')
  const end = question < 0 ? text.length : question
  const head = text.slice(uriScheme.length, end)
  const slash = head.indexOf('/')
  const resource = parseResource(
    { text: slash < 0 ? head : head.slice(0, slash), offset: uriScheme.length },
    text,
    fix,
  )
  const written = slash < 0 ? undefined : { text: head.slice(slash), offset: uriScheme.length + slash }
  const named = question < 0 ? [] : splitQuery({ text: text.slice(end + 1), offset: end + 1 })
  return {
    resource,
    pattern: written
      ? parsePattern(resource, placed(resource, decode(written)), fix)
      : leftOut(resource, end),
    actions: uriActions(resource, named, { text, offset: end }, fix),
    constraints: parseConstraints(
      resource,
      named.filter(({ name }) => name.text !== 'action'),
      fix,
    ),
  }
}

function leftOut(resource: Resource, offset: number): string {
  if (resources[resource].patternOptional) return '*'
  return refuse('empty', `a pattern follows \`${resource}/\``, offset)
}

/** A uri's path is absolute; `/./` is the project and `/~/` the home folder. */
function placed(resource: Resource, path: Part): Part {
  const below = { text: path.text.slice(1), offset: path.offset + 1 }
  if (resource !== 'file') return below
  return below.text.startsWith('./') || /^~(\/|$)/.test(below.text) || below.text === '.' ? below : path
}

function decode(part: Part): Part {
  if (!part.text.includes('%')) return part
  const slash = /%2f/i.exec(part.text)
  if (slash)
    refuse(
      'encoded',
      'an encoded slash is a slash to one program and part of a name to the next: write `/`',
      part.offset + slash.index,
    )
  const stray = /%(?![0-9a-f]{2})/i.exec(part.text)
  if (stray) refuse('encoded', '`%` is written `%25` here', part.offset + stray.index)
  return { text: decoded(part), offset: part.offset }
}

function decoded(part: Part): string {
  try {
    const text = decodeURIComponent(part.text)
    refuseHostileText(text)
    return text
  } catch (error) {
    if (error instanceof Unparsable) return refuse('hidden-character', error.message, part.offset)
    if (!(error instanceof URIError)) throw error
    return refuse('encoded', 'the percent-encoded bytes are not UTF-8', part.offset)
  }
}

function splitQuery(query: Part): readonly NamedPart[] {
  const named: NamedPart[] = []
  let offset = query.offset
  for (const pair of query.text.split('&')) {
    named.push(namedPart({ text: pair, offset }))
    offset += pair.length + 1
  }
  return named
}

/** `constraint=timeout:30s` says the same as `timeout=30s`. */
function namedPart(pair: Part): NamedPart {
  const equals = pair.text.indexOf('=')
  if (equals < 0) refuse(pair.text === '' ? 'empty' : 'missing', '`name=value` stands here', pair.offset)
  const value = decode({ text: pair.text.slice(equals + 1), offset: pair.offset + equals + 1 })
  const name = pair.text.slice(0, equals)
  const colon = value.text.indexOf(':')
  if (name !== 'constraint') return { name: { text: name, offset: pair.offset }, value }
  if (colon < 0) refuse('missing', '`constraint=name:value` stands here', value.offset)
  return {
    name: { text: value.text.slice(0, colon), offset: value.offset },
    value: { text: value.text.slice(colon + 1), offset: value.offset + colon + 1 },
  }
}

function uriActions(
  resource: Resource,
  named: readonly NamedPart[],
  whole: Part,
  fix: Fixer,
): readonly string[] {
  const given = named.filter(({ name }) => name.text === 'action')
  const [first, second] = given
  const names = Object.keys(resources[resource].actions)
  if (second) refuse('repeated', '`action` stands here twice', second.name.offset)
  if (first && names.length === 0)
    refuse('unknown-action', `\`${resource}\` has no actions`, first.name.offset)
  if (first) return parseActions(resource, first.value, fix)
  if (names.length <= 1) return names
  const message = `\`${resource}\` has several actions (${names.join(', ')}): name them, or \`*\` for all`
  const query = `?action=${meantActions(resource, fix.aim)}${named.length > 0 ? '&' : ''}`
  return refuse(
    'missing-action',
    message,
    whole.offset,
    whole.text.slice(0, whole.offset) + query + whole.text.slice(whole.offset + 1),
  )
}
