import { parseCapability, printCapability } from '../../policy/capability/capability.ts'
import { moveConstraints } from '../../policy/capability/misplaced-constraints.ts'
import { printCode } from '../../policy/capability/print-code.ts'
import type { Capability, ConstraintName, Constraints, Effect, Rule } from '../../policy/types.ts'
import type { CodeToken } from '../markdown/inline.ts'
import type { Span } from '../markdown/text.ts'
import type { Report } from '../report.ts'
import { effectTitle } from './effect-word.ts'
import type { Clauses, Draft } from './grammar.ts'
import { ownLine } from './meant.ts'
import { unlikelyIn } from './unlikely-pattern.ts'

/** Checks what the grammar allows and sense does not; false once something was reported. */
export function checkRule(rule: Rule, draft: Draft & { readonly span: Span }, report: Report): boolean {
  return checks.map((check) => check(rule, draft, report)).every((fine) => fine)
}

type Check = (rule: Rule, draft: Draft & { readonly span: Span }, report: Report) => boolean

const checks: readonly Check[] = [
  clausesFit,
  (rule, draft, report) => {
    if (rule.effect !== 'require') return true
    if (!rule.stage) return fail(report, 'rule/stage', draft.span, 'this Require says no stage')
    const odd = rule.capabilities.findIndex((capability) => !isPlainCommand(capability))
    return odd < 0 || fail(report, 'rule/require', at(draft, odd), 'a Require names one whole command')
  },
  (rule, draft, report) => {
    const odd = rule.capabilities.findIndex(({ resource }) => resource === 'run')
    if (odd < 0 || rule.effect === 'limit') return true
    const said = `\`run\` stands in ${article(rule.effect)}`
    return fail(report, 'rule/run', at(draft, odd), said, limitInstead(rule, odd))
  },
  (rule, draft, report) => {
    const odd = rule.capabilities.findIndex((capability) => !hasLimits(capability))
    if (rule.effect !== 'limit' || odd < 0) return true
    const fix = limitMeant(rule, odd, draft.capabilities[odd]?.text ?? '')
    return fail(report, 'rule/limit', at(draft, odd), 'this Limit has no constraint', fix)
  },
  (rule, draft, report) => {
    const grants = rule.effect === 'allow' || rule.effect === 'only'
    const odd = rule.capabilities.findIndex(
      ({ resource, constraints }) => resource === 'secret' && !constraints.to,
    )
    if (!grants || rule.via || odd < 0) return true
    return fail(report, 'rule/secret', at(draft, odd), 'this secret may be sent to any host')
  },
  constraintsFit,
  (rule, draft, report) => {
    const opens = rule.effect === 'allow' || rule.effect === 'only'
    rule.capabilities.forEach((capability, index) => {
      tellUnlikely(capability, { token: draft.capabilities[index], opens }, report)
    })
    rule.except.forEach((capability, index) => {
      tellUnlikely(capability, { token: draft.clauses.except?.items[index], opens: !opens }, report)
    })
    return true
  },
  (rule, draft, report) => {
    const resources = new Set(rule.capabilities.map(({ resource }) => resource))
    const odd = rule.except.findIndex(({ resource }) => !resources.has(resource))
    if (odd < 0) return true
    const span = exceptAt(draft, odd)
    const [own] = draft.capabilities
    // Above it stands the head of its group.
    const whose = own && span.start < own.start ? `\`${own.text}\` of this group` : 'the rule'
    const said = `${whose} names no \`${rule.except[odd]?.resource}\``
    return fail(report, 'rule/except', span, said, whose === 'the rule' ? undefined : behindItsItem)
  },
]

const behindItsItem = 'write `except` behind the items that it is for'

/** The same as a Limit: what was written of it stays. */
function limitInstead(rule: Rule, index: number): string {
  const limit = limitOf(rule, index)
  if (rule.capabilities.length > 1) return ownLine(limit)
  return hasLimits(rule.capabilities[index]) ? `write: - ${limit}` : `limit it, as in: - ${limit}`
}

