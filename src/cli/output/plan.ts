import type { Decision, Rule } from '../../policy/types.ts'
import type { EnvEntry, LimitPlan, Mount, SandboxPlan, Unheld } from '../../sandbox/types.ts'
import { printDuration, printSize } from '../../shared/units.ts'
import { createRedactor } from '../../store/redact.ts'
import { isSecretVariable } from '../../store/secrets/names.ts'
import type { Terminal } from '../terminal.ts'
import { isShipped, paintEffect, renderRulePlace } from './rules.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'
import { type Column, renderTable } from './table.ts'
import { wrapText } from './width.ts'

export interface Planned {
  readonly plan: SandboxPlan
  /** Of the command: without an allow, it would not start. */
  readonly decision: Decision
}

/** What `oos run` would do, row by row, with the rule or reason behind each. */
export function renderPlan(
  { plan, decision }: Planned,
  { style, width }: Pick<Terminal, 'style' | 'width'>,
): string {
  const section = <Row>(title: string, rows: readonly Row[], columns: readonly Column<Row>[]): string =>
    rows.length === 0
      ? ''
      : `\n${style.bold(title)}\n${renderTable(rows, { columns, width, heading: style.dim })}`
  return [
    `${style.bold('Command')}  ${plan.command.join(' ')}\n${style.bold('In')}       ${plan.cwd}\n`,
    `${style.bold('Decided')}  ${renderDecision(decision, style)}\n`,
    section('Files', ownFirst(plan.mounts), mountColumns),
    section('Environment', ownFirst(plan.env), envColumns),
    renderUnpassed(plan.unpassed, width),
    `\n${style.bold('Network')}\n${renderNetwork(plan)}\n`,
    section('Limits', plan.limits, limitColumns),
    section('Not held here', plan.unheld, unheldColumns),
  ].join('')
}

/** A reader looks for what people here wrote; what ships, and what oos does by itself, is the same in every project. */
function ownFirst<Row extends Pick<Mount, 'rule'>>(rows: readonly Row[]): readonly Row[] {
  const rank = ({ rule }: Row) => (rule === undefined ? 2 : isShipped(rule) ? 1 : 0)
  return rows.toSorted((a, b) => rank(a) - rank(b))
}

const meanings: Readonly<Record<Decision['effect'], string>> = {
  allow: '',
  ask: ': a person is asked first',
  deny: ': it would not start',
}

function renderDecision({ effect, rule, reasons }: Decision, style: Style): string {
  const unread = reasons.find(({ kind }) => kind === 'undecidable')?.text
  const place = rule === undefined ? 'no rule allows it' : `${renderRulePlace(rule)} ${rule.source.text}`
  const why = [unread, place].filter((part) => part !== undefined).join('; ')
  return `${paintEffect(effect, style)(effect)}${meanings[effect]}  ${sanitizeLine(why)}`
}

/** Names alone, folded: there may be many, and few were meant for the command. */
function renderUnpassed(unpassed: SandboxPlan['unpassed'], width: number): string {
  const named = (which: typeof unpassed) => which.map(({ name }) => sanitizeLine(name)).join(', ')
  const open = unpassed.filter(({ rule }) => rule === undefined)
  const closed = unpassed.filter(({ rule }) => rule !== undefined)
  const lines = [
    ...(open.length === 0 ? [] : [`not passed: ${named(open)}; to pass one: - **Allow** \`env:NAME:read\``]),
    ...(closed.length === 0 ? [] : [`kept out by a rule: ${named(closed)}`]),
  ]
  return lines.map((line) => `${wrapText(line, width - 2).join('\n  ')}\n`).join('')
}

const mountWords: Readonly<Record<Mount['kind'], string>> = {
  read: 'read',
  write: 'write',
  pin: 'kept in place',
  'mask-file': 'hidden',
  'mask-folder': 'empty',
  'stand-in': 'empty',
  tmpfs: 'private',
  link: 'link',
  proc: 'own /proc',
  dev: 'own /dev',
  device: 'own device',
  file: 'made up',
  copy: 'copied',
}

const mountColumns: readonly Column<Mount>[] = [
  { title: 'how', text: (mount) => mountWords[mount.kind] },
  { title: 'path', text: describeMount, wrap: true },
  { title: 'because', text: because, wrap: true },
]
const envColumns: readonly Column<EnvEntry>[] = [
  { title: 'name', text: (entry) => entry.name },
  { title: 'value', text: shownValue, wrap: true },
  { title: 'because', text: because, wrap: true },
]
const limitColumns: readonly Column<LimitPlan>[] = [
  { title: 'limit', text: (limit) => limit.name },
  { title: 'at', text: (limit) => printLimit(limit) },
  { title: 'held by', text: (limit) => limit.heldBy.join(', ') || 'nothing' },
  { title: 'because', text: because, wrap: true },
]
const unheldColumns: readonly Column<Unheld>[] = [
  { title: 'rule', text: ({ rule }) => rule.source.text, wrap: true },
  { title: 'missing', text: (row) => row.missing, wrap: true },
  { title: 'where', text: ({ rule }) => renderRulePlace(rule) },
]

/** A plan is shown to others, too: what a secret is passed as says enough. */
function shownValue({ name, value }: EnvEntry): string {
  return isSecretVariable(name) ? '[redacted]' : createRedactor({}).text(value)
}

function describeMount({ kind, path, source, target, bytes }: Mount): string {
  if (target !== undefined) return `${path} → ${target}`
  if (source !== undefined && source !== path && kind !== 'stand-in') return `${path} (from ${source})`
  return bytes === undefined ? path : `${path} (${printSize(bytes)})`
}

function because({ rule, note }: Pick<Mount, 'rule' | 'note'>): string {
  const place = rule === undefined ? '' : renderRulePlace(rule)
  return [place, note ?? rule?.reason ?? ''].filter((part) => part !== '').join('  ')
}

const printLimitValue: Readonly<Record<LimitPlan['name'], (value: number) => string>> = {
  timeout: printDuration,
  cpu: printDuration,
  memory: printSize,
  disk: printSize,
  output: printSize,
  processes: String,
}

/** As a rule would write it. */
function printLimit({ name, value }: Pick<LimitPlan, 'name' | 'value'>): string {
  return printLimitValue[name](value)
}

function renderNetwork({ network }: SandboxPlan): string {
  if (network.mode === 'none') return `none: ${network.note}`
  return [
    'through oos, which decides every connection by',
    ...network.rules.map((rule) => `  ${rule.source.text}  ${renderRulePlace(rule)}`),
  ].join('\n')
}

/** The plan for programs: each row with the line of the rule behind it. */
export function planJson({ plan, decision }: Planned): unknown {
  const { effect, rule, reasons } = decision
  const text = reasons.find((reason) => reason.text !== undefined)?.text
  const decided = { effect, ...(rule && { rule }), ...(text !== undefined && { text }) }
  const env = plan.env.map((entry) => ({ ...entry, value: shownValue(entry) }))
  return JSON.parse(
    JSON.stringify({ decision: decided, ...plan, env }, (key, value) =>
      key === 'rule' ? ruleJson(value) : value,
    ),
  )
}

function ruleJson({ source, reason }: Rule): unknown {
  const { file, line, column, text } = source
  return { file, line, column, text, reason }
}
