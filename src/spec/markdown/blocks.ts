import type { Code, Heading, ListItem, Nodes, Paragraph, Root, RootContent, Table } from 'mdast'
import { spanOf } from './inline.ts'
import { oneLine, type Span } from './text.ts'

/** A block at the top of a document, with the headings it stands under. */
export interface Block {
  readonly node: RootContent
  readonly headings: readonly Heading[]
}

export function outline(root: Root): readonly Block[] {
  let headings: readonly Heading[] = []
  return root.children.map((node) => {
    if (node.type === 'heading') headings = [...headings.filter(({ depth }) => depth < node.depth), node]
    return { node, headings }
  })
}

export interface Line extends Span {
  readonly text: string
}

/** The lines inside a code block, each where it stands in the file. */
export function codeLines(source: string, node: Code): readonly Line[] {
  const { start, end } = spanOf(node)
  const lines: Line[] = []
  let offset = start
  for (const raw of source.slice(start, end).split(/(?<=\n|\r(?!\n))/)) {
    const text = raw.trim()
    const from = offset + raw.indexOf(text)
    lines.push({ text, start: from, end: from + text.length })
    offset += raw.length
  }
  return lines.filter(({ text }, index) => index > 0 && text !== '' && !/^(`{3,}|~{3,})$/.test(text))
}

/** The text of a block as a reader sees it, on one line. */
export function textOf(node: Nodes): string {
  return oneLine(rawText(node))
}

function rawText(node: Nodes): string {
  if (node.type === 'break') return ' '
  if ('value' in node) return node.type === 'html' ? '' : node.value
  return 'children' in node ? node.children.map(rawText).join('') : ''
}

/** A bold label at the start of a paragraph, and what stands behind it: `**Mode**: WAL`, `**Mode:** WAL`. */
export function labelOf(node: Nodes | undefined): { label: string; rest: string } | undefined {
  if (node?.type !== 'paragraph') return undefined
  const [first, ...more] = node.children
  if (first?.type !== 'strong') return undefined
  const rest = oneLine(more.map(rawText).join('')).replace(/^:\s*/, '')
  return { label: textOf(first).replace(/:$/, ''), rest }
}

export function firstParagraph(item: ListItem): Paragraph | undefined {
  const [first] = item.children
  return first?.type === 'paragraph' ? first : undefined
}

/** Every node of a type below a node, in order. */
export function descendants<Type extends Nodes['type']>(
  node: Nodes,
  type: Type,
): readonly Extract<Nodes, { type: Type }>[] {
  const own = node.type === type ? [node as Extract<Nodes, { type: Type }>] : []
  return 'children' in node ? [...own, ...node.children.flatMap((child) => descendants(child, type))] : own
}

/** Rows of a table whose first two columns have these titles, without the head. */
export function tableRows(
  table: Table,
  first: RegExp,
  second: RegExp,
): readonly { name: string; value: string; span: Span }[] {
  const [head, ...rows] = table.children
  const titles = head?.children.map(textOf) ?? []
  if (!first.test(titles[0] ?? '') || !second.test(titles[1] ?? '')) return []
  return rows.map((row) => {
    const [name, value] = row.children.map(textOf)
    return { name: name ?? '', value: value ?? '', span: spanOf(row) }
  })
}

/** A name as part of a setting's key: `Archon MCP` is `archon-mcp`. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
}
