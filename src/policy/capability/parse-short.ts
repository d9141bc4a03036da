import { closest } from '../../shared/closest.ts'
import { splitOutside } from '../match/braces.ts'
import { isResource, resources } from '../resources.ts'
import type { Capability, Resource } from '../types.ts'
import { splitConstraints, trailingConstraints } from './constraint-group.ts'
import { type Aim, anyPattern, isUrl, meantActions } from './meant.ts'
import {
  createFixer,
  type Fixer,
  isAction,
  type Part,
  parseActions,
  parseConstraints,
  parsePattern,
  parseResource,
  refuseResource,
} from './parts.ts'
import { refuse } from './problem.ts'

export type PatternReader = (resource: Resource, part: Part, fix: Fixer) => string

/** `resource:pattern[:actions][{constraint,constraint}]` */
export function parseShort(
  text: string,
  { aim = 'opens', readPattern = parsePattern }: { aim?: Aim; readPattern?: PatternReader } = {},
): Capability {
  const fix = createFixer(text, aim)
  const colon = text.indexOf(':')
  const head = { text: colon < 0 ? text : text.slice(0, colon), offset: 0 }
  refuseNoPattern(text)
  const resource = isUrl(text) ? refuseResource(head, text, fix) : parseResource(head, text, fix)
  if (colon < 0) refuse('missing', `a pattern follows \`${resource}\``, text.length, whole(resource, aim))
  const { body, named } = splitConstraints(resource, { text: text.slice(colon + 1), offset: colon + 1 }, fix)
  const end = body.offset + body.text.length
  if (named.length > 0 && trailingConstraints(resource, body.text) !== undefined)
    refuse(
      'pattern',
      'constraints stand in one pair of braces',
      end,
      `${text.slice(0, end - 1)},${text.slice(end + 1)}`,
    )
  if (named.length > 0 && Object.keys(resources[resource].actions).length === 1 && body.text.endsWith(':'))
    refuse('empty', 'an action is missing', end, text.slice(0, end - 1) + text.slice(end))
  const { pattern, actions } = splitActions(resource, body, fix)
  return {
    resource,
    pattern: readPattern(resource, pattern, fix),
    actions: actions ? parseActions(resource, actions, fix) : Object.keys(resources[resource].actions),
    constraints: parseConstraints(resource, named, fix),
  }
}

/** `run{timeout:30m}`: what has no actions means all of its kind. */
function refuseNoPattern(text: string): void {
  const [, resource = '', group = ''] = /^([a-z]+)(\{.*\})$/.exec(text) ?? []
  if (!isResource(resource) || Object.keys(resources[resource].actions).length > 0) return
  refuse('missing', `a pattern follows \`${resource}\``, resource.length, `${resource}:*${group}`)
}

/** All of what is to be closed; of what is to be opened an example. */
function whole(resource: Resource, aim: Aim): string {
  return aim === 'closes' ? `${resource}:${anyPattern(resource)}` : resources[resource].example
}

interface Split {
  readonly pattern: Part
  /** Left out where the resource has one action or none. */
  readonly actions?: Part
}

function splitActions(resource: Resource, body: Part, fix: Fixer): Split {
  const names = Object.keys(resources[resource].actions)
  if (names.length === 0) return { pattern: withoutActions(resource, body, fix) }
  const last = splitOutside(body.text, ':').at(-1) ?? { text: body.text, offset: 0 }
  const tail = { text: last.text, offset: body.offset + last.offset }
  const pattern = { text: body.text.slice(0, Math.max(0, last.offset - 1)), offset: body.offset }
  const split = last.offset > 0
  return names.length > 1
    ? splitNeeded(resource, { body, pattern, tail, split }, fix)
    : splitOptional(resource, { body, pattern, tail, split }, fix)
}

