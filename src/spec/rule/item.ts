import type { ListItem, Paragraph } from 'mdast'
import type { Effect, Rule, RuleExample } from '../../policy/types.ts'
import { spanOf, type Token, tokenize } from '../markdown/inline.ts'
import { oneLine, type Span } from '../markdown/text.ts'
import { readPlainRule } from '../prose/plain-rule.ts'
import { type Below, reportApart, reportBelow } from './apart.ts'
import { buildRule, type RuleContext } from './build.ts'
import { type EffectLead, effectTitle, isNearlyCapability, readEffect } from './effect-word.ts'
import { readExample } from './example.ts'
import { type Clauses, type Draft, parseDraft } from './grammar.ts'
import { beginsCapability, beginsEffect, isBareCapability, mentionsRule, startsWithCode } from './shape.ts'
import { isClauseWord, isSeparator, namesStage, secondClause } from './words.ts'

/** What a list item is. Blocks in `below` are no part of its rule and are looked at for themselves. */
export type ItemReading =
  | { readonly kind: 'rules'; readonly rules: readonly Rule[]; readonly below: readonly Below[] }
  | { readonly kind: 'let'; readonly below: readonly Below[] }
  | { readonly kind: 'prose' }

/** Reads one list item: a rule, a group of rules, or prose. `next` is the item that follows it. */
export function readItem(item: ListItem, context: RuleContext, next?: ListItem): ItemReading {
  const [paragraph, ...rest] = item.children
  if (paragraph?.type !== 'paragraph') return { kind: 'prose' }
  const tokens = tokenize(context.text.text, paragraph)
  const lead = readEffect(tokens)
  if (!lead) return { kind: 'prose' }
  if (lead.word === 'let') return lead.bold ? { kind: 'let', below: rest } : { kind: 'prose' }
  const tail = tokens.slice(lead.length)
  const head = { item, paragraph, effect: lead.word, start: tokens[0]?.start ?? 0, tail, context }
  const isGroup = listItems(rest).some((below) => beginsCapability(below, context))
  switch (shapeOf(lead, tail, isGroup)) {
    case 'rule':
      return readRule(head, rest)
    case 'group':
      return readGroup(head, rest)
    case 'empty':
      if (reportApart(head, rest, next)) return { kind: 'rules', rules: [], below: rest }
      // Behind `before push` it is told of as a rule in another order.
      if (tail.some((token) => token.kind === 'code' && isNearlyCapability(token.text)))
        return { kind: 'prose' }
      if (isPlainRule(head)) return { kind: 'prose' }
      context.report('rule/empty', spanOf(paragraph), `this ${effectTitle(lead.word)} names no capability`)
      return { kind: 'prose' }
    default:
      return { kind: 'prose' }
  }
}

interface Head {
  readonly item: ListItem
  readonly paragraph: Paragraph
  readonly effect: Effect
  /** Where the effect stands. */
  readonly start: number
  readonly tail: readonly Token[]
  readonly context: RuleContext
}

/** What plain words mean is told with the rule that they mean: `**Ask** before pushing`. */
function isPlainRule({ paragraph, effect, tail, context }: Head): boolean {
  const { end } = spanOf(paragraph)
  const text = context.text.text.slice(tail[0]?.start ?? end, end)
  return readPlainRule(effectTitle(effect), text) !== undefined
}

function shapeOf(
  { word }: EffectLead,
  tail: readonly Token[],
  isGroup: boolean,
): 'rule' | 'group' | 'empty' | 'prose' {
  const [first, second] = tail
  if (first?.kind === 'code') {
    // `**Require** `node` ≥ 22` and `**Limit** `max_connections` to 100` are what people write of other things.
    const foreign = (word === 'require' || word === 'limit') && !first.text.includes(':') && !namesStage(tail)
    return foreign ? 'prose' : 'rule'
  }
  const clause =
    isClauseWord(first) && (second?.kind === 'code' || (first?.kind === 'word' && first.text === 'before'))
  if (first && !clause && !isSeparator(first)) return 'prose'
  return isGroup ? 'group' : 'empty'
}

function readRule(
  { item, paragraph, effect, start, tail, context }: Head,
  rest: readonly Below[],
): ItemReading {
  refuseHidden(paragraph, context)
  const draft = draftOf(tail, effect, context)
  const nested = readNested(rest, context)
  const below = nested.below.filter((inner) => !reportNested(inner, context))
  if (!draft || reportBelow(rest, { draft, effect, context })) return { kind: 'rules', rules: [], below }
  const rule = buildRule(
    {
      ...draft,
      effect,
      span: { start: spanOf(item).start, end: draft.end },
      written: context.text.text.slice(start, draft.end),
      ...reasonOf(draft, paragraph, nested.prose, context),
      examples: nested.examples,
    },
    context,
  )
  return { kind: 'rules', rules: rule ? [rule] : [], below }
}

function readGroup({ paragraph, effect, tail, context }: Head, rest: readonly Below[]): ItemReading {
  refuseHidden(paragraph, context)
  const head = draftOf(tail, effect, context)
  const rules: Rule[] = []
  const prose: string[] = []
  const below: Below[] = rest.filter((block) => block.type !== 'list')
  const loose: RuleExample[] = []
  for (const item of listItems(rest)) {
    const example = readExample(item, context.text, context.report)
    if (example && example !== 'other') loose.push(example)
    if (example !== 'other') continue
    if (startsWithCode(item)) {
      const read = head && readGroupItem(item, head, { paragraph, effect, context }, [])
      if (read?.rule) rules.push(read.rule)
      below.push(...(read?.below ?? []))
    } else if (mentionsRule(item, context)) {
      context.report(
        'rule/group-item',
        spanOf(item.children[0] ?? item),
        'this item of a group does not begin with a capability',
        beginsEffect(item, context) ? { fix: ownEffect } : {},
      )
    } else {
      prose.push(...proseOf(item, context))
      below.push(...item.children.slice(1))
    }
  }
  return { kind: 'rules', rules: attach(rules, loose), below }
}

