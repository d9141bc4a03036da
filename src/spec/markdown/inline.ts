import type { InlineCode, Nodes, Paragraph, PhrasingContent } from 'mdast'
import type { Span } from './text.ts'

/**
 * What the rule grammar is made of. Words are cut from the *source* of text nodes, not from their value, so that
 * each has its exact place; an escape or entity is then simply a word that the grammar does not know.
 */
export type Token =
  | (Span & { readonly kind: 'word'; readonly text: string })
  | (Span & { readonly kind: 'code'; readonly text: string; readonly node: InlineCode })
  | (Span & { readonly kind: 'strong'; readonly text: string })
  | (Span & { readonly kind: 'other' })

export type CodeToken = Extract<Token, { kind: 'code' }>

export function tokenize(source: string, paragraph: Paragraph): readonly Token[] {
  return paragraph.children.flatMap((node) => nodeTokens(source, node))
}

/** Where a node stands. Nodes that come from the parser always have a position. */
export function spanOf(node: Nodes): Span {
  return { start: node.position?.start.offset ?? 0, end: node.position?.end.offset ?? 0 }
}

/**
 * The stretch of a code span's text from `from` (0-based) to its end, in the file. The parser strips a space at
 * both ends, turns line ends into spaces and drops the indentation after them.
 */
export function spanInCode(source: string, { start, end }: CodeToken, from: number): Span {
  const fence = /^`+/.exec(source.slice(start, end))?.[0].length ?? 1
  const inner = source.slice(start + fence, end - fence)
  const shift = /^[ \r\n].*[ \r\n]$/s.test(inner) && inner.trim() !== '' ? 1 : 0
  let offset = start + fence + shift
  for (let index = 0; index < from && offset < end - fence; index++) offset = skipChar(source, offset)
  return { start: offset, end: Math.max(offset + 1, end - fence - shift) }
}

function skipChar(source: string, offset: number): number {
  const lineEnd = /^(?:\r\n|\n|\r)[ \t]*/.exec(source.slice(offset, offset + 200))
  return offset + (lineEnd ? lineEnd[0].length : 1)
}

function nodeTokens(source: string, node: PhrasingContent): readonly Token[] {
  const span = spanOf(node)
  switch (node.type) {
    case 'text':
      return words(source, span)
    case 'break':
      return []
    case 'inlineCode':
      return [{ kind: 'code', text: node.value.replace(/\r\n|\n|\r/g, ' '), node, ...span }]
    case 'strong': {
      const [only, ...more] = node.children
      const text = only?.type === 'text' && more.length === 0 ? only.value : undefined
      return [text === undefined ? { kind: 'other', ...span } : { kind: 'strong', text, ...span }]
    }
    default:
      return [{ kind: 'other', ...span }]
  }
}

function words(source: string, { start, end }: Span): readonly Token[] {
  return [...source.slice(start, end).matchAll(/[—–,=]|[^\s—–,=]+/g)].map(({ index, 0: text }) => ({
    kind: 'word',
    text,
    start: start + index,
    end: start + index + text.length,
  }))
}
