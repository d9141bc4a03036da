import { closest } from '../../shared/closest.ts'
import { unclosedBrace } from '../match/braces.ts'
import { normalizeHostPattern } from '../match/host-glob.ts'
import { normalizeNamePattern } from '../match/name-glob.ts'
import { isResource, type PatternKind, resources } from '../resources.ts'
import type { ConstraintName, Constraints, Resource } from '../types.ts'
import { constraintCalled, constraintKinds, constraintNames, isConstraintName } from './constraints.ts'
import { type Aim, actionCalled, meantActions, meantResource, resourceCalled } from './meant.ts'
import { normalizePathPattern } from './path-pattern.ts'
import { refuse, Unparsable } from './problem.ts'
import { normalizeWordsPattern } from './words-pattern.ts'

/** The parts that both spellings share. An offset is where the part starts in the whole text, from 0. */
export interface Part {
  readonly text: string
  readonly offset: number
  /** It was left out; `text` is what that means. */
  readonly implied?: true
}

/** Gives the whole text, so that a fix can be whole too. */
export interface Fixer {
  (replacement: string, part: Part): string
  readonly aim: Aim
}

export function createFixer(text: string, aim: Aim): Fixer {
  const fix = (replacement: string, part: Part): string =>
    text.slice(0, part.offset) + replacement + text.slice(part.offset + part.text.length)
  return Object.assign(fix, { aim })
}

export function parseResource(part: Part, whole: string, fix: Fixer): Resource {
  return isResource(part.text) ? part.text : refuseResource(part, whole, fix)
}

export function refuseResource(part: Part, whole: string, fix: Fixer): never {
  const names = Object.keys(resources)
  // A word without a colon may be anything: `coder` is no `model`.
  const near = resourceCalled(part.text) ?? (part.text === whole ? undefined : closest(part.text, names))
  const meant = meantResource(whole, fix.aim) ?? (near && fix(near, part))
  const what =
    part.text === ''
      ? 'the resource is missing'
      : isResource(part.text)
        ? 'an address stands behind its resource'
        : `\`${part.text}\` is not a resource`
  return refuse('unknown-resource', `${what}: the resources are ${names.join(', ')}`, part.offset, meant)
}

/** `read,write` or `*`: sorted, with `write` in place of the three actions it stands for. */
export function parseActions(resource: Resource, part: Part, fix: Fixer): readonly string[] {
  const table = resources[resource].actions
  if (part.text === '*') return canonicalActions(resource, Object.values(table).flat())
  let offset = part.offset
  const seen: string[] = []
  for (const word of part.text.split(',')) {
    if (word === '') refuse('empty', 'an action is missing', offset, fix(named(resource, part, fix), part))
    refuseAction(resource, { text: word, offset }, fix)
    const other = seen.find((earlier) => overlaps(table, earlier, word))
    if (other !== undefined)
      refuse('repeated', repetition(other, word), offset, fix(without(part.text, word), part))
    seen.push(word)
    offset += word.length + 1
  }
  return canonicalActions(
    resource,
    seen.flatMap((word) => table[word] ?? []),
  )
}

export function isAction(resource: Resource, word: string): boolean {
  return Object.hasOwn(resources[resource].actions, word)
}

/** Each constraint's text, checked against what the resource takes. */
export function parseConstraints(resource: Resource, named: readonly NamedPart[], fix: Fixer): Constraints {
  const values: Record<string, unknown> = {}
  for (const { name, value } of named) {
    const known = constraintOf(resource, name, fix)
    if (values[known] !== undefined) refuse('repeated', `\`${known}\` stands here twice`, name.offset)
    values[known] = parseConstraint(known, value, fix)
  }
  return Object.fromEntries(
    constraintNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  )
}

export interface NamedPart {
  readonly name: Part
  readonly value: Part
}

/** The pattern in its one text. */
export function parsePattern(resource: Resource, part: Part, fix: Fixer): string {
  if (part.text === '') refuse('empty', 'the pattern is missing', part.offset, resources[resource].example)
  const encoded = /(?<!\\)%(2f|5c)/i.exec(part.text)
  if (encoded)
    refuse(
      'encoded',
      'an encoded slash is a slash to one program and part of a name to the next: write `/`',
      part.offset + encoded.index,
    )
  const { pattern: kind, actions } = resources[resource]
  const colon = Object.keys(actions).length === 0 ? part.text.indexOf(':') : -1
  if (colon >= 0) refuse('pattern', "no colon stands in an agent's name", part.offset + colon)
  if (kind !== 'words') refuseLoose(part, fix)
  try {
    return normalizers[kind](part.text, part.offset)
  } catch (error) {
    if (!(error instanceof Unparsable) || error.problem.fix === undefined) throw error
    // The first of several commands would be less than what has to be run.
    if (fix.aim === 'runs' && /[|;&]/.test(part.text)) {
      const { fix: _, ...problem } = error.problem
      throw new Unparsable(problem)
    }
    // A bare program would be closed with no word behind it alone.
    const more = kind === 'words' && fix.aim === 'closes' && !/\*$/.test(error.problem.fix) ? ' *' : ''
    throw new Unparsable({ ...error.problem, fix: fix(error.problem.fix + more, part) })
  }
}

