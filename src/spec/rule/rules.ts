import type { InlineCode, ListItem, Nodes, Paragraph, Root, Table, TableRow } from 'mdast'
import { parseCapability } from '../../policy/capability/capability.ts'
import type { Effect, Rule } from '../../policy/types.ts'
import { spanOf, tokenize } from '../markdown/inline.ts'
import type { Span } from '../markdown/text.ts'
import { mendRule } from '../prose/mend.ts'
import {
  type BlockPlace,
  findNearMiss,
  type NearMiss,
  plainText,
  type TextBlock,
} from '../prose/near-miss.ts'
import type { Meant } from '../prose/plain-rule.ts'
import {
  openSection,
  type Section,
  type Spoken,
  spokenAbove,
  spokenAround,
  spokenIn,
} from '../prose/spoken-of.ts'
import type { NamedPattern } from '../types.ts'
import type { RuleContext } from './build.ts'
import { constraintsOf, takes } from './check.ts'
import { effectSpokenOf, readEffect, startsAsCapability } from './effect-word.ts'
import { exampleIn } from './example.ts'
import { readItem } from './item.ts'
import { parseLet, reportNames } from './lets.ts'
import { reportCode, reportHtml } from './lost.ts'
import { isBareCapability } from './shape.ts'

export interface RulesReading {
  readonly rules: readonly Rule[]
  readonly lets: readonly NamedPattern[]
  /** Paragraphs that are no rule, in order. */
  readonly prose: readonly Paragraph[]
}

/** Finds every rule of a document, and everything that was meant as one. */
export function readRules(root: Root, context: Omit<RuleContext, 'lets' | 'usedLets'>): RulesReading {
  const named = readLets(root, context)
  const lets = new Map([...named].map(([name, { pattern }]) => [name, pattern]))
  for (const { pattern, span } of named.values()) reportNames(pattern, { span, lets }, context.report)
  const usedLets = new Set<string>()
  const rules: Rule[] = []
  const prose: Paragraph[] = []
  const state: Visit = {
    context: { ...context, lets, usedLets },
    rules,
    prose,
    plain: [],
    sections: [],
    spokenOf: undefined,
    misses: 0,
  }
  visit(root, true, state)
  const said = new Set(rules.map(({ source }) => `- ${source.text}`))
  for (const miss of state.plain.filter((one) => !isSaid(one, said))) reportMiss(miss, state)
  for (const [name, { span }] of named) {
    if (usedLets.has(name)) continue
    const fix = `use it as \`file:${name}:read\`, or remove it`
    context.report('let/unused', span, `no rule uses \`${name}\``, { fix })
  }
  return { rules, lets: [...lets.values()], prose }
}

interface Visit {
  readonly context: RuleContext
  readonly rules: Rule[]
  readonly prose: Paragraph[]
  /** Rules in plain words, which the file may have in the rule language, too. */
  readonly plain: NearMiss[]
  /** Those that the node stands in. */
  sections: readonly Section[]
  /** What the headings, the table's row, or the line above the list speak of. */
  spokenOf: Spoken
  /** How much was found that may be meant as a rule, and is none. */
  misses: number
}

const mostMended = 50

/** `free`: nothing but lists around it, so a list item here can be a rule. */
function visit(node: Nodes, free: boolean, state: Visit): void {
  if (node.type === 'listItem' && free) visitItem(node, state)
  else if (isTextBlock(node)) visitText(node, { nested: [], inItem: false }, state)
  else if (node.type === 'table') visitTable(node, state)
  else if (node.type === 'code') reportCode(node, state.context.text.text, state.context.report)
  else if (node.type === 'html') reportHtml(node, state.context.report)
  else if ('children' in node) visitAll(node.children, free && isList(node), state)
}

function isTextBlock(node: Nodes): node is TextBlock {
  return node.type === 'paragraph' || node.type === 'heading' || node.type === 'tableCell'
}

function isList({ type }: Nodes): boolean {
  return type === 'root' || type === 'list'
}

