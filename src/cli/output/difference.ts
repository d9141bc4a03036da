import type { SpecDifference } from '../../ops/diff/spec-diff.ts'
import { requestHere } from '../../ops/request-here.ts'
import { type Change, type Undecided, widens } from '../../policy/analysis/inspect.ts'
import { printWitness } from '../../policy/analysis/witness.ts'
import { printCapability } from '../../policy/capability/capability.ts'
import type { TermChange } from '../../policy/difference/terms.ts'
import type { DecisionEffect, Rule } from '../../policy/types.ts'
import type { Terminal } from '../terminal.ts'
import { ruleData } from './decision.ts'
import { renderRulePlace } from './rules.ts'
import { sanitizeLine } from './sanitize.ts'
import { type Column, renderTable } from './table.ts'

/** One line of an answer: what is new, examples of it, and the line that does it. */
export interface Row {
  readonly title: string
  readonly widens: boolean
  readonly examples: readonly string[]
  readonly agent: string
  readonly sign: '+' | '-'
  readonly rule: Rule
}

const titles: Readonly<Record<DecisionEffect, string>> = {
  allow: 'newly allowed',
  ask: 'newly asked',
  deny: 'newly denied',
}

export function renderDifference(
  difference: SpecDifference,
  { style, width, cwd }: Pick<Terminal, 'style' | 'width'> & Partial<Pick<Terminal, 'cwd'>>,
): string {
  const rows = rowsOf(difference, cwd?.())
  if (rows.length === 0) return `${style.good('the rules mean the same')} ${between(difference)}\n`
  const end = difference.widens ? style.bad('this allows more') : style.good('this allows no more')
  return `${renderRows(rows, { style, width })}${end} ${between(difference)}\n`
}

export function renderRows(
  rows: readonly Row[],
  { style, width }: Pick<Terminal, 'style' | 'width'>,
): string {
  const columns: readonly Column<Row>[] = [
    { title: 'what', text: ({ title }) => title, paint: ({ widens }) => (widens ? style.bad : style.good) },
    { title: 'for example', text: ({ examples }) => examples.join('  '), wrap: true },
    { title: 'for', named: true, text: ({ agent }) => (agent === 'command' ? '' : agent) },
    { title: '', text: ({ sign }) => sign },
    { title: 'line', text: ({ rule }) => renderRulePlace(rule), paint: () => style.place },
    { title: 'rule', text: ({ rule }) => rule.source.text, wrap: true },
  ]
  return renderTable(rows, { columns, width, heading: style.dim })
}

/** For a comment on a pull request. */
export function renderMarkdown(difference: SpecDifference): string {
  const rows = rowsOf(difference)
  const head = `### What the rules mean: ${difference.from} → ${difference.to}\n\n`
  if (rows.length === 0) return `${head}The same: every request is decided as before.\n`
  const groups = [...new Set(rows.map(({ title }) => title))].map((title) => {
    const items = rows.filter((row) => row.title === title).map(markdownItem)
    return `**${title[0]?.toUpperCase()}${title.slice(1)}**\n\n${items.join('')}`
  })
  const end = difference.widens ? '⚠️ This allows more than before.' : 'This allows no more than before.'
  return `${head}${groups.join('\n')}\n${end}\n`
}

/** What a difference or an excess has to tell, and where its patterns stand. */
export type Told = Pick<SpecDifference, 'changes' | 'undecided' | 'terms' | 'root' | 'home'>

export function differenceData(difference: SpecDifference) {
  const { from, to, widens } = difference
  return { from, to, widens, ...toldData(difference) }
}

export function toldData(told: Told) {
  const { changes, terms, undecided } = told
  const about = ({ agent, side, rule, capability }: Undecided) => ({
    agent,
    side,
    capability: printCapability(capability),
    rule: ruleData(rule),
  })
  const list = (effect: DecisionEffect) =>
    changes
      .filter((change) => change.to === effect)
      .map((change) => ({
        ...about(change),
        was: change.from,
        examples: change.witnesses.map(exampleData(told)),
      }))
  return {
    allowed: list('allow'),
    asked: list('ask'),
    denied: list('deny'),
    terms: terms.map(({ rule, ...term }) => ({ ...term, rule: ruleData(rule) })),
    undecided: undecided.map(about),
  }
}

function exampleData(place: Told) {
  return ({ request, before, after }: Change['witnesses'][number]) => ({
    request: printWitness(request, place),
    before: before && ruleData(before),
    after: after && ruleData(after),
  })
}

/** Examples are written as they are typed in `cwd`; from the project's root, if that is left out. */
export function rowsOf(difference: Told, cwd = difference.root): readonly Row[] {
  const { changes, undecided, terms } = difference
  const order: readonly DecisionEffect[] = ['allow', 'ask', 'deny']
  return [
    ...order.flatMap((effect) =>
      changes.filter(({ to }) => to === effect).map((change) => changeRow(change, difference, cwd)),
    ),
    ...undecided.map(undecidedRow),
    ...terms.map(termRow),
  ]
}

function changeRow(change: Change, place: Told, cwd: string): Row {
  const { to, agent, side, rule, witnesses } = change
  const requests = witnesses.map(({ request }) => printWitness(request, place))
  const examples = [...new Set(requests)].slice(0, 3).map((text) => requestHere(text, { ...place, cwd }))
  return { title: titles[to], widens: widens(change), examples, agent, sign: sign(side), rule }
}

function undecidedRow({ agent, side, rule, capability }: Undecided): Row {
  const examples = [printCapability(capability)]
  return { title: 'not decided: may allow more', widens: true, examples, agent, sign: sign(side), rule }
}

function termRow({ what, agent = 'command', from, to, widens, rule }: TermChange): Row {
  const examples = [`${from ?? 'none'} → ${to ?? 'none'}`]
  return { title: what, widens, examples, agent, sign: to === undefined ? '-' : '+', rule }
}

function sign(side: Change['side']): Row['sign'] {
  return side === 'added' ? '+' : '-'
}

function between({ from, to }: SpecDifference): string {
  return `(${from} → ${to})`
}

function markdownItem({ examples, agent, sign: mark, rule }: Row): string {
  const who = agent === 'command' ? '' : ` for ${code(agent)}`
  const line = `${mark} ${code(renderRulePlace(rule))} ${code(rule.source.text)}`
  return `- ${examples.map(code).join(', ')}${who}\n  <br>${line}\n`
}

/** A code span whose fence is longer than every run of backticks in it: nothing in a rule can become markup. */
function code(text: string): string {
  const line = sanitizeLine(text)
  const fence = '`'.repeat(Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length)) + 1)
  return fence.length > 1 ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`
}
