import { editDistance } from '../../shared/closest.ts'
import { closingBrace, splitOutside } from '../match/braces.ts'
import { resources } from '../resources.ts'
import type { Resource } from '../types.ts'
import { constraintCalled, constraintNames, isConstraintName } from './constraints.ts'
import { type Fixer, isAction, type NamedPart, type Part } from './parts.ts'
import { refuse } from './problem.ts'

/** A capability's text behind its resource, in two: what it is about, and each constraint. */
export function splitConstraints(
  resource: Resource,
  rest: Part,
  fix: Fixer,
): { body: Part; named: readonly NamedPart[] } {
  const group = trailingConstraints(resource, rest.text)
  if (group === undefined) return { body: rest, named: [] }
  refuseLoose(group, rest, fix)
  const named = group.items.map((item) =>
    namedPart({ text: item.text, offset: rest.offset + group.open + 1 + item.offset }),
  )
  return { body: { text: rest.text.slice(0, group.open), offset: rest.offset }, named }
}

interface Group {
  readonly open: number
  readonly items: readonly Part[]
}

/**
 * The last group, if an item of it names a constraint, or nearly does; in an agent's name no colon stands, and behind
 * the actions nothing else.
 */
export function trailingConstraints(resource: Resource, text: string): Group | undefined {
  const open = text.endsWith('}') ? lastGroup(text) : -1
  if (open < 0) return undefined
  const items = joinLists(splitOutside(text.slice(open + 1, -1), ','))
  const isOne = (item: Part) =>
    isConstraint(item) ||
    (resource === 'run' && item.text.includes(':')) ||
    isLoose(item.text, resource, text.slice(0, open))
  return items.some(isOne) || endsInActions(resource, text.slice(0, open)) ? { open, items } : undefined
}

function endsInActions(resource: Resource, head: string): boolean {
  if (Object.keys(resources[resource].actions).length < 2) return false
  const colon = head.lastIndexOf(':')
  const words = head.slice(colon + 1).split(',')
  return colon > 0 && words.every((word) => word === '*' || isAction(resource, word))
}

/** `timeout=30m`, `timeout 30m`. Behind a blank of a command braces are a word of it; in an agent's name stands neither. */
const loose = /^\s*([a-z]+)(?:\s*=\s*|\s+)(?=[^\s=:])/

function isLoose(item: string, resource: Resource, head: string): boolean {
  if (resources[resource].pattern === 'words' && /\s$/.test(head)) return false
  const name = item.includes(':') ? undefined : loose.exec(item)?.[1]
  return name !== undefined && (resource === 'run' || isConstraintName(name))
}

function refuseLoose({ open, items }: Group, rest: Part, fix: Fixer): void {
  const odd = items.find((item) => isLoose(item.text, 'run', ''))
  if (odd === undefined) return
  const mended = items.map(({ text }) => (isLoose(text, 'run', '') ? text.replace(loose, '$1:') : text))
  const body = { text: rest.text.slice(open + 1, -1), offset: rest.offset + open + 1 }
  const name = loose.exec(odd.text)?.[1]
  refuse(
    'constraint',
    `between \`${name}\` and its value stands a colon`,
    body.offset + odd.offset,
    fix(mended.map((item) => item.trim()).join(','), body),
  )
}

function isConstraint(item: Part): boolean {
  const name = namedPart(item).name.text
  return isNearEverywhere(item.text) || (item.text.includes(':') && isNearConstraint(name.trim()))
}

/** The one that has no value. */
function isNearEverywhere(text: string): boolean {
  return editDistance(text.trim(), 'everywhere', nearEverywhere) < nearEverywhere
}

const nearEverywhere = 3

/** A group in a pattern that says what constraints say, and is a part of the pattern. */
export function constraintsWithin(pattern: string): string | undefined {
  for (let open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', open + 1)) {
    const close = closingBrace(pattern, open)
    const items = close < 0 ? [] : joinLists(splitOutside(pattern.slice(open + 1, close), ','))
    if (items.length > 0 && items.every(isExact)) return pattern.slice(open, close + 1)
  }
  return undefined
}

function isExact(item: Part): boolean {
  return (
    item.text === 'everywhere' || (item.text.includes(':') && isConstraintName(namedPart(item).name.text))
  )
}

/** A misspelt constraint is an error, never a piece of the pattern. */
function isNearConstraint(name: string): boolean {
  const enough = name.length > 5 ? 3 : 2
  return (
    constraintCalled(name, constraintNames) !== undefined ||
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