function limitOf({ capabilities, agents }: Rule, index: number): string {
  const { constraints = {}, pattern: written = '*' } = capabilities[index] ?? {}
  const pattern = /^[^{(]*/.exec(written)?.[0] || '*'
  const limits = hasLimits(capabilities[index]) ? constraints : exampleLimits
  const whom = agents.length > 0 ? ` for ${agents.map(printCode).join(', ')}` : ''
  return `**Limit** ${printCode(printCapability({ resource: 'run', pattern, actions: [], constraints: limits }))}${whom}`
}

function hasLimits(capability: Capability | undefined): boolean {
  return Object.keys(capability?.constraints ?? {}).length > 0
}

/** With what was written of a constraint at its place; of a run else with an example. */
function limitMeant(rule: Rule, index: number, written: string): string | undefined {
  const moved = moveConstraints(written)?.text
  if (moved !== undefined && parseCapability(moved).ok) return `write: - **Limit** ${printCode(moved)}`
  if (rule.capabilities[index]?.resource !== 'run') return undefined
  const [, amount = ''] = /^run:(?:\*\W*)?(\d+\s?[A-Za-z]+)\W*$/.exec(written) ?? []
  const meant = ['timeout', 'memory'].map((name) => `run:*{${name}:${amount}}`)
  const known = meant.find((one) => parseCapability(one).ok)
  return known === undefined ? `name one: - ${limitOf(rule, index)}` : `write: - **Limit** \`${known}\``
}

const exampleLimits: Constraints = { timeout: 1_800_000 }

interface Written {
  readonly token: CodeToken | undefined
  readonly opens: boolean
}

/** Where something is opened nothing wider is offered. */
function tellUnlikely(capability: Capability, { token, opens }: Written, report: Report): void {
  const unlikely = token && unlikelyIn(capability, token.text)
  if (!unlikely) return
  const { message, fix } = unlikely
  const isWider = opens && stars(fix ?? '') > stars(capability.pattern)
  report('rule/unlikely', token, message, fix === undefined || isWider ? {} : { fix })
}

function stars(text: string): number {
  return text.split('*').length
}

function clausesFit(rule: Rule, { clauses }: Draft, report: Report): boolean {
  const wrong: Partial<Record<keyof Clauses, boolean>> = {
    before: rule.effect !== 'require',
    when: rule.effect !== 'require',
    via: rule.effect !== 'allow' && rule.effect !== 'only',
    in: rule.layer !== 'user',
  }
  const names = (Object.keys(wrong) as (keyof Clauses)[]).filter((name) => wrong[name])
  let fine = true
  for (const name of names) {
    const clause = clauses[name]
    if (!clause) continue
    const where = name === 'in' ? 'a rule that is not in your own `~/.agent-os`' : article(rule.effect)
    fine = fail(report, 'rule/misplaced-clause', clause, `\`${name}\` stands in ${where}`)
  }
  if (clauses.in && rule.in !== undefined && rule.layer === 'user' && !isFolder(rule.in)) {
    fine = fail(report, 'rule/folder', clauses.in, `\`${rule.in.slice(0, 80)}\` is no project’s folder`)
  }
  if (rule.via && rule.via.resource !== 'shell' && clauses.via) {
    fine = fail(
      report,
      'rule/misplaced-clause',
      clauses.via,
      '`via` names something that is no command',
      'write: via `shell:terraform plan *`',
    )
  }
  return fine
}

/** A pattern that stands for the same folders wherever it is read. */
function isFolder(pattern: string): boolean {
  return /^(?:~\/|\/)/.test(pattern) && parseCapability(`file:${pattern}:read`).ok
}

function constraintsFit(rule: Rule, draft: Draft, report: Report): boolean {
  let fine = true
  rule.capabilities.forEach(({ resource, constraints }, index) => {
    // Of a run it is told that it stands in a Limit alone.
    if (resource === 'run') return
    for (const name of constraintsOf(constraints).filter((one) => !takes(rule.effect, one))) {
      const said = `\`${name}\` stands in ${article(rule.effect)}`
      fine = fail(report, 'rule/constraint', at(draft, index), said, limitApart(rule, index))
    }
  })
  rule.except.forEach(({ constraints }, index) => {
    const [name] = constraintsOf(constraints)
    if (name !== undefined)
      fine = fail(report, 'rule/constraint', exceptAt(draft, index), `\`${name}\` stands in an exception`)
  })
  return fine
}

export function constraintsOf(constraints: Constraints): readonly ConstraintName[] {
  return Object.keys(constraints) as ConstraintName[]
}

/** What says how much stays within an Allow or a Limit; what says whereto tells which requests are meant. */
export function takes(effect: Effect, name: ConstraintName): boolean {
  if (name === 'everywhere') return effect === 'deny'
  if (name === 'to' || name === 'remote') return true
  if (name === 'expires') return effect === 'allow' || effect === 'only'
  return effect !== 'deny' && effect !== 'ask'
}

/** What was meant to limit. */
function limitApart({ effect, capabilities }: Rule, index: number): string | undefined {
  const { constraints = {}, ...bare } = capabilities[index] ?? {}
  const isOne = capabilities.length === 1 && constraintsOf(constraints).every((name) => takes('limit', name))
  if (!isOne || (effect !== 'deny' && effect !== 'ask')) return undefined
  const limit = `**Limit** ${printCode(printCapability({ ...bare, constraints } as Capability))}`
  return effect === 'deny'
    ? `write: - ${limit}`
    : `limit it by a rule of its own, on the next line: - ${limit}`
}

/** oos runs it itself: one command, word for word. */
function isPlainCommand({ resource, pattern, constraints }: Capability): boolean {
  return (
    resource === 'shell' &&
    !/[*?[{]/.test(pattern.replace(/\\./g, '')) &&
    Object.keys(constraints).every((name) => name === 'timeout')
  )
}

function fail(report: Report, code: Parameters<Report>[0], span: Span, message: string, fix?: string): false {
  report(code, span, message, fix ? { fix } : {})
  return false
}

function at(draft: Draft & { readonly span?: Span }, index: number): Span {
  return draft.capabilities[index] ?? draft.span ?? { start: 0, end: 0 }
}

function exceptAt(draft: Draft, index: number): Span {
  return draft.clauses.except?.items[index] ?? { start: 0, end: draft.end }
}

function article(effect: Rule['effect']): string {
  return effect === 'allow' || effect === 'only' || effect === 'ask'
    ? `an ${effectTitle(effect)}`
    : `a ${effectTitle(effect)}`
}
