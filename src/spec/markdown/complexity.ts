import type { Span } from './text.ts'

interface Measure {
  /** Well above what people write, and below where the parser's quadratic cases hurt: a few seconds in all. */
  readonly most: number
  of(line: Line): number
  say(count: number): string
}

/** What makes markdown slow to parse, measured line by line. */
const measures: readonly Measure[] = [
  { most: 20_000, of: ({ text }) => text.length, say: (count) => `a line of ${count} characters` },
  { most: 20, of: ({ text }) => longestRun(text), say: (count) => `${count} backticks in a row` },
  { most: 50_000, of: ({ total }) => total.lines, say: (count) => `${count} lines` },
  {
    most: 20,
    of: ({ prefix }) => prefix.containers,
    say: (count) => `${count} quotes or lists inside each other`,
  },
  {
    most: 100,
    of: ({ prefix }) => (prefix.containers > 0 ? prefix.indentation : 0),
    say: (count) => `a list or quote that is indented by ${count} columns`,
  },
  { most: 2_000, of: ({ total }) => total.nested, say: (count) => `${count} nested list items or quotes` },
  { most: 3_000, of: ({ block }) => block.lines, say: (count) => `${count} lines in one block of text` },
  {
    most: 100_000,
    of: ({ block }) => block.length,
    say: (count) => `${count} characters in one block of text`,
  },
  {
    most: 2_000,
    of: ({ block }) => block.markup,
    say: (count) => `${count} ${markupNames} in one block of text`,
  },
  { most: 60_000, of: ({ total }) => total.markup, say: (count) => `${count} ${markupNames}` },
  { most: 50_000, of: ({ total }) => total.cells, say: (count) => `${count} \`|\`` },
]

const markupNames = '`*`, `_`, `~`, `[` or `]`'

export interface Excess extends Span {
  readonly message: string
}

interface Line {
  readonly text: string
  readonly prefix: Prefix
  readonly block: Block
  readonly total: Totals
}

interface Totals {
  readonly lines: number
  readonly nested: number
  readonly markup: number
  readonly cells: number
}

/** The first place where a text is too much for a markdown parser, without parsing it. */
export function findExcess(text: string): Excess | undefined {
  let offset = 0
  let total: Totals = { lines: 0, nested: 0, markup: 0, cells: 0 }
  let block: Block = { markup: 0, length: 0, lines: 0, content: 0 }
  for (const line of text.split(/\r\n|\n|\r/)) {
    const prefix = readPrefix(line)
    const markup = count(line, markupPattern)
    const inside = prefix.containers > 0 && prefix.indentation > 1 ? 1 : 0
    total = {
      lines: total.lines + 1,
      nested: total.nested + Math.max(0, prefix.containers - 1 + inside),
      markup: total.markup + markup,
      cells: total.cells + count(line, /\|/g),
    }
    block = nextBlock(block, line, markup)
    const excess = measures.find((measure) => measure.of({ text: line, prefix, block, total }) > measure.most)
    if (excess) {
      return { start: offset, end: offset + line.length, message: `more than ${excess.say(excess.most)}` }
    }
    offset += line.length + (text.startsWith('\r\n', offset + line.length) ? 2 : 1)
  }
  return undefined
}

const containerPattern = />|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)|\[\^[^\]\n]*\]:/y
const markupPattern = /[*[\]]|~|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu

function longestRun(line: string): number {
  return Math.max(0, ...(line.match(/`+/g) ?? []).map(({ length }) => length))
}

function count(line: string, pattern: RegExp): number {
  return line.match(pattern)?.length ?? 0
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
  readonly length: number
  readonly lines: number
  readonly content: number
}

/**
 * INVARIANT: starts a new block only where the markdown grammar does too, else a hostile paragraph could be
 * counted as many small ones.
 */
function nextBlock(block: Block, line: string, markup: number): Block {
  if (line.trim() === '') return { markup: 0, length: 0, lines: 0, content: block.content }
  const item = /^( *)([-+*]|(\d{1,9})[.)])( {1,4})(?=\S)/.exec(line)
  if (item && interrupts(item, block))
    return { markup, length: line.length, lines: 1, content: item[0].length }
  return {
    ...block,
    markup: block.markup + markup,
    length: block.length + line.length,
    lines: block.lines + 1,
  }
}

/** A list item ends the paragraph above if it is its sibling, or a bullet, or the number 1. */
function interrupts([, indent = '', , number]: RegExpExecArray, { content }: Block): boolean {
  if (indent.length < content) return true
  return indent.length <= content + 3 && (number === undefined || Number(number) === 1)
}
