import type { Code, Html } from 'mdast'
import { spanOf } from '../markdown/inline.ts'
import type { Report } from '../report.ts'
import { isNearlyCapability, isNearlyEffect, isWordCapability } from './effect-word.ts'

/** A fence that is not closed, and rules in what is code by its indentation alone. */
export function reportCode(node: Code, text: string, report: Report): void {
  const span = spanOf(node)
  const source = text.slice(span.start, span.end)
  const fence = /^(`{3,}|~{3,})/.exec(source)?.[0]
  if (fence) {
    const lastLine =
      source
        .split(/\r\n|\n|\r/)
        .slice(1)
        .at(-1)
        ?.trim() ?? ''
    const closed = lastLine.replace(/^[>\s]+/, '').startsWith(fence)
    if (!closed)
      report(
        'markdown/unclosed-fence',
        { start: span.start, end: span.start + fence.length },
        'this code fence is not closed',
      )
  } else {
    reportRuleLines(source, span.start, 'a line that is indented by four columns is code', report)
  }
}

export function reportHtml(node: Html, report: Report): void {
  const { start } = spanOf(node)
  if (!node.value.startsWith('<!--')) {
    reportRuleLines(node.value, start, 'text directly below an HTML tag is HTML; leave a line free', report)
  } else if (!node.value.includes('-->')) {
    report('markdown/unclosed-comment', { start, end: start + 4 }, 'this comment is not closed')
  }
}

/** Lines that would be rules if they stood in the open. */
export function reportRuleLines(source: string, start: number, message: string, report: Report): void {
  let offset = start
  for (const line of source.split(/(?<=\n)/)) {
    if (isRuleLine(line))
      report(
        'rule/near-miss',
        { start: offset, end: offset + line.trimEnd().length },
        `a rule that is none: ${message}`,
      )
    offset += line.length
  }
}

/** Whether one line of plain text is a rule that lost its markdown: in indented code, or in HTML. */
export function isRuleLine(line: string): boolean {
  const [, word = '', code = '', bare = ''] =
    /^[\s>]*(?:(?:[-+*]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?)?(?:\*\*|__)\s*(\p{L}[^*_]{0,20})(?:\*\*|__):?\s+(?:`([^`]+)`|(\S+))/u.exec(
      markdownOf(line),
    ) ?? []
  return (
    isNearlyEffect(word.trim()) &&
    (isNearlyCapability(code) || (line !== markdownOf(line) && isWordCapability(bare)))
  )
}

/** Bold and code written as HTML. */
function markdownOf(line: string): string {
  if (!line.includes('<')) return line
  return line
    .replace(/<\/?(?:b|strong)\b[^<>]*>/gi, '**')
    .replace(/<\/?(?:code|tt|kbd)\b[^<>]*>/gi, '`')
    .replace(/<\/?[a-z][^<>]*>/gi, ' ')
}
