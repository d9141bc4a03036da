import type { ListItem, Nodes, Root, RootContent } from 'mdast'
import {
  endOfLine,
  isItemSeam,
  isOpen,
  isPlain,
  isSeam,
  isTight,
  lineBreakBefore,
  startOf,
} from './tree-seams.ts'

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
  const edit: Edit = { old, text, ...commonEnds(old, text) }
  return patchItems(root, edit, parse) ?? patchBlocks(root, edit, parse)
}

interface Edit {
  readonly old: string
  readonly text: string
  /** Characters that both texts begin with, and end with. */
  readonly before: number
  readonly after: number
}

function patchBlocks({ children }: Root, edit: Edit, parse: ParseTree): Root | undefined {
  const { old, text } = edit
  const seams = children.map((node, index) => isSeam(node, old) && !isOpen(children[index - 1]))
  const { first, nexts } = around(children, seams, edit)
  const from = first < 0 ? 0 : startOf(children[first])
  for (const next of [...nexts, children.length]) {
    const rest = children.slice(next)
    const to = rest.length === 0 ? text.length : startOf(rest[0]) + text.length - old.length
    const middle = parseBetween(text, { from, to }, parse)
    if (middle === undefined) continue
    moveBy(rest, edit, to)
    return { type: 'root', children: [...children.slice(0, Math.max(0, first)), ...middle, ...rest] }
  }
  return undefined
}

/** Rules often stand in one long list: of an edit between two plain items of it only those around it are parsed again. */
function patchItems({ children }: Root, edit: Edit, parse: ParseTree): Root | undefined {
  const { old, text, before, after } = edit
  const place = children.findIndex((node) => startOf(node) <= before && endOf(node) >= old.length - after)
  const list = children[place]
  if (list?.type !== 'list' || !isTight(list)) return undefined
  const items = list.children
  const seams = items.map((item, index) => isItemSeam(item, items[index - 1], old))
  const { first, nexts } = around(items, seams, edit)
  // The list's own first line is behind a blank one, or there is nothing to hold on to.
  if (first < 0 && (!isSeam(list, old) || isOpen(children[place - 1]))) return undefined
  const from = startOf(items[Math.max(0, first)])
  for (const next of nexts) {
    const rest = items.slice(next)
    const to = startOf(rest[0]) + text.length - old.length
    const middle = parseItems(text, { from, to }, parse)
    if (middle === undefined) continue
    const blocks = children.slice(place + 1)
    moveBy([...rest, ...blocks], edit, to)
    const end = rest.at(-1)?.position?.end
    if (list.position && end) list.position.end = { ...end }
    list.children = [...items.slice(0, Math.max(0, first)), ...middle, ...rest]
    return { type: 'root', children: [...children.slice(0, place), list, ...blocks] }
  }
  return undefined
}

/** The last seam in front of the edit, -1 if there is none, and the first few behind it. */
function around(
  nodes: readonly Nodes[],
  seams: readonly boolean[],
  { old, before, after }: Edit,
): { readonly first: number; readonly nexts: readonly number[] } {
  const first = nodes.findLastIndex((node, index) => seams[index] && endOfLine(old, startOf(node)) <= before)
  const nexts = nodes.flatMap((node, index) =>
    seams[index] && index >= first && startOf(node) >= old.length - after ? [index] : [],
  )
  return { first, nexts: nexts.slice(0, mostAttempts) }
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

/** The items from `from` to `to`; undefined unless all is one list of which the line at `to` is one more item. */
function parseItems(
  text: string,
  { from, to }: { readonly from: number; readonly to: number },
  parse: ParseTree,
): ListItem[] | undefined {
  if (lineBreakBefore(text, to) === to) return undefined
  const [list, ...others] = tryParse(text.slice(from, endOfLine(text, to)), parse) ?? []
  if (list?.type !== 'list' || others.length > 0 || !isTight(list)) return undefined
  const items = list.children
  const line = items.pop()
  const last = items.at(-1)
  if (line === undefined || startOf(line) !== to - from || !last || !isPlain(last)) return undefined
  if (startOf(list) > 0) return undefined
  move(items, { offset: from, line: lineAt(text, from) - 1 })
  return items
}

/** A piece of a text can be what the parser stumbles over, and the whole not. */
function tryParse(text: string, parse: ParseTree): RootContent[] | undefined {
  try {
    return parse(text).children
  } catch {
    return undefined
  }
}

/** What stands behind an edit, to where its first line is now. */
function moveBy(rest: readonly Nodes[], { old, text }: Edit, to: number): void {
  move(rest, { offset: text.length - old.length, line: lineAt(text, to) - lineOf(rest[0]) })
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

function endOf(node: Nodes | undefined): number {
  return node?.position?.end.offset ?? 0
}

function lineOf(node: Nodes | undefined): number {
  return node?.position?.start.line ?? 1
}

/** Counts from 1. */
function lineAt(text: string, offset: number): number {
  return (text.slice(0, offset).match(/\r\n|\n|\r/g)?.length ?? 0) + 1
}
