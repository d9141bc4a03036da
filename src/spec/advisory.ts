import type { ListItem, Nodes, Paragraph, Root } from 'mdast'
import { firstParagraph, textOf } from './blocks.ts'
import { spanOf } from './inline.ts'
import { suggestRule } from './suggest.ts'
import { oneLine, type Span, type SpecText } from './text.ts'
import type { AdvisoryLine } from './types.ts'

const normative =
  /\b(?:must not|mustn't|must never|must|never|always|only|do not|don't|don’t|may not|should not|shall not|cannot|forbidden|prohibited|not allowed|not permitted|read-only|avoid|(?:needs?|requires?|without) (?:\w+ )?approval)\b/i

/** Sentences that ask for something and are no rule. Nothing holds them; where the meant rule is plain it is suggested. */
export function findAdvisory(
  root: Root,
  prose: readonly Paragraph[],
  text: SpecText,
): readonly AdvisoryLine[] {
  const listed = new Map(headedItems(root).map(({ item, head }) => [firstParagraph(item), head]))
  return prose.flatMap((paragraph) => {
    const head = listed.get(paragraph)
    const sentences = splitSentences(text.text, spanOf(paragraph))
    return sentences.flatMap((span, index) => {
      const sentence = oneLine(text.text.slice(span.start, span.end))
      const headed = head !== undefined && index === 0
      if (/^\W*(?:never|always|only)\W*$/i.test(sentence) || !(headed || normative.test(sentence))) return []
      const suggestion = suggestRule(headed && head === 'never' ? `never ${sentence}` : sentence)
      return [{ text: sentence, place: text.place(span), ...(suggestion && { suggestion }) }]
    })
  })
}

/** Items below **NEVER**: or **ALWAYS**:, which are whole sentences only with that word. */
function headedItems(node: Nodes): readonly { item: ListItem; head: 'never' | 'always' }[] {
  if (!('children' in node)) return []
  const children: readonly Nodes[] = node.children
  return children.flatMap((child, index) => {
    const before = children[index - 1]
    const word = before?.type === 'paragraph' ? textOf(before).replace(/:$/, '').toLowerCase() : ''
    const head = (['never', 'always'] as const).find((name) => name === word)
    const own = child.type === 'list' && head ? child.children.map((item) => ({ item, head })) : []
    return [...own, ...headedItems(child)]
  })
}

function splitSentences(source: string, { start, end }: Span): readonly Span[] {
  const text = source.slice(start, end)
  const spans: Span[] = []
  let from = 0
  for (const { index, 0: gap } of text.matchAll(/(?<=[.!?])\s+(?=[\p{Lu}`*])/gu)) {
    spans.push({ start: start + from, end: start + index })
    from = index + gap.length
  }
  return [...spans, { start: start + from, end }]
}
