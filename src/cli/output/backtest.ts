import type { Backtest } from '../../ops/backtest/backtest.ts'
import type { BacktestChange, BacktestExample } from '../../ops/backtest/changes.ts'
import type { RequestKind } from '../../ops/backtest/recorded-request.ts'
import { requestHere, type Stand } from '../../ops/request-here.ts'
import { shortId } from '../../store/ulid.ts'
import type { Terminal } from '../terminal.ts'
import { ruleData } from './decision.ts'
import { paintEffect, renderRuleLine } from './rules.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

type Place = Pick<Terminal, 'style' | 'width'> & { readonly stand: Stand }

/** One paragraph a rule: what it would have done to how many requests of which runs; then what all of it was. */
export function renderBacktest(result: Backtest, place: Place): string {
  const paragraphs = result.changes.map((change) => renderChange(change, result, place))
  return [...paragraphs, renderSummary(result, place.style)].join('\n')
}

export function backtestData(result: Backtest) {
  return {
    ...result,
    changes: result.changes.map(({ rule, ...change }) => ({ ...change, rule: rule && ruleData(rule) })),
  }
}

const mostExamples = 5
const mostRuns = 3

function renderChange(
  change: BacktestChange,
  { requests }: Backtest,
  { style, width, stand }: Place,
): string {
  const { rule, kind, examples, count } = change
  const what = share(count, requests[kind], kind)
  const shown = examples.slice(0, mostExamples)
  const rest = count - sum(shown.map((example) => example.count))
  const prior = priorRules(examples)
  const then = prior.length === 0 ? '' : 'at the time'
  return [
    `${style.bold(`${headline(change, what)}, ${renderRuns(change)}`)}\n`,
    ...(rule === undefined
      ? []
      : [`${paintEffect(rule.effect, style)('now'.padEnd(then.length))}  ${renderRuleLine(rule, style)}\n`]),
    ...prior.map((by) => `${style.dim(then)}  ${by}\n`),
    indented(renderExamples(shown, { style, width: width - 2, stand })),
    ...(rest > 0 ? [`  and ${number(rest)} more\n`] : []),
  ].join('')
}

function headline({ rule, was, now }: BacktestChange, what: string): string {
  if (rule === undefined) return `No rule would allow ${what}`
  const effect = `This ${rule.effect[0]?.toUpperCase()}${rule.effect.slice(1)}`
  if (now === 'deny') return `${effect} would have stopped ${what}`
  if (now === 'ask') return `${effect} would have asked about ${what}`
  return was === 'ask'
    ? `${effect} would have let through, without a question, ${what}`
    : `${effect} would have let through ${what}`
}

function renderRuns({ runs, inRuns, count }: BacktestChange): string {
  const names = inRuns.slice(0, mostRuns).map(({ run }) => shortId(run))
  if (runs === 1) return `${count === 1 ? '' : 'all '}in run ${names[0]}`
  const more = runs > names.length ? ` and ${runs - names.length} more` : ''
  return `in ${runs} runs: ${names.join(', ')}${more}`
}

/** What decided before, as the record has it; the rules have been edited since. */
function priorRules(examples: readonly BacktestExample[]): readonly string[] {
  const lines = examples.flatMap(({ by }) =>
    by === undefined ? [] : [`${sanitizeLine(`${by.file}:${by.line}`)} ${sanitizeLine(by.text)}`],
  )
  const different = [...new Set(lines)]
  return different.length > mostRuns ? [`${different.length} rules`] : different
}

function renderExamples(examples: readonly BacktestExample[], { style, width, stand }: Place): string {
  return renderTable(examples, {
    columns: [
      { title: 'request', text: ({ request }) => requestHere(request, stand), wrap: true },
      { title: 'times', text: ({ count }) => (count === 1 ? '' : `${count} ×`), align: 'right' },
      { title: 'run', text: ({ run }) => shortId(run), paint: () => style.place },
      { title: 'event', named: true, text: ({ seq }) => String(seq), align: 'right' },
    ],
    width,
    heading: style.dim,
  })
}

function renderSummary(result: Backtest, style: Style): string {
  const { runs, requests, changes } = result
  const kinds = Object.entries(requests) as [RequestKind, number][]
  const asked = `${plural(sum(kinds.map(([, count]) => count)), 'request')} in ${plural(runs, 'run')}`
  const different = sum(changes.map(({ count }) => count))
  const found =
    different === 0
      ? `Nothing would have come out differently: ${asked}`
      : `${number(different)} of ${asked} would have come out differently`
  const each = kinds.filter(([, count]) => count > 0).map(([kind, count]) => plural(count, kind))
  const head = each.length === 0 ? found : `${found} (${each.join(', ')})`
  const notes = notesOf(result).map((note) => `${style.dim('note')} ${note}\n`)
  return `${style.bold(head)}\n${notes.join('')}`
}

/** What the answer rests on, and what is not in it. */
function notesOf({ runs, sameRules, elsewhere, leftOut, unknownAgents }: Backtest): readonly string[] {
  const others = runs - sameRules
  return [
    ...(runs > 0 && others === 0 ? ['every run went by exactly these rules'] : []),
    ...(others > 0 ? [`${plural(others, 'run')} went by other rules than these`] : []),
    ...(Object.keys(reasons) as (keyof typeof reasons)[])
      .filter((why) => leftOut[why] > 0)
      .map((why) => `${plural(leftOut[why], 'request')} left out: ${reasons[why]}`),
    ...unknownAgents.map(
      (name) => `no agent \`${sanitizeLine(name)}\` is defined any more: what is for all was asked for it`,
    ),
    ...(elsewhere > 0 ? [`${plural(elsewhere, 'run')} of other projects left out`] : []),
  ]
}

const reasons: Readonly<Record<keyof Backtest['leftOut'], string>> = {
  unreadable: 'not a request, or none that this oos knows',
  redacted: 'a secret was taken out when it was recorded',
  'run-rule': "the run's own --allow or --deny decided",
  address: 'refused for where the name led, which rules do not tell',
  quota: 'refused then, and allowed now by a rule that counts',
}

function share(count: number, all: number, kind: RequestKind): string {
  return all === 1 ? `your only ${kind}` : `${number(count)} of your last ${plural(all, kind)}`
}

function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`
}

function number(count: number): string {
  return count.toLocaleString('en')
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