function visitAll(nodes: readonly Nodes[], free: boolean, state: Visit, own?: Own): void {
  let { spokenOf, sections } = state
  nodes.forEach((node, index) => {
    const next = nodes[index + 1]
    const inItem = own?.item.children[0] === node
    // "**Deny**:" above a list is meant as a group.
    const nested = next?.type === 'list' ? next.children : inItem ? headed(own, state) : []
    if (node.type === 'paragraph' && (next?.type === 'list' || inItem))
      visitText(node, { nested, inItem }, state)
    else if (node.type === 'listItem' && free)
      visitItem(node, state, next?.type === 'listItem' ? next : undefined)
    else visit(node, free, state)
    if (node.type === 'heading') ({ spokenOf, sections } = state)
    else if (node.type !== 'paragraph') Object.assign(state, { spokenOf, sections })
  })
}

/** An item of which a list is looked through, and the one that follows it. */
interface Own {
  readonly item: ListItem
  readonly next: ListItem | undefined
}

/** `- **Deny** the following:` above items that stand beside it. */
function headed({ item, next }: Own, { context }: Visit): readonly ListItem[] {
  const { start, end } = spanOf(item)
  const isHead = item.children.length === 1 && /:[*_\s]*$/.test(context.text.text.slice(start, end))
  return isHead && next !== undefined && isBareCapability(next, context) ? [next] : []
}

function visitItem(item: ListItem, state: Visit, next?: ListItem): void {
  const reading = readItem(item, state.context, next)
  if (reading.kind === 'rules') state.rules.push(...reading.rules)
  if (reading.kind === 'prose') visitAll(item.children, true, state, { item, next })
  else for (const block of reading.below) visit(block, true, state)
}

function visitText(block: TextBlock, place: BlockPlace, state: Visit): void {
  const { context, prose } = state
  const { text, report } = context
  if (block.type === 'paragraph') prose.push(block)
  const miss = findNearMiss(text.text, block, place)
  if (miss?.meant.lines) state.plain.push(miss)
  else if (miss) reportMiss(miss, state)
  const source = text.text.slice(spanOf(block).start, spanOf(block).end)
  if (place.nested.length > 0) state.spokenOf = miss ? spokenAbove(miss) : spokenIn(source, state.spokenOf)
  if (block.type === 'heading') {
    state.sections = openSection(block, state.sections)
    state.spokenOf = state.sections.at(-1)?.spoken
  }
  if (miss || reportExample(block, state)) return
  for (const code of codeSpans(block)) {
    if (startsAsCapability(code.value) && parseCapability(code.value).ok)
      report(
        'rule/stray-capability',
        spanOf(code),
        `\`${code.value}\` stands in no rule`,
        strayFix(code, block, state),
      )
  }
}

function strayFix(code: InlineCode, block: TextBlock, state: Visit): { readonly fix?: string } {
  const { text } = state.context.text
  const before = text.slice(spanOf(block).start, spanOf(code).start)
  const [after = ''] = text.slice(spanOf(code).end, spanOf(block).end).split('`')
  const spoken = spokenAround(before, after, state.spokenOf)
  if (spoken === 'unclear' && !code.value.startsWith('run:'))
    return { fix: 'if it is meant as a rule, write its effect before it: **Allow**, **Ask** or **Deny**' }
  const effect = spoken === 'unclear' ? undefined : spoken
  return mend(strayMeant(code.value, effect), 'if it is meant as a rule, write', state)
}

/** What a column is called may say of each row what its first cell leaves open. */
function visitTable({ children }: Table, state: Visit): void {
  const { spokenOf } = state
  const [head] = children
  const isSaid = head !== undefined && spokenIn(rowText(head), undefined) !== undefined
  for (const row of children) visitRow(row, isSaid ? 'unclear' : spokenOf, state)
  state.spokenOf = spokenOf
}

/** `| **Allow** | `file:src/**:read` | the code |`: the cell with the capability is told, and what the first says of it. */
function visitRow(row: TableRow, above: Spoken, state: Visit): void {
  const { children } = row
  const isRule = children.some((cell) => codeSpans(cell).some(({ value }) => startsAsCapability(value)))
  const [first] = children
  const own = isRule && first ? effectSpokenOf(plainText(first)) : undefined
  const said = spokenIn(rowText(row), above)
  state.spokenOf = own ?? (said === above || said === 'deny' ? said : 'unclear')
  const told = isRule ? children.filter((cell) => codeSpans(cell).length > 0) : children
  for (const cell of told) visitText(cell, { nested: [], inItem: false }, state)
}

