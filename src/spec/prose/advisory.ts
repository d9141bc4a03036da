import type { ListItem, Nodes, Paragraph, Root } from 'mdast'
import { descendants, firstParagraph, textOf } from '../markdown/blocks.ts'
import { spanOf } from '../markdown/inline.ts'
import { oneLine, type Span, type SpecText } from '../markdown/text.ts'
import type { AdvisoryLine } from '../types.ts'
import { type ListHead, suggestRule } from './suggest.ts'

const normative =
  /\b(?:must not|mustn't|must never|must|never|always|only|do not|don't|don’t|may not|should not|shall not|shall|cannot|forbidden|prohibited|not allowed|not permitted|off[- ]limits|read-only|avoid|under no circumstances|ask (?:\w+ ){0,3}(?:before|first)|(?:needs?|requires?|without) (?:\w+ ){0,2}(?:approval|permission|confirmation|asking))\b|\brun `[^`]+` before \w/i

/** Sentences that ask for something and are no rule. Nothing holds them; where the meant rule is plain it is suggested. */
export function findAdvisory(
  root: Root,
  prose: readonly Paragraph[],
  text: SpecText,
): readonly AdvisoryLine[] {
  const listed = new Map(headedItems(root).map(({ item, head }) => [firstParagraph(item), head]))
  const blocks = [
    ...prose.map((paragraph) => ({ ...spanOf(paragraph), head: listed.get(paragraph) })),
    ...cellSpans(root).map((span) => ({ ...span, head: undefined })),
  ]
  return blocks
    .toSorted((a, b) => a.start - b.start)
    .flatMap((block) =>
      splitSentences(text.text, block).flatMap((span, index) => {
        const sentence = oneLine(text.text.slice(span.start, span.end))
        const head = index === 0 ? block.head : undefined
        if (headOf(sentence) !== undefined || !(head || normative.test(sentence))) return []
        const suggestion = suggestRule(sentence, head)
        return [{ text: sentence, place: text.place(span), ...(suggestion && { suggestion }) }]
      }),
    )
}

/** What stands in tables, but for those that give settings their values. */
function cellSpans(root: Root): readonly Span[] {
  return descendants(root, 'table')
    .filter(
      ({ children: [head] }) =>
        !/^(?:setting|metric|key)$/i.test(head?.children[0] ? textOf(head.children[0]) : ''),
    )
    .flatMap(({ children }) => children.flatMap((row) => row.children))
    .flatMap(({ children }) => {
      const [first, last] = [children[0], children.at(-1)]
      return first && last ? [{ start: spanOf(first).start, end: spanOf(last).end }] : []
    })
}

/** Items below **NEVER**:, **ALWAYS**: or **Ask first**:, which are whole sentences only with that word. */
function headedItems(node: Nodes): readonly { item: ListItem; head: ListHead }[] {
  if (!('children' in node)) return []
  const children: readonly Nodes[] = node.children
  return children.flatMap((child, index) => {
    const before = children[index - 1]
    const head =
      before?.type === 'paragraph' || before?.type === 'heading' ? headOf(textOf(before)) : undefined
    const own = child.type === 'list' && head ? child.children.map((item) => ({ item, head })) : []
    return [...own, ...headedItems(child)]
  })
}

const heads: Readonly<Record<ListHead, RegExp>> = {
  never:
    /^(?:never|don'?ts?|do not|must not|forbidden|prohibited|not allowed|off[- ]limits)(?: (?:do|changes|actions|operations))?$/,
  always: /^(?:always|must|required)(?: do)?$/,
  ask: /^(?:ask first|ask before|always ask(?: first| before)?|(?:needs?|requires?) (?:\w+ )?approval)$/,
}

const longestHead = 60

function headOf(text: string): ListHead | undefined {
  if (text.length > longestHead) return undefined
  const words = text
    .toLowerCase()
    .replace(/’/g, "'")
    .replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  return (Object.keys(heads) as ListHead[]).find((head) => heads[head].test(words))
}

/** People also end a sentence by beginning the next line with its NEVER. */
const sentenceGap =
  /(?<=[.!?])\s+(?=[\p{Lu}`*])|\r?\n[ \t>]*(?=(?:\*\*|__)?(?:NEVER|Never|ALWAYS|Always|MUST|DON'T|Don't|DO NOT|Do not)\b)/gu

function splitSentences(source: string, { start, end }: Span): readonly Span[] {
  const text = source.slice(start, end)
  const spans: Span[] = []
  let from = 0
  for (const { index, 0: gap } of text.matchAll(sentenceGap)) {
    spans.push({ start: start + from, end: start + index })
    from = index + gap.length
  }
  return [...spans, { start: start + from, end }]
}
