import { resolve } from 'node:path/posix'
import type { Result } from '../../shared/result.ts'
import { caught, parseCapability, printCapability } from '../capability/capability.ts'
import { amountOf, constraintNames } from '../capability/constraints.ts'
import { refuseHostileText } from '../capability/hostile-text.ts'
import { type PatternReader, parseShort } from '../capability/parse-short.ts'
import { uriScheme } from '../capability/parse-uri.ts'
import type { Part } from '../capability/parts.ts'
import { type CapabilityProblem, refuse } from '../capability/problem.ts'
import { parseHostTarget } from '../match/host-glob.ts'
import { isPlain, unescapePattern } from '../match/wildcard.ts'
import { type PatternKind, resources } from '../resources.ts'
import type { Constraints, Request } from '../types.ts'

export interface RequestPlace {
  readonly root: string
  readonly home: string
  /** Where relative paths stand. */
  readonly cwd: string
}

/**
 * One thing that someone would do: `file:./src/a.ts:write`, `shell:git push origin main`. Written like a capability
 * of one action, without wildcards. Paths are resolved as text; whoever knows the file system resolves links before.
 */
export function parseRequest(text: string, place: RequestPlace): Result<Request, CapabilityProblem> {
  return caught(() =>
    text.startsWith(shellPrefix) ? commandRequest(text, place) : plainRequest(text, place),
  )
}

const shellPrefix = 'shell:'

/** The whole text is the command, whatever stands in it. */
function commandRequest(text: string, place: RequestPlace): Request {
  const target = text.slice(shellPrefix.length)
  if (target.trim() === '') refuse('empty', 'the command is missing', shellPrefix.length, 'shell:npm test')
  return { resource: 'shell', action: 'execute', target, cwd: place.cwd }
}

function plainRequest(text: string, place: RequestPlace): Request {
  refuseHostileText(text)
  if (text.startsWith(uriScheme)) refuseUri(text)
  const { resource, pattern, actions, constraints } = parseShort(text, { readPattern: targetReader(place) })
  const [action = ''] = actions
  const all = /:\*(?:\{|$)/.exec(text)
  if (all)
    refuse('wildcard', 'a request has one action', all.index + 1, text.replace(/:\*(?=\{|$)/, `:${action}`))
  if (actions.length > 1)
    refuse('several', `a request has one action, not ${actions.join(' and ')}`, text.lastIndexOf(':') + 1)
  const request = { resource, action, target: pattern, cwd: place.cwd }
  const attributes = attributesOf(constraints)
  return attributes.length === 0 ? request : { ...request, attributes: Object.fromEntries(attributes) }
}

/** As an address a request would be relative to another folder than what is typed. */
function refuseUri(text: string): never {
  const read = parseCapability(text)
  const fix = read.ok ? printCapability(read.value) : undefined
  return refuse('spelling', 'a request is written in the short spelling', 0, fix)
}

function targetReader(place: RequestPlace): PatternReader {
  return (resource, part, fix) => {
    if (part.text === '' || part.implied) refuse('empty', `it does not say which ${resource}`, part.offset)
    const kind = resources[resource].pattern
    if (!isPlain(kind === 'host' ? part.text.replace(/^\[[^\]]*\]/, '') : part.text))
      refuseWildcard(part, fix)
    const target = targets[kind](unescapePattern(part.text), place)
    return (
      target ??
      refuse('pattern', `\`${part.text}\` is no host that every program takes for the same one`, part.offset)
    )
  }
}

function refuseWildcard(part: Part, fix: (replacement: string, part: Part) => string): never {
  const wild = /^(?:\\.|[^*?[{])*/s.exec(part.text)?.[0].length ?? 0
  const escaped = part.text.replace(/\\.|[*?[{]/gs, (piece) => (piece.length > 1 ? piece : `\\${piece}`))
  const message = `a request names one thing: \`${part.text[wild]}\` is a wildcard`
  return refuse('wildcard', message, part.offset + wild, fix(escaped, part))
}

const targets: Readonly<Record<PatternKind, (text: string, place: RequestPlace) => string | undefined>> = {
  path: (path, { cwd, home }) =>
    resolve(
      cwd,
      path.replace(/^~(?=\/|$)/, () => home),
    ),
  host: hostTarget,
  words: (text) => text,
  name: (name) => name,
}

/** `host:port/path` with the host in its one spelling; the port of HTTPS if none is named. */
function hostTarget(text: string): string | undefined {
  const target = parseHostTarget(text)
  const slash = text.indexOf('/')
  return target && `${target.host}:${target.port}${slash < 0 ? '' : text.slice(slash)}`
}

function attributesOf(constraints: Constraints): readonly (readonly [string, string | number])[] {
  return constraintNames.flatMap((name) => {
    const value = constraints[name]
    const attribute =
      typeof value === 'string' ? value : value === undefined ? undefined : amountOf(name, value)
    return attribute === undefined ? [] : [[name, attribute] as const]
  })
}