/** What would be a letter of a name, and surely is none. */
function refuseLoose(part: Part, fix: Fixer): void {
  const { text, offset } = part
  const inner = text.trimStart().replace(/(?<!\\)\s+$/, '')
  if (inner !== text)
    refuse('pattern', 'a blank stands at an end of the pattern', offset, fix(inner || text, part))
  const open = unclosedBrace(text)
  if (open >= 0) refuse('pattern', 'the `{` is not closed', offset + open, fix(`${text}}`, part))
}

const normalizers: Readonly<Record<PatternKind, (pattern: string, offset: number) => string>> = {
  path: normalizePathPattern,
  host: normalizeHostPattern,
  words: normalizeWordsPattern,
  name: normalizeNamePattern,
}

function refuseAction(resource: Resource, part: Part, fix: Fixer): void {
  if (isAction(resource, part.text)) return
  const names = Object.keys(resources[resource].actions)
  if (part.text === '*') refuse('repeated', '`*` is already every action', part.offset)
  const meant = actionCalled(part.text.trim(), resource, fix.aim) ?? closest(part.text.trim(), names)
  const message = `\`${part.text}\` is not an action of \`${resource}\` (${names.join(', ')})`
  refuse('unknown-action', message, part.offset, meant && fix(meant, part))
}

/** What is named of a list with holes. */
function named(resource: Resource, { text }: Part, { aim }: Fixer): string {
  return text.replace(/^,+|,+$/g, '').replace(/,{2,}/g, ',') || meantActions(resource, aim)
}

function overlaps(table: Readonly<Record<string, readonly string[]>>, a: string, b: string): boolean {
  return (table[a] ?? []).some((act) => table[b]?.includes(act))
}

function repetition(earlier: string, word: string): string {
  return earlier === word ? `\`${word}\` stands here twice` : `\`${word}\` and \`${earlier}\` overlap`
}

function without(list: string, word: string): string {
  const words = list.split(',')
  words.splice(words.lastIndexOf(word), 1)
  return words.join(',')
}

/** The fewest actions that stand for exactly these acts. */
function canonicalActions(resource: Resource, acts: readonly string[]): readonly string[] {
  const table = Object.entries(resources[resource].actions)
  const held = table.filter(([, own]) => own.every((act) => acts.includes(act)))
  const within = (own: readonly string[]) =>
    held.some(([, wider]) => wider.length > own.length && own.every((act) => wider.includes(act)))
  return held
    .filter(([, own]) => !within(own))
    .map(([name]) => name)
    .sort()
}

function constraintOf(resource: Resource, name: Part, fix: Fixer): ConstraintName {
  const taken = resources[resource].constraints
  const list = `it takes ${taken.join(', ')}`
  if (name.text === '') refuse('empty', 'a constraint is missing', name.offset)
  if (!isConstraintName(name.text)) {
    const meant = constraintCalled(name.text.trim(), taken) ?? closest(name.text.trim(), taken)
    return refuse(
      'unknown-constraint',
      `\`${name.text}\` is not a constraint of \`${resource}\`: ${list}`,
      name.offset,
      meant && fix(meant, name),
    )
  }
  if (taken.includes(name.text)) return name.text
  return refuse(
    'constraint-not-taken',
    `\`${resource}\` does not take \`${name.text}\`: ${list}`,
    name.offset,
  )
}

function parseConstraint(name: ConstraintName, value: Part, fix: Fixer): unknown {
  if (value.text === '' && name !== 'everywhere') refuse('empty', `\`${name}\` needs a value`, value.offset)
  const parsed = constraintKinds[name].parse(value.text)
  if (parsed.ok) return parsed.value
  const [problem] = parsed.problems
  if (problem === undefined)
    throw new Unparsable({ code: 'capability/constraint', message: `\`${name}\` is wrong`, column: 1 })
  const meant = problem.fix === undefined ? undefined : fix(problem.fix, value)
  return refuse('constraint', `${name}: ${problem.message}`, value.offset, meant)
}