function readGroupItem(
  item: ListItem,
  head: Draft,
  { paragraph, effect, context }: Pick<Head, 'paragraph' | 'effect' | 'context'>,
  prose: readonly string[],
): { rule: Rule | undefined; below: readonly Below[] } {
  const [own, ...rest] = item.children
  if (own?.type !== 'paragraph') return { rule: undefined, below: rest }
  refuseHidden(own, context)
  const nested = readNested(rest, context)
  const draft = draftOf(tokenize(context.text.text, own), effect, context)
  const clauses = draft && joinClauses(head.clauses, draft.clauses, context)
  if (!draft || !clauses) return { rule: undefined, below: nested.below }
  const source = context.text.text
  const itemText = source.slice(spanOf(own).start, draft.end)
  const headText = clauseText(source, head)
  const reason =
    reasonOf(draft, own, nested.prose, context).reason ?? reasonOf(head, paragraph, prose, context).reason
  const rule = buildRule(
    {
      ...draft,
      clauses,
      effect,
      span: { start: spanOf(item).start, end: draft.end },
      written: `**${effectTitle(effect)}** ${itemText} ${headText}`,
      ...(reason && { reason }),
      examples: nested.examples,
    },
    context,
  )
  return { rule, below: nested.below }
}

function draftOf(tokens: readonly Token[], effect: Effect, { text, report }: RuleContext): Draft | undefined {
  return parseDraft(tokens, { effect, source: text.text, report })
}

function clauseText(source: string, { clauses }: Draft): string {
  return Object.values(clauses)
    .filter((clause) => clause !== undefined)
    .map(({ start, end }: Span) => source.slice(start, end))
    .join(' ')
}

function joinClauses(head: Clauses, own: Clauses, { report }: RuleContext): Clauses | undefined {
  for (const name of Object.keys(own) as (keyof Clauses)[]) {
    const clause = own[name]
    if (!head[name] || !clause) continue
    report('rule/repeated-clause', clause, `\`${name}\` stands in the group already`, secondClause(name))
    return undefined
  }
  return { ...head, ...own }
}

/** Examples that stand between a group's items belong to the file; the last rule carries them. */
function attach(rules: readonly Rule[], examples: readonly RuleExample[]): readonly Rule[] {
  const last = rules.at(-1)
  if (!last || examples.length === 0) return rules
  return [...rules.slice(0, -1), { ...last, examples: [...last.examples, ...examples] }]
}

/** A second capability below a rule that has one would silently not hold. */
function reportNested(block: Below, context: RuleContext): boolean {
  if (block.type !== 'listItem' || !isBareCapability(block, context)) return false
  context.report(
    'rule/nested-capability',
    spanOf(block.children[0] ?? block),
    'the rule above has a capability of its own',
  )
  return true
}

interface Nested {
  readonly examples: readonly RuleExample[]
  readonly prose: readonly string[]
  readonly below: readonly Below[]
}

/** Examples are taken out; the rest is looked at for itself, and is also the end of the reason if it is prose. */
function readNested(rest: readonly Below[], context: RuleContext): Nested {
  const examples: RuleExample[] = []
  const prose: string[] = []
  const below: Below[] = []
  for (const block of rest.flatMap((node) => (node.type === 'list' ? node.children : [node]))) {
    const example = block.type === 'listItem' ? readExample(block, context.text, context.report) : 'other'
    if (example === 'other') {
      below.push(block)
      prose.push(...proseOf(block, context))
    } else if (example) {
      examples.push(example)
    }
  }
  return { examples, prose, below }
}

function proseOf(block: Below, context: RuleContext): readonly string[] {
  const paragraph = block.type === 'listItem' ? block.children[0] : block
  if (paragraph?.type !== 'paragraph' || readEffect(tokenize(context.text.text, paragraph))) return []
  const { start, end } = spanOf(paragraph)
  return [context.text.text.slice(start, end)]
}

function reasonOf(
  { reasonStart }: Draft,
  paragraph: Paragraph,
  prose: readonly string[],
  { text }: RuleContext,
): { reason?: string } {
  const own = reasonStart === undefined ? [] : [text.text.slice(reasonStart, spanOf(paragraph).end)]
  const reason = oneLine([...own, ...prose].join(' '))
  return reason === '' ? {} : { reason }
}

function listItems(blocks: readonly Below[]): readonly ListItem[] {
  return blocks.flatMap((block) => (block.type === 'list' ? block.children : []))
}

/** Its capability alone would have the effect of the group. */
const ownEffect = 'a group has one effect: write this as a rule of its own, outside of it'

function refuseHidden(paragraph: Paragraph, { text, report }: RuleContext): void {
  const span = spanOf(paragraph)
  const match = /[\u202A-\u202E\u2066-\u2069\u200B\u2060\uFEFF]/u.exec(text.text.slice(span.start, span.end))
  if (!match) return
  const at = span.start + match.index
  const name = `U+${(match[0].codePointAt(0) ?? 0).toString(16).toUpperCase()}`
  report('rule/hidden-character', { start: at, end: at + 1 }, `the character ${name} stands in a rule`)
}
