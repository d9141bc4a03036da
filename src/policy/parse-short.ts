import { closest, editDistance } from '../shared/closest.ts'
import { closingBrace, splitOutside } from './braces.ts'
import { constraintNames, isConstraintName, shortFor } from './constraints.ts'
import { type Aim, anyPattern, isUrl, meantActions } from './meant.ts'
import {
  createFixer,
  type Fixer,
  isAction,
  type NamedPart,
  type Part,
  parseActions,
  parseConstraints,
  parsePattern,
  parseResource,
  refuseResource,
} from './parts.ts'
import { refuse } from './problem.ts'
import { resources } from './resources.ts'
import type { Capability, Resource } from './types.ts'

export type PatternReader = (resource: Resource, part: Part, fix: Fixer) => string

/** `resource:pattern[:actions][{constraint,constraint}]` */
export function parseShort(
  text: string,
  { aim = 'opens', readPattern = parsePattern }: { aim?: Aim; readPattern?: PatternReader } = {},
): Capability {
  const fix = createFixer(text, aim)
  const colon = text.indexOf(':')
  const head = { text: colon < 0 ? text : text.slice(0, colon), offset: 0 }
  const resource = isUrl(text) ? refuseResource(head, text, fix) : parseResource(head, text, fix)
  if (colon < 0) refuse('missing', `a pattern follows \`${resource}\``, text.length, whole(resource, aim))
  const { body, named } = splitConstraints(resource, { text: text.slice(colon + 1), offset: colon + 1 })
  const end = body.offset + body.text.length
  if (named.length > 0 && trailingConstraints(resource, body.text) !== undefined)
    refuse(
      'pattern',
      'constraints stand in one pair of braces',
      end,
      `${text.slice(0, end - 1)},${text.slice(end + 1)}`,
    )
  const { pattern, actions } = splitActions(resource, body, fix)
  return {
    resource,
    pattern: readPattern(resource, pattern, fix),
    actions: actions ? parseActions(resource, actions, fix) : Object.keys(resources[resource].actions),
    constraints: parseConstraints(resource, named, fix),
  }
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

function splitConstraints(resource: Resource, rest: Part): { body: Part; named: readonly NamedPart[] } {
  const group = trailingConstraints(resource, rest.text)
  if (group === undefined) return { body: rest, named: [] }
  const named = group.items.map((item) =>
    namedPart({ text: item.text, offset: rest.offset + group.open + 1 + item.offset }),
  )
  return { body: { text: rest.text.slice(0, group.open), offset: rest.offset }, named }
}

/** The last group, if an item of it names a constraint, or nearly does; in an agent's name no colon stands. */
function trailingConstraints(
  resource: Resource,
  text: string,
): { open: number; items: readonly Part[] } | undefined {
  const open = text.endsWith('}') ? lastGroup(text) : -1
  if (open < 0) return undefined
  const items = joinLists(splitOutside(text.slice(open + 1, -1), ','))
  const isOne = (item: Part) => isConstraint(item) || (resource === 'run' && item.text.includes(':'))
  return items.some(isOne) ? { open, items } : undefined
}

function isConstraint(item: Part): boolean {
  const name = namedPart(item).name.text
  return item.text === 'everywhere' || (item.text.includes(':') && isNearConstraint(name.trim()))
}

/** A misspelt constraint is an error, never a piece of the pattern. */
function isNearConstraint(name: string): boolean {
  const enough = name.length > 5 ? 3 : 2
  return (
    shortFor(name, constraintNames) !== undefined ||
    constraintNames.some((known) => editDistance(name, known, enough) < enough)
  )
}

/** `allowlist:ls,cat` is one item: a word without a colon goes on with the list before it. */
function joinLists(items: readonly Part[]): readonly Part[] {
  const joined: Part[] = []
  for (const item of items) {
    const last = joined.at(-1)
    const continues =
      last?.text.startsWith('allowlist:') && !item.text.includes(':') && !isConstraintName(item.text)
    if (last && continues)
      joined[joined.length - 1] = { text: `${last.text},${item.text}`, offset: last.offset }
    else joined.push(item)
  }
  return joined
}

function namedPart(item: Part): NamedPart {
  const colon = item.text.indexOf(':')
  const end = colon < 0 ? item.text.length : colon
  return {
    name: { text: item.text.slice(0, end), offset: item.offset },
    value: {
      text: item.text.slice(end + 1),
      offset: Math.min(item.offset + end + 1, item.offset + item.text.length),
    },
  }
}

function lastGroup(text: string): number {
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index++
    else if (text[index] === '{') {
      const close = closingBrace(text, index)
      if (close === text.length - 1) return index
      if (close > 0) index = close
    }
  }
  return -1
}

function splitActions(resource: Resource, body: Part, fix: Fixer): Split {
  const names = Object.keys(resources[resource].actions)
  if (names.length === 0) return { pattern: body }
  const last = splitOutside(body.text, ':').at(-1) ?? { text: body.text, offset: 0 }
  const tail = { text: last.text, offset: body.offset + last.offset }
  const pattern = { text: body.text.slice(0, Math.max(0, last.offset - 1)), offset: body.offset }
  const split = last.offset > 0
  return names.length > 1
    ? splitNeeded(resource, { body, pattern, tail, split }, fix)
    : splitOptional(resource, { body, pattern, tail, split }, fix)
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
  const words = tail.text.trim().split(/[\s|+&;]+/)
  if (split && words.length > 1 && words.every((word) => isAction(resource, word)))
    refuse('unknown-action', 'between actions stand commas', tail.offset, fix(words.join(','), tail))
  const [first = '', ...others] = body.text.split(':')
  const areActions = first.split(',').every((word) => isAction(resource, word))
  const turned = areActions ? `${others.join(':') || anyPattern(resource)}:${first}` : undefined
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
