import type { Nodes, Root, RootContent } from 'mdast'

/** A text as a tree. */
export type ParseTree = (text: string) => Root

/**
 * The same trees; but of a text that is like the last one only the blocks around the edit are parsed again. The last tree is
 * taken apart for the next one: who gets a tree must not keep it.
 */
export function createTreeMemory(parse: ParseTree): ParseTree {
  let known: Known | undefined
  return (text) => {
    const last = known
    known = undefined
    const root = (last && patch(last, text, parse)) ?? parse(text)
    known = { text, root }
    return root
  }
}

interface Known {
  readonly text: string
  readonly root: Root
}

/** Where the blocks after an edit are looked for: one attempt costs a parse. */
const mostAttempts = 3

/** Undefined where it cannot be said that the blocks around the edit are what they were. */
function patch({ text: old, root }: Known, text: string, parse: ParseTree): Root | undefined {
  // A definition changes how links are read everywhere.
  if (old.includes(']:') || text.includes(']:')) return undefined
  const { children } = root
  const { before, after } = commonEnds(old, text)
  const seams = children.map((node, index) => isSeam(node, old) && !isOpen(children[index - 1]))
  const first = children.findLastIndex(
    (node, index) => seams[index] && endOfLine(old, startOf(node)) <= before,
  )
  const from = first === -1 ? 0 : startOf(children[first])
  const kept = first === -1 ? [] : children.slice(0, first)
  const nexts = children.flatMap((node, index) =>
    seams[index] && index >= first && startOf(node) >= old.length - after ? [index] : [],
  )
  for (const next of [...nexts.slice(0, mostAttempts), children.length]) {
    const rest = children.slice(next)
    const to = rest.length === 0 ? text.length : startOf(rest[0]) + text.length - old.length
    const middle = parseBetween(text, { from, to }, parse)
    if (middle === undefined) continue
    move(rest, { offset: text.length - old.length, line: lineAt(text, to) - lineOf(rest[0]) })
    return { type: 'root', children: [...kept, ...middle, ...rest] }
  }
  return undefined
}

/** How far both texts are the same from the start, and behind that from the end. */
export function commonEnds(old: string, text: string): { readonly before: number; readonly after: number } {
  const shorter = Math.min(old.length, text.length)
  let before = 0
  while (before < shorter && old[before] === text[before]) before++
  let after = 0
  while (after < shorter - before && old.at(-1 - after) === text.at(-1 - after)) after++
  return { before, after }
}

/** Whether a block begins at the margin below a blank line: what is above it is then over, whatever it was. */
function isSeam(node: RootContent, text: string): boolean {
  const start = startOf(node)
  const above = endOfText(text, lineBreakBefore(text, start))
  const isAtMargin = lineBreakBefore(text, start) < start && plainStart.test(text.slice(start, start + 20))
  return isAtMargin && (above === 0 || lineBreakBefore(text, above) < above)
}

/** A heading, a paragraph or a bullet with text: the parser reads these alike, whatever it still makes of what is above. */
const plainStart = /^(?:#{1,6}[ \t]|(?:[-+*][ \t])?(?:\p{L}|\*\*[^\s*]|`|_|\[))/u

/** Indented code could go on, also inside a list: the parser reads what follows it as what might interrupt it. */
function isOpen(node: Nodes | undefined): boolean {
  if (node === undefined) return false
  return 'children' in node ? isOpen(node.children.at(-1)) : node.type === 'code'
}

/** The offset in front of the line break that ends at `at`; `at` itself if none does. */
function lineBreakBefore(text: string, at: number): number {
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
function endOfLine(text: string, from: number): number {
  const lineBreak = /\r\n|\n|\r/g
  lineBreak.lastIndex = from
  return lineBreak.exec(text) === null ? text.length : lineBreak.lastIndex
}

/** The blocks from `from` to `to`; undefined unless the line at `to` begins a block of its own there. */
function parseBetween(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
  parse: ParseTree,
): RootContent[] | undefined {
  if (to < text.length && lineBreakBefore(text, to) === to) return undefined
  const blocks = tryParse(text.slice(from, to === text.length ? to : endOfLine(text, to)), parse)
  if (blocks === undefined) return undefined
  if (to < text.length) {
    const line = blocks.pop()
    if (line === undefined || startOf(line) !== to - from || isOpen(blocks.at(-1))) return undefined
  }
  move(blocks, { offset: from, line: lineAt(text, from) - 1 })
  return blocks
}

/** A piece of a text can be what the parser stumbles over, and the whole not. */
function tryParse(text: string, parse: ParseTree): RootContent[] | undefined {
  try {
    return parse(text).children
  } catch {
    return undefined
  }
}

function move(nodes: readonly Nodes[], by: { readonly offset: number; readonly line: number }): void {
  for (const node of nodes) {
    for (const point of [node.position?.start, node.position?.end]) {
      if (point?.offset === undefined) continue
      point.offset += by.offset
      point.line += by.line
    }
    if ('children' in node) move(node.children, by)
  }
}

function startOf(node: RootContent | undefined): number {
  return node?.position?.start.offset ?? 0
}

function lineOf(node: RootContent | undefined): number {
  return node?.position?.start.line ?? 1
}

/** Counts from 1. */
function lineAt(text: string, offset: number): number {
  return (text.slice(0, offset).match(/\r\n|\n|\r/g)?.length ?? 0) + 1
}
