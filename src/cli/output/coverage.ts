import { type CoverageCount, type CoveredLine, countLines, holdingsOf } from '../../ops/points/coverage.ts'
import { pointNames } from '../../ops/points/points.ts'
import type { Holding, HoldMachine } from '../../sandbox/holds.ts'
import type { Terminal } from '../terminal.ts'
import { ruleData } from './decision.ts'
import { renderRulePlace } from './rules.ts'
import { sanitize, sanitizeLine } from './sanitize.ts'
import type { Paint, Style } from './style.ts'
import { type Column, renderTable } from './table.ts'

type Level = Holding['level']
type Place = Pick<Terminal, 'style' | 'width'>

/** Every line with its verdict, each point's part in it, and what is missing; then how much of it all is held. */
export function renderCoverage(
  lines: readonly CoveredLine[],
  machine: HoldMachine,
  { style, width }: Place,
): string {
  const rows = lines.map((line) => ({ line, points: line.rule && holdingsOf(line.rule, machine) }))
  type Row = (typeof rows)[number]
  const columns: readonly Column<Row>[] = [
    { title: 'where', text: ({ line }) => renderWhere(line), paint: () => style.place },
    { title: 'line', text: ({ line }) => line.text, wrap: true },
    {
      title: 'held',
      text: ({ line }) => verdictWord(line),
      paint: ({ line }) => paintLevel(line.verdict.level, style),
    },
    ...pointNames.map((point) => ({
      title: point,
      named: true,
      text: ({ points }: Row) => shownLevel(points?.[point].level),
      paint: ({ points }: Row) => paintLevel(points?.[point].level ?? 'none', style),
    })),
    { title: 'note', text: ({ line }) => noteOf(line), wrap: true },
  ]
  return `${renderTable(rows, { columns, width, heading: style.dim })}\n${renderCounts(lines, style)}`
}

/** The markdown as it stands, with what holds each line in its margin. */
export function renderAnnotated(
  source: { path: string; text: string },
  lines: readonly CoveredLine[],
  style: Style,
): string {
  const own = lines.filter(({ place }) => place.file === source.path)
  const labels = own.map(marginLabel)
  const width = Math.max(0, ...labels.map(({ length }) => length))
  const text = source.text.replace(/(?:\r\n|\n|\r)$/, '').split(/\r\n|\n|\r/)
  const digits = String(text.length).length
  const body = text.map((line, index) => {
    const number = index + 1
    const here = own.filter(({ place }) => place.line <= number && number <= (place.endLine ?? place.line))
    const worst = order.flatMap((level) => here.find(({ verdict }) => verdict.level === level) ?? [])[0]
    const label = worst?.place.line === number ? marginLabel(worst) : ''
    const margin = `${worst ? marks[worst.verdict.level] : ' '} ${label.padEnd(width)}`
    const painted = worst ? paintLevel(worst.verdict.level, style)(margin) : margin
    return `${painted} ${style.dim(`${String(number).padStart(digits)} │`)} ${sanitize(line)}`.trimEnd()
  })
  return `${style.bold(sanitizeLine(source.path))}  ${renderCount(countLines(own))}\n${body.join('\n')}\n`
}

/** One line a file, and one for all that somebody here wrote. */
function renderCounts(lines: readonly CoveredLine[], style: Style): string {
  const own = lines.filter((line) => line.own)
  const files = [...new Set(own.map(({ place }) => place.file))]
  const each = files.map(
    (file) =>
      `${style.place(sanitizeLine(file))}  ${renderCount(countLines(own.filter(({ place }) => place.file === file)))}\n`,
  )
  const open = own.filter(({ advisory, rule }) => advisory?.suggestion !== undefined && rule === undefined)
  const more =
    open.length === 0
      ? ''
      : `${open.length === 1 ? '1 sentence is' : `${open.length} sentences are`} plain enough to be a rule: oos spec suggest\n`
  const count = countLines(own)
  const held = count.partial > 0 ? 'held, in part at least' : 'held'
  const all = `${style.bold(`${count.percent}%`)} of what is written here is ${held}: ${renderParts(count)}\n`
  return `${files.length > 1 ? each.join('') : ''}${all}${more}`
}

/** What `--json` says. */
export function coverageData(lines: readonly CoveredLine[], machine: HoldMachine) {
  const rules = lines.filter(({ advisory }) => advisory === undefined)
  return {
    summary: countLines(lines.filter(({ own }) => own)),
    rules: rules.flatMap(({ rule, verdict, own }) =>
      rule ? [{ ...ruleData(rule), verdict, own, holdings: holdingsOf(rule, machine) }] : [],
    ),
    advisory: lines.flatMap(({ advisory, rule, verdict }) =>
      advisory ? [{ ...advisory, verdict, rule: rule && ruleData(rule) }] : [],
    ),
  }
}

const order: readonly Level[] = ['none', 'partial', 'full']
const marks: Readonly<Record<Level, string>> = { full: '●', partial: '◐', none: '○' }

function paintLevel(level: Level, style: Style): Paint {
  return { full: style.good, partial: style.warn, none: style.bad }[level]
}

function verdictWord({ verdict, rule }: CoveredLine): string {
  return `${marks[verdict.level]} ${rule ? verdict.level : 'advisory'}`
}

function marginLabel({ verdict, rule }: CoveredLine): string {
  if (rule === undefined) return 'advisory'
  const [first = '', ...others] = verdict.by
  if (verdict.level === 'none') return 'not held'
  if (verdict.level === 'full' || others.length === 0) return first
  return others.length === 1 ? `${first}, ${others[0]}` : `${first} and ${others.length} more`
}

function shownLevel(level: Level | undefined): string {
  return level === undefined || level === 'none' ? '' : level
}

function renderWhere({ rule, advisory, place }: CoveredLine): string {
  return rule && !advisory ? renderRulePlace(rule) : `${place.file}:${place.line}`
}

function noteOf({ rule, advisory, verdict, place }: CoveredLine): string {
  if (rule === undefined) return advisory?.suggestion === undefined ? '' : `as a rule: ${advisory.suggestion}`
  if (advisory === undefined) return verdict.missing ?? ''
  const where = rule.source.file === place.file ? `line ${rule.source.line}` : renderRulePlace(rule)
  return `as ${where} says${verdict.missing === undefined ? '' : `: ${verdict.missing}`}`
}

function renderCount(count: CoverageCount): string {
  return count.lines === 0 ? 'asks for nothing' : `${count.percent}% held: ${renderParts(count)}`
}

function renderParts({ lines, full, partial, none }: CoverageCount): string {
  return `${lines} ${lines === 1 ? 'line' : 'lines'}, ${full} in full, ${partial} in part, ${none} not at all`
}