function rowText({ children }: TableRow): string {
  return children
    .filter((cell) => codeSpans(cell).length === 0)
    .map(plainText)
    .join(' | ')
}

/** An example tries the rule that it stands below. */
function reportExample(block: TextBlock, state: Visit): boolean {
  const { text, report } = state.context
  const example = exampleIn(block, text.text)
  if (example === undefined) return false
  const { effect, code } = example
  const parsed = parseCapability(code.text, effect === 'allow' ? 'opens' : 'closes')
  const isReadable = parsed.ok || parsed.problems[0]?.fix !== undefined
  const meant: Meant = { ...strayMeant(code.text), ...(!code.text.startsWith('run:') && { effect }) }
  const place = 'indent it below the rule that it tries'
  report(
    'rule/stray-capability',
    code,
    `\`${code.text}\` is an example, and stands below no rule`,
    isReadable ? mend(meant, `${place}; if it is meant as one, write`, state) : { fix: place },
  )
  return true
}

function reportMiss({ severity, span, message, meant, advice, line }: NearMiss, state: Visit): void {
  const code = severity === 'error' ? 'rule/near-miss' : 'rule/plain-near-miss'
  const own = advice ?? (line && `write \`${line}\`, and indent the list below it`)
  const fix = own === undefined ? mend(meant, 'write', state) : { fix: own }
  state.context.report(code, span, message, fix)
}

/** Whether the warning's own line stands in the file: the words above it are then the prose of that rule. */
function isSaid({ severity, meant }: NearMiss, said: ReadonlySet<string>): boolean {
  return severity === 'warning' && meant.lines?.some((line) => said.has(line)) === true
}

/** To try what would mend a line costs a parse of each attempt; whoever wrote thousands reads the first ones. */
function mend(meant: Meant, say: string, state: Visit): { readonly fix?: string } {
  return state.misses++ < mostMended ? { fix: say + mendRule(meant, state.context) } : {}
}

function strayMeant(capability: string, effect: Effect = 'deny'): Meant {
  return { effect: isLimit(capability, effect) ? 'limit' : effect, text: '', capability }
}

/** `agent:spawn{max:5}` says how much, which no Deny and no Ask does. */
function isLimit(text: string, effect: Effect): boolean {
  const parsed = parseCapability(text)
  const names = parsed.ok ? constraintsOf(parsed.value.constraints) : []
  return text.startsWith('run:') || names.some((name) => !takes(effect, name) && takes('limit', name))
}

interface Named {
  readonly pattern: NamedPattern
  readonly span: Span
}

function readLets(root: Root, context: Omit<RuleContext, 'lets' | 'usedLets'>): ReadonlyMap<string, Named> {
  const lets = new Map<string, Named>()
  for (const item of freeItems(root)) {
    const [paragraph] = item.children
    if (paragraph?.type !== 'paragraph') continue
    const tokens = tokenize(context.text.text, paragraph)
    const lead = readEffect(tokens)
    if (lead?.word !== 'let' || !lead.bold) continue
    const pattern = parseLet(tokens.slice(lead.length), context.text, context.report)
    const first = pattern && lets.get(pattern.name)
    if (first) {
      context.report('let/repeated', spanOf(paragraph), `\`${pattern.name}\` has a pattern already`, {
        related: [{ message: 'first given here', place: first.pattern.place }],
      })
    } else if (pattern) lets.set(pattern.name, { pattern, span: spanOf(paragraph) })
  }
  return lets
}

function freeItems(node: Root | ListItem): readonly ListItem[] {
  const children: readonly Nodes[] = node.children
  return children.flatMap((child) =>
    child.type === 'list' ? child.children.flatMap((item) => [item, ...freeItems(item)]) : [],
  )
}

function codeSpans(node: Nodes): readonly InlineCode[] {
  if (node.type === 'inlineCode') return [node]
  return 'children' in node ? node.children.flatMap(codeSpans) : []
}
