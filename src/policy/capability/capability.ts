import type { Result } from '../../shared/result.ts'
import { resources } from '../resources.ts'
import type { Capability, Constraints, Resource } from '../types.ts'
import { constraintKinds, constraintNames } from './constraints.ts'
import { refuseHostileText } from './hostile-text.ts'
import type { Aim } from './meant.ts'
import { moveConstraints } from './misplaced-constraints.ts'
import { parseShort } from './parse-short.ts'
import { parseUri, uriScheme } from './parse-uri.ts'
import { type CapabilityProblem, refuse, Unparsable } from './problem.ts'

export type { Aim } from './meant.ts'
export type { CapabilityProblem } from './problem.ts'

/** Both spellings: `file:src/**:read` and `capability://file/./src/**?action=read`. */
export function parseCapability(text: string, aim: Aim = 'opens'): Result<Capability, CapabilityProblem> {
  const parsed = parseOnce(text, aim)
  if (parsed.ok) return parsed
  const problems = parsed.problems.map((one) => settle(one, aim))
  return { ok: false, problems: misplacedConstraints(text, problems, aim) ?? problems }
}

/** The canonical text: parsing it gives the same capability again. */
export function printCapability(capability: Capability, spelling: 'short' | 'uri' = 'short'): string {
  return spelling === 'short' ? printShort(capability) : printUri(capability)
}

/** Runs a parser that refuses by throwing. */
export function caught<Value>(parse: () => Value): Result<Value, CapabilityProblem> {
  try {
    return { ok: true, value: parse() }
  } catch (error) {
    if (error instanceof Unparsable) return { ok: false, problems: [error.problem] }
    if (error instanceof RangeError)
      return { ok: false, problems: [{ code: 'capability/pattern', message: error.message, column: 1 }] }
    throw error
  }
}

const longest = 4_096

function parseOnce(text: string, aim: Aim): Result<Capability, CapabilityProblem> {
  return caught(() => {
    if (text.length > longest) refuse('too-long', `it is longer than ${longest} characters`, longest)
    refuseHostileText(text)
    return freeze(text.startsWith(uriScheme) ? parseUri(text, aim) : parseShort(text, { aim }))
  })
}

/** One fix mends one fault: as far as the fixes lead, so that what is proposed is whole; what is not is not proposed. */
function settle(problem: CapabilityProblem, aim: Aim, more = mostFaults): CapabilityProblem {
  if (problem.fix === undefined) return problem
  const parsed = parseOnce(problem.fix, aim)
  if (parsed.ok) return problem
  const { fix: _, ...unmended } = problem
  const next = more === 0 ? undefined : parsed.problems[0]?.fix
  return next === undefined ? unmended : settle({ ...problem, fix: next }, aim, more - 1)
}

const mostFaults = 4

/** No fix loses a constraint: where one would, or there is none, the constraints are put where they hold. */
function misplacedConstraints(
  text: string,
  problems: readonly CapabilityProblem[],
  aim: Aim,
): readonly CapabilityProblem[] | undefined {
  const moved = text.length > longest ? undefined : moveConstraints(text)
  if (moved === undefined) return undefined
  const parsed = parseOnce(moved.text, aim)
  const [wrong] = parsed.ok ? [] : parsed.problems.map((one) => settle(one, aim))
  const fix = wrong ? wrong.fix : moved.text
  const column = moved.offset + 1
  const meant = constraintsIn(fix, aim)
  if (meant === undefined) return wrong && [{ ...wrong, column }]
  if (constraintsIn(problems[0]?.fix, aim) === meant) return undefined
  const message = 'constraints stand at the very end, in one pair of braces'
  return [{ code: 'capability/constraint', message, column, ...(fix && { fix }) }]
}

function constraintsIn(text: string | undefined, aim: Aim): string | undefined {
  const parsed = text === undefined ? undefined : parseOnce(text, aim)
  return parsed?.ok ? printConstraints(parsed.value.constraints, ':', ',') : undefined
}

function freeze(capability: Capability): Capability {
  Object.freeze(capability.actions)
  Object.freeze(capability.constraints)
  return Object.freeze(capability)
}

function printShort(capability: Capability): string {
  const { resource, pattern } = capability
  const entry = resources[resource]
  const actions = capability.actions.join(',')
  const constraints = printConstraints(capability.constraints, ':', ',')
  const end = constraints === '' ? '' : `{${constraints}}`
  const several = Object.keys(entry.actions).length > 1
  if (several && pattern === '*' && entry.patternOptional === 'always') return `${resource}:${actions}${end}`
  const isOpen = end !== '' && pattern.endsWith(':')
  if (several || (actions !== '' && (isOpen || needsAction(resource, pattern))))
    return `${resource}:${pattern}:${actions}${end}`
  return `${resource}:${pattern}${end}`
}

/** Whether the pattern's end would be taken for an action or for constraints if no action followed. */
function needsAction(resource: Resource, pattern: string): boolean {
  if (!pattern.includes(':') && !pattern.endsWith('}')) return false
  const read = caught(() => parseShort(`${resource}:${pattern}`))
  return !read.ok || read.value.pattern !== pattern || Object.keys(read.value.constraints).length > 0
}

function printUri(capability: Capability): string {
  const { resource, pattern } = capability
  const actions = capability.actions.join(',')
  const constraints = printConstraints(capability.constraints, '=', '&')
  const query = [actions === '' ? '' : `action=${actions}`, constraints]
    .filter((part) => part !== '')
    .join('&')
  const path = pattern === '*' && resources[resource].patternOptional ? '' : uriPath(capability)
  return `${uriScheme}${resource}${path}${query === '' ? '' : `?${query}`}`
}

function uriPath({ resource, pattern }: Capability): string {
  const encoded = pattern.replace(/[%?&# ]/g, (character) =>
    encodeURIComponent(character).replace('&', '%26'),
  )
  if (resource !== 'file') return `/${encoded}`
  if (/^\/~(\/|$)/.test(encoded)) return `/\\${encoded.slice(1)}`
  return encoded.startsWith('/') ? encoded : /^~(\/|$)/.test(encoded) ? `/${encoded}` : `/./${encoded}`
}

function printConstraints(constraints: Constraints, equals: string, separator: string): string {
  return constraintNames
    .filter((name) => constraints[name] !== undefined)
    .map((name) => {
      if (name === 'everywhere' && equals === ':') return name
      const print = constraintKinds[name].print as (value: unknown) => string
      return `${name}${equals}${print(constraints[name])}`
    })
    .join(separator)
}
