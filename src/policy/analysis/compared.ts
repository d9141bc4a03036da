import { printCapability } from '../capability/capability.ts'
import type { Clause } from '../clause.ts'
import { expandBraces } from '../match/braces.ts'
import { resources } from '../resources.ts'
import type { Capability, Rule } from '../types.ts'

/** A rule that a person wrote here: not one of oos itself, nor of a pack that ships with it. */
export function isOwn({ layer, source }: Rule): boolean {
  return layer !== 'built-in' && source.pack === undefined
}

/**
 * Whether one rule makes the other one superfluous wherever both are read. Rules of one person are compared with each
 * other, those of a project with each other. A project says again what its users say at home, because others do not
 * have their specs; a user says again what one project says, because other projects do not. What a shipped pack says
 * changes with oos, so saying it oneself is no mistake either.
 */
export function isBeside(rule: Rule, other: Rule): boolean {
  if (!isOwn(other) || isUsers(rule) !== isUsers(other)) return false
  // An Only goes as a whole. A file that is taken in twice stands there once.
  if (rule === other ? rule.effect === 'only' : isSamePlace(rule, other)) return false
  return other.in === undefined || other.in === rule.in
}

export function isUsers({ layer }: Rule): boolean {
  return layer === 'user'
}

export function isSamePlace({ source: a }: Rule, { source: b }: Rule): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column
}

/** Whether the clause, where it matches too, leaves nothing of the other one to be felt. `earlier`: it stands before it. */
export function isAsGood(clause: Clause, other: Clause, earlier: boolean): boolean {
  return keepsConstraints(clause, other, earlier) && isAsFirm(clause, other)
}

/** Whether all that the other one says follows from the text of the two, where some of it does. */
export function saysAll(clause: Clause, other: Clause): boolean {
  const isWhole = clause.everything || isTotal(clause.capability)
  if (!isWhole && (other.everything || clause.capability.pattern !== other.capability.pattern)) return false
  const { to, remote } = clause.capability.constraints
  if (to !== other.capability.constraints.to || remote !== other.capability.constraints.remote) return false
  const holes = new Set(other.except.map((hole) => printCapability(hole)))
  return clause.except.every((hole) => holes.has(printCapability(hole)))
}

/** Whether the pattern matches whatever there is, read or not. */
export function isTotal({ resource, pattern }: Capability): boolean {
  const kind = resources[resource].pattern
  if (kind === 'path') return pattern === '/**'
  return kind !== 'host' && (pattern === '*' || pattern === '**')
}

/**
 * Of several Allows the one with the fewest constraints is used, of these the first: another one covers it if it has
 * none, or the same and stands before it. `everywhere` does more than a Deny without it.
 */
function keepsConstraints({ effect, capability }: Clause, other: Clause, earlier: boolean): boolean {
  if (effect !== 'allow' && other.effect === 'allow') return true
  const { everywhere } = other.capability.constraints
  if (other.effect === 'allow')
    return isFree(capability) || (earlier && constraintText(capability) === constraintText(other.capability))
  if (everywhere === undefined) return true
  return capability.constraints.everywhere === true && capability.pattern === other.capability.pattern
}

function isFree({ constraints }: Capability): boolean {
  for (const _ in constraints) return false
  return true
}

function constraintText({ constraints }: Capability): string {
  return JSON.stringify(Object.entries(constraints).sort())
}

/**
 * The sandbox holds a plain path and a whole folder also where they do not exist yet, and so the names at the end of a
 * pattern that may only not be written; other patterns for what exists. What is held less firmly does not cover what
 * is held more firmly.
 */
function isAsFirm(clause: Clause, other: Clause): boolean {
  const { resource, pattern, actions } = other.capability
  if (resource !== 'file' || clause.everything || saysAll(clause, other)) return true
  const patterns = [clause.capability, ...clause.except].flatMap((each) => expandBraces(each.pattern))
  const wanted = expandBraces(pattern)
  if (wanted.some(isFixed)) return patterns.every(isFixed)
  if (!actions.includes('read') && wanted.some(endsInNames)) return false
  return !wanted.some(isTree) || expandBraces(clause.capability.pattern).every(isTree)
}

/** `**` and then plain names. */
function endsInNames(pattern: string): boolean {
  return /(?:^|\/)\*\*(?:\/[^*?[/]+)+(?:\/\*\*)?$/.test(pattern)
}

function isFixed(pattern: string): boolean {
  return !/[*?[]/.test(pattern.replace(/(^|\/)\*\*$/, '').replace(/\\./gs, ''))
}

function isTree(pattern: string): boolean {
  return pattern === '**' || pattern.endsWith('/**')
}