/** Taken into the pattern, `*:` would be an agent that nobody is called. */
function withoutActions(resource: Resource, body: Part, fix: Fixer): Part {
  const colon = body.text.indexOf(':')
  if (colon < 0) return body
  return refuse(
    'unknown-action',
    `\`${resource}\` has no actions: no colon stands behind the name`,
    body.offset + colon,
    fix(body.text.slice(0, colon) || '*', body),
  )
}

interface Tail {
  readonly body: Part
  readonly pattern: Part
  readonly tail: Part
  /** Whether there is a colon between pattern and tail. */
  readonly split: boolean
}

/** Several actions: the last segment names them. */
function splitNeeded(resource: Resource, { body, pattern, tail, split }: Tail, fix: Fixer): Split {
  if (body.text === '') refuse('empty', 'the pattern is missing', body.offset, resources[resource].example)
  const isAny = !split && resources[resource].patternOptional === 'always'
  const isActions = tail.text.split(',').every((word) => word === '*' || isAction(resource, word.trim()))
  if (isAny && isActions) return { pattern: { text: '*', offset: tail.offset, implied: true }, actions: tail }
  const names = Object.keys(resources[resource].actions)
  const isNearly = () => tail.text.split(',').every((word) => closest(word.trim(), names) !== undefined)
  if (split && (isActions || tail.text.endsWith(',') || tail.text === '' || isNearly()))
    return { pattern, actions: tail }
  const words = tail.text.trim().split(/(?:[\s|+&;/]|\band\b)+/)
  if (split && words.length > 1 && words.every((word) => isAction(resource, word)))
    refuse('unknown-action', 'between actions stand commas', tail.offset, fix(words.join(','), tail))
  const [first = '', ...others] = body.text.split(':')
  const areActions = first.split(',').every((word) => isAction(resource, word))
  const turned = areActions ? turnedAround(resource, first, others.join(':')) : undefined
  if (turned === undefined && split && /^[\w,-]+$/.test(tail.text) && !/^\d+$/.test(tail.text))
    return { pattern, actions: tail }
  const message = `\`${resource}\` has several actions (${names.join(', ')}): name them, or \`*\` for all`
  return refuse(
    'missing-action',
    message,
    body.offset + body.text.length,
    fix(turned ?? `${body.text}:${meantActions(resource, fix.aim)}`, body),
  )
}

/** `git:push:force` is no push to a branch called so. */
function turnedAround(resource: Resource, actions: string, rest: string): string {
  if (resource === 'git' && actions === 'push' && rest === 'force') return '*:force-push'
  return `${rest || anyPattern(resource)}:${actions}`
}

/** One action: the last segment is the action only if it is that word, or `*` after a pattern without spaces. */
function splitOptional(resource: Resource, { body, pattern, tail, split }: Tail, fix: Fixer): Split {
  const [action = ''] = Object.keys(resources[resource].actions)
  if (!split) return { pattern: body }
  if (tail.text === action) return { pattern, actions: tail }
  if (tail.text === '*' && !pattern.text.includes(' ')) return { pattern, actions: tail }
  if (tail.text === '*') {
    const text = body.text
    const begins = `${pattern.text} *`
    const meanings = `\`${resource}:${text}:${action}\` means the words \`${text}\`, \`${resource}:${begins}\` all that begins with \`${pattern.text}\``
    // Other tools write so what begins alike; scripts are called so, too.
    const meant = / run \S+$/.test(pattern.text) ? `${text}:${action}` : begins
    const message = `\`*\` may be the action or the end of the pattern: ${meanings}`
    refuse('ambiguous', message, tail.offset, fix(fix.aim === 'closes' ? meant : `${text}:${action}`, body))
  }
  if (!tail.text.includes(' ') && closest(tail.text, [action]) !== undefined)
    refuse(
      'unknown-action',
      `\`${tail.text}\` is not an action of \`${resource}\` (${action})`,
      tail.offset,
      fix(action, tail),
    )
  return { pattern: body }
}
