import { type Aim, parseCapability, printCapability } from '../../policy/capability/capability.ts'
import { closingBrace, expandBraces } from '../../policy/match/braces.ts'
import type { Capability, Effect, LayerName, Rule, RuleExample } from '../../policy/types.ts'
import { type CodeToken, spanInCode } from '../markdown/inline.ts'
import { oneLine, type Span, type SpecText } from '../markdown/text.ts'
import type { Report } from '../report.ts'
import { nearestWord } from '../spelling.ts'
import type { NamedPattern } from '../types.ts'
import { checkRule } from './check.ts'
import type { Draft, ListClause } from './grammar.ts'
import { expandLet, literalLet } from './lets.ts'

/** What a rule is read in: its file, and what that file gives it. */
export interface RuleContext {
  readonly text: SpecText
  readonly report: Report
  readonly layer: LayerName
  readonly pack?: string
  readonly lets: ReadonlyMap<string, NamedPattern>
  /** The names that a rule has used so far. */
  readonly usedLets: Set<string>
}

export interface RuleDraft extends Draft {
  readonly effect: Effect
  /** From the list item's first character to the end of what is no reason. */
  readonly span: Span
  /** As written, on one line. */
  readonly written: string
  readonly reason?: string
  readonly examples: readonly RuleExample[]
}

/** Looks up what the draft names; undefined once something was reported. */
export function buildRule(draft: RuleDraft, context: RuleContext): Rule | undefined {
  const { text, report, layer, pack } = context
  const { clauses, effect, reason, examples } = draft
  const capabilities = parseAll(draft.capabilities, aims[effect], context)
  const except = parseAll(clauses.except?.items ?? [], effect === 'allow' ? 'closes' : 'opens', context)
  const when = parseOne(clauses.when, 'closes', context)
  const via = parseOne(clauses.via, 'runs', context)
  const agents = parseAgents(clauses.for, report)
  if (!capabilities || !except || !agents || when === 'broken' || via === 'broken') return undefined
  const folder = clauses.in?.items[0]?.text
  const rule: Rule = {
    effect,
    capabilities,
    except,
    agents,
    ...(clauses.before && { stage: clauses.before.stage }),
    ...(when && { when }),
    ...(via && { via }),
    ...(folder !== undefined && { in: folder }),
    ...(reason && { reason }),
    source: { ...text.place(draft.span), text: oneLine(draft.written), ...(pack && { pack }) },
    layer,
    examples,
  }
  return checkRule(rule, draft, report) ? rule : undefined
}

/** What a rule's capabilities are for. */
export const aims: Readonly<Record<Effect, Aim>> = {
  allow: 'opens',
  deny: 'closes',
  ask: 'closes',
  only: 'closes',
  limit: 'closes',
  require: 'runs',
}

function parseAll(
  tokens: readonly CodeToken[],
  aim: Aim,
  context: RuleContext,
): readonly Capability[] | undefined {
  const parsed = tokens.map((token) => parseToken(token, aim, context))
  return parsed.every((capability) => capability !== undefined) ? parsed : undefined
}

function parseOne(
  clause: ListClause | undefined,
  aim: Aim,
  context: RuleContext,
): Capability | 'broken' | undefined {
  const token = clause?.items[0]
  return token && (parseToken(token, aim, context) ?? 'broken')
}

function parseToken(
  token: CodeToken,
  aim: Aim,
  { text, report, lets, usedLets }: RuleContext,
): Capability | undefined {
  if (refuseSeveral(token, aim, report)) return undefined
  const expanded = expandLet(token, lets)
  if ('unknown' in expanded) {
    report(
      'let/unknown',
      spanInCode(text.text, token, expanded.at),
      `no Let of this file gives \`${expanded.unknown}\` a pattern`,
      { fix: letFix(expanded.unknown, [...lets.keys()]) },
    )
    return undefined
  }
  if (expanded.name) usedLets.add(expanded.name)
  const literal = literalLet(token.text, lets)
  if (literal)
    report(
      'rule/unlikely',
      spanInCode(text.text, token, literal.at),
      `\`${literal.name}\` stands for its pattern only where a capability’s pattern begins`,
    )
  const result = parseCapability(expanded.text, aim)
  if (result.ok) return result.value
  if (
    expanded.name === undefined &&
    result.problems[0]?.fix === undefined &&
    refuseAcross(token, aim, report)
  )
    return undefined
  for (const problem of result.problems) {
    report.capability(spanInCode(text.text, token, expanded.columnOf(problem.column) - 1), problem)
  }
  return undefined
}

/** Two capabilities in one span would be a single strange pattern. */
function refuseSeveral(token: CodeToken, aim: Aim, report: Report): boolean {
  // In a command a blank stands between words.
  const between = token.text.startsWith('shell:') ? /,\s*(?=[a-z]+:)/ : /[\s,;]+(?=[a-z]+:)/
  const texts = token.text.split(between)
  const isEach = texts.length > 1 && texts.every((text) => parseCapability(text, aim).ok)
  if (!isEach) return false
  const fix = texts.map((text) => `\`${text}\``).join(', ')
  report.capability(token, {
    code: 'capability/pattern',
    message: 'each capability has backticks of its own',
    fix,
  })
  return true
}

/** `http:{a.com:80,b.com:443}:request`: no braces hold a host and its port. */
function refuseAcross(token: CodeToken, aim: Aim, report: Report): boolean {
  const groups = /^(?:http|browser):/.test(token.text) ? outerGroups(token.text) : []
  const isAcross = groups.some((group) => group.includes(',') && /[:/[]/.test(group))
  if (!isAcross || token.text.split('{').length > mostGroups) return false
  const read = expandBraces(token.text).map((text) => parseCapability(text, aim))
  const meant = read.map((one) => (one.ok ? printCapability(one.value) : one.problems[0]?.fix))
  if (meant.length > mostMeant || meant.includes(undefined)) return false
  // Each would be given the whole of what all together may have.
  const isLimited = meant.some((text) => text?.endsWith('}'))
  report.capability(token, {
    code: 'capability/pattern',
    message: 'in braces stand names of hosts, ports or paths alone: each of these is a capability of its own',
    ...(!isLimited && { fix: meant.map((text) => `\`${text}\``).join(', ') }),
  })
  return true
}

function outerGroups(text: string): readonly string[] {
  const open = text.indexOf('{')
  const close = open < 0 ? -1 : closingBrace(text, open)
  return close < 0 ? [] : [text.slice(open, close + 1), ...outerGroups(text.slice(close + 1))]
}

const mostGroups = 4
const mostMeant = 8

function letFix(name: string, known: readonly string[]): string {
  const near = nearestWord(name, known)
  if (near) return `did you mean \`${near}\`?`
  return `write: - **Let** \`${/^@[A-Za-z]/.test(name) ? name : '@code'}\` = \`src/**\``
}

function parseAgents(clause: ListClause | undefined, report: Report): readonly string[] | undefined {
  const wrong = clause?.items.find(({ text }) => !agentName.test(text))
  if (wrong) {
    report('rule/agent-name', wrong, `\`${wrong.text}\` is no agent’s name`)
    return undefined
  }
  return clause?.items.map(({ text }) => text) ?? []
}

/** Names of agents; also what a definition may call itself. */
export const agentName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/
