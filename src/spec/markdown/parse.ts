import type { Root } from 'mdast'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'
import type { Report } from '../report.ts'
import { findExcess } from './complexity.ts'
import type { SpecText } from './text.ts'
import type { ParseTree } from './tree-memory.ts'

const parser = unified().use(remarkParse).use(remarkGfm).freeze()

export const parseTree: ParseTree = (text) => parser.parse(text)

export interface MarkdownOptions {
  readonly bodyStart: number
  readonly report: Report
  /** For who parses almost the same text again and again. */
  readonly parse?: ParseTree | undefined
}

/**
 * The body as a tree whose offsets are those of the file: the front matter is blanked, not cut off. Text that would
 * make the parser slow or overflow its stack is reported instead.
 */
export function parseMarkdown(
  text: SpecText,
  { bodyStart, report, parse = parseTree }: MarkdownOptions,
): Root {
  const body = text.text.slice(0, bodyStart).replace(/[^\r\n]/g, ' ') + text.text.slice(bodyStart)
  const excess = findExcess(body)
  if (excess) {
    report('markdown/too-complex', excess, excess.message)
    return { type: 'root', children: [] }
  }
  try {
    return parse(body)
  } catch {
    report(
      'markdown/too-complex',
      { start: bodyStart, end: bodyStart },
      'the markdown parser cannot read this file',
    )
    return { type: 'root', children: [] }
  }
}
