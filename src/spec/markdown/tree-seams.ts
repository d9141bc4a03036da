import type { List, ListItem, Nodes, RootContent } from 'mdast'

// Where a text can be parted so that each part is parsed as it is in the whole.

/** Whether a block begins at the margin below a blank line: what is above it is then over, whatever it was. */
export function isSeam(node: RootContent, text: string): boolean {
  const start = startOf(node)
  const above = endOfText(text, lineBreakBefore(text, start))
  const isAtMargin = lineBreakBefore(text, start) < start && plainStart.test(text.slice(start, start + 20))
  return isAtMargin && (above === 0 || lineBreakBefore(text, above) < above)
}

/** Whether an item begins at the margin below one that is over with its line. */
export function isItemSeam(item: ListItem, previous: ListItem | undefined, text: string): boolean {
  const start = startOf(item)
  const isAtMargin = start === 0 || lineBreakBefore(text, start) < start
  return isAtMargin && plainStart.test(text.slice(start, start + 20)) && (!previous || isPlain(previous))
}

export function isPlain({ children }: ListItem): boolean {
  return children.length === 1 && children[0]?.type === 'paragraph'
}

/** Bullets without a blank line among them. */
export function isTight({ ordered, spread }: List): boolean {
  return ordered === false && spread === false
}

/** A heading, a paragraph or a bullet with text: the parser reads these alike, whatever it still makes of what is above. */
const plainStart = /^(?:#{1,6}[ \t]|(?:[-+*][ \t])?(?:\p{L}|\*\*[^\s*]|`|_|\[))/u

/** Indented code could go on, also inside a list: the parser reads what follows it as what might interrupt it. */
export function isOpen(node: Nodes | undefined): boolean {
  if (node === undefined) return false
  return 'children' in node ? isOpen(node.children.at(-1)) : node.type === 'code'
}

/** The offset in front of the line break that ends at `at`; `at` itself if none does. */
export function lineBreakBefore(text: string, at: number): number {
  if (text.startsWith('\r\n', at - 2)) return at - 2
  return /[\r\n]/.test(text.charAt(at - 1)) ? at - 1 : at
}

/** Back over what a blank line may have in it. */
function endOfText(text: string, from: number): number {
  let at = from
  while (text[at - 1] === ' ' || text[at - 1] === '\t') at--
  return at
}

/** Behind the line break. */
export function endOfLine(text: string, from: number): number {
  const lineBreak = /\r\n|\n|\r/g
  lineBreak.lastIndex = from
  return lineBreak.exec(text) === null ? text.length : lineBreak.lastIndex
}

export function startOf(node: Nodes | undefined): number {
  return node?.position?.start.offset ?? 0
}
