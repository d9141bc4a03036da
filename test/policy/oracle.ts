import type { Capability, DecisionEffect, PolicyInput, Request, Rule } from '../../src/policy/types.ts'

// The rule language read as naively as it can be, rule by rule, with nothing of the implementation: what it is compared with.

export function decideNaively(input: PolicyInput, request: Request): DecisionEffect {
  const rules = input.rules.filter((rule) => rule.in === undefined || path(rule.in, input).test(input.root))
  const line = [...(request.lineage ?? []), request.agent ?? 'command']
  const forAny = (rule: Rule) => rule.agents.length === 0 || rule.agents.some((name) => line.includes(name))
  const forFirst = (rule: Rule) => rule.agents.length === 0 || rule.agents.includes(line[0] ?? '')
  const says = (effect: string, sure: boolean) => (rule: Rule) =>
    rule.effect === effect &&
    rule.capabilities.some((one) => covers(one, request, { input, sure })) &&
    !excepted(rule, request, { input, sure: !sure })
  if (
    rules.some((rule) => forAny(rule) && (says('deny', false)(rule) || isOutsideOnly(rule, request, input)))
  )
    return 'deny'
  if (rules.some((rule) => forAny(rule) && says('limit', false)(rule) && !limitsKept(rule, request, input)))
    return 'deny'
  const allowed = rules.some((rule) => forFirst(rule) && allows(rule, request, input))
  const asks = rules.filter((rule) => forAny(rule) && says('ask', false)(rule))
  if (asks.length > 0 && (allowed || asks.some(forFirst))) return 'ask'
  return allowed ? 'allow' : 'deny'
}

interface How {
  readonly input: PolicyInput
  /** The capability must mean all of the request, or only some of it. */
  readonly sure: boolean
}

function allows(rule: Rule, request: Request, input: PolicyInput): boolean {
  if ((rule.effect !== 'allow' && rule.effect !== 'only') || rule.via) return false
  if (excepted(rule, request, { input, sure: false })) return false
  return rule.capabilities.some((one) => {
    const expired = one.constraints.expires !== undefined && Date.parse(one.constraints.expires) <= input.now
    return !expired && covers(one, request, { input, sure: true }) && kept(one, request)
  })
}

function isOutsideOnly(rule: Rule, request: Request, input: PolicyInput): boolean {
  if (rule.effect !== 'only') return false
  const same = rule.capabilities.filter((one) => one.resource === request.resource)
  const about = same.some((one) => someAction(one, request.action))
  const named = same.some((one) => covers({ ...one, constraints: {} }, request, { input, sure: true }))
  return about && !named && !excepted(rule, request, { input, sure: true })
}

function excepted(rule: Rule, request: Request, how: How): boolean {
  return rule.except.some((one) => covers(one, request, how))
}

function limitsKept(rule: Rule, request: Request, input: PolicyInput): boolean {
  return rule.capabilities.every((one) => !covers(one, request, { input, sure: false }) || kept(one, request))
}

function kept({ constraints }: Capability, { attributes }: Request): boolean {
  return constraints.max === undefined || Number(attributes?.max ?? 0) <= constraints.max
}

function covers(one: Capability, request: Request, { input, sure }: How): boolean {
  if (one.resource !== request.resource) return false
  if (!(sure ? everyAction(one, request.action) : someAction(one, request.action))) return false
  if (one.resource === 'file') return path(one.pattern, input).test(request.target)
  if (one.resource === 'http') return host(one.pattern, request.target, sure)
  if (one.resource === 'shell') return command(one.pattern, request.words ?? [], sure)
  return new RegExp(`^${translate(one.pattern, { star: '.*', any: '.' })}$`, 'su').test(request.target)
}

const methods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options']
const wide: Record<string, readonly string[]> = {
  write: ['create', 'change', 'delete'],
  request: [...methods, 'tunnel'],
}

function acts(actions: readonly string[]): readonly string[] {
  return actions.flatMap((action) => wide[action] ?? [action])
}

function everyAction({ actions }: Capability, action: string): boolean {
  return acts([action]).every((act) => acts(actions).includes(act))
}

function someAction({ actions }: Capability, action: string): boolean {
  return acts([action]).some((act) => acts(actions).includes(act))
}

/** `/**` is any number of names; groups and classes are what they are in a regular expression. */
function path(pattern: string, { root, home }: PolicyInput): RegExp {
  const start = pattern.startsWith('/') ? '' : pattern.startsWith('~/') ? home : `${root}/`
  const below = pattern.startsWith('~/') ? pattern.slice(1) : pattern
  return new RegExp(
    `^${quote(start)}${translate(below, { star: '[^/]*', any: '[^/]' })}$`.replaceAll('/DEEP', '(?:/[^/]+)*'),
    'su',
  )
}

function translate(pattern: string, { star, any }: { star: string; any: string }): string {
  const pieces = pattern.match(/\*\*|\[[^\]]*\]|./gsu) ?? []
  return pieces
    .map((piece) => {
      if (piece === '**') return any === '.' ? star : 'DEEP'
      if (piece === '*') return star
      if (piece === '?') return any
      if (piece.startsWith('[')) return piece.replace('[!', '[^')
      return { '{': '(?:', '}': ')', ',': '|' }[piece] ?? quote(piece)
    })
    .join('')
}

function quote(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function host(pattern: string, target: string, sure: boolean): boolean {
  const [, wantedHost = '', wantedPort, wantedPath = ''] = /^([^:/]*)(?::([^/]*))?(.*)$/.exec(pattern) ?? []
  const [, name = '', port = '', asked = ''] = /^([^:/]*):(\d+)(.*)$/.exec(target) ?? []
  const address = /^\d+\.\d+\.\d+\.\d+$/.test(name)
  if (address ? wantedHost !== name : !hostName(wantedHost).test(name)) return false
  const wantedPorts = wantedPort === undefined ? ['80', '443'] : wantedPort.match(/\d+/g)
  if (wantedPort !== '*' && !wantedPorts?.includes(port)) return false
  if (wantedPath === '' || wantedPath === '/*') return true
  return asked === ''
    ? !sure
    : new RegExp(`^${translate(wantedPath, { star: '.*', any: '.' })}$`, 's').test(asked)
}

/** A first label `*` is one label or more. */
function hostName(pattern: string): RegExp {
  if (pattern === '*') return /./
  const below = pattern.startsWith('*.') ? '(?:[^.]+\\.)+' : ''
  return new RegExp(
    `^${below}${translate(below === '' ? pattern : pattern.slice(2), { star: '[^.]*', any: '[^.]' })}$`,
  )
}

function command(pattern: string, words: readonly string[], sure: boolean): boolean {
  const [program = '', ...rest] = pattern.split(' ')
  if (program === '*' && rest.length === 0) return true
  const asked = sure ? (words[0] ?? '') : (words[0] ?? '').replace(/^.*\//, '')
  return word(program, asked) && follows(rest, words.slice(1), sure)
}

function follows(pattern: readonly string[], words: readonly string[], sure: boolean): boolean {
  const [next, ...rest] = pattern
  const [first, ...others] = words
  if (next === '**' || (next === '*' && rest.length === 0))
    return follows(rest, words, sure) || (first !== undefined && follows(pattern, others, sure))
  if (first === undefined) return next === undefined
  if (next !== undefined && (next === '*' || word(next, first)) && follows(rest, others, sure)) return true
  if (sure || !/^-./.test(first)) return false
  return follows(pattern, others, sure) || (others.length > 0 && follows(pattern, others.slice(1), sure))
}

function word(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.split('*').map(quote).join('.*')}$`, 's').test(text)
}
