import type { Span } from './text.ts'

/** Well above what people write, well below where the parser's quadratic cases hurt (measured: under 4 s in all). */
export const complexityLimits = {
  lineLength: 20_000,
  /** Containers (quotes, lists) opened on one line, and columns of indentation before one. */
  containers: 20,
  indentation: 100,
  /** Lines that open a list or quote inside another. */
  nestedLines: 2_000,
  /** Characters that can start or end emphasis and links, in one block of text and in the whole file. */
  markupInBlock: 2_000,
  markup: 60_000,
  lines: 200_000,
} as const

export interface Excess extends Span {
  readonly message: string
}

const containerPattern = />|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)|\[\^[^\]\n]*\]:/y
const markupPattern = /[*[\]]|~|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu

/** The first place where a text is too much for a markdown parser, without parsing it. */
export function findExcess(text: string): Excess | undefined {
  const limits = complexityLimits
  let offset = 0
  let lines = 0
  let nestedLines = 0
  let markup = 0
  let block: Block = { markup: 0, content: 0 }
  for (const line of text.split(/\r\n|\n|\r/)) {
    const span = { start: offset, end: offset + line.length }
    if (line.length > limits.lineLength) return { ...span, message: `a line of ${line.length} characters` }
    const prefix = readPrefix(line)
    if (prefix.containers > limits.containers)
      return { ...span, message: `${prefix.containers} quotes or lists inside each other` }
    if (prefix.containers > 0 && prefix.indentation > limits.indentation)
      return { ...span, message: `a list or quote that is indented by ${prefix.indentation} columns` }
    if (prefix.containers > 1 || (prefix.containers === 1 && prefix.indentation > 1)) nestedLines++
    const count = line.match(markupPattern)?.length ?? 0
    markup += count
    block = nextBlock(block, line, count)
    lines++
    if (nestedLines > limits.nestedLines)
      return { ...span, message: `more than ${limits.nestedLines} nested list items or quotes` }
    if (block.markup > limits.markupInBlock)
      return {
        ...span,
        message: `more than ${limits.markupInBlock} \`*\`, \`_\`, \`[\` or \`]\` in one block of text`,
      }
    if (markup > limits.markup)
      return { ...span, message: `more than ${limits.markup} \`*\`, \`_\`, \`[\` or \`]\` in one file` }
    if (lines > limits.lines) return { ...span, message: `more than ${limits.lines} lines` }
    offset += line.length + (text.startsWith('\r\n', offset + line.length) ? 2 : 1)
  }
  return undefined
}

interface Prefix {
  readonly containers: number
  readonly indentation: number
}

function readPrefix(line: string): Prefix {
  let containers = 0
  let at = skipBlank(line, 0)
  const indentation = at
  for (;;) {
    containerPattern.lastIndex = at
    const match = containerPattern.exec(line)
    if (!match) return { containers, indentation }
    containers++
    at = skipBlank(line, at + match[0].length)
  }
}

function skipBlank(line: string, from: number): number {
  let at = from
  while (line[at] === ' ' || line[at] === '\t') at++
  return at
}

/** A run of lines that could be one paragraph; `content` is the column where the text of the last list item begins. */
interface Block {
  readonly markup: number
  readonly content: number
}

/**
 * INVARIANT: starts a new block only where the markdown grammar does too, else a hostile paragraph could be
 * counted as many small ones.
 */
function nextBlock(block: Block, line: string, markup: number): Block {
  if (line.trim() === '') return { markup: 0, content: block.content }
  const item = /^( *)([-+*]|(\d{1,9})[.)])( {1,4})(?=\S)/.exec(line)
  if (!item) return { markup: block.markup + markup, content: block.content }
  const [whole, indent = '', , number] = item
  const sibling = indent.length < block.content
  const interrupts =
    sibling || (indent.length <= block.content + 3 && (number === undefined || Number(number) === 1))
  return interrupts
    ? { markup, content: whole.length }
    : { markup: block.markup + markup, content: block.content }
}
