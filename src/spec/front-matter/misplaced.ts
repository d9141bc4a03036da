import type { Report } from '../report.ts'
import { frontMatterSchemas, type StrictKind } from './schemas.ts'

/**
 * Front matter counts only from the first line on and between lines of three dashes; with a heading above it, without its
 * first line, or in a block of code at the top, it is prose.
 */
export function reportMisplaced(text: string, kind: StrictKind, report: Report): void {
  const start = startOf(text, Object.keys(frontMatterSchemas[kind].shape).join('|'))
  if (start === undefined) return
  const length = text.slice(start).search(/\r?\n/)
  const span = { start, end: length === -1 ? text.length : start + length }
  report('front-matter/misplaced', span, 'this looks like front matter and is not')
}

function startOf(text: string, keys: string): number | undefined {
  const unopened = new RegExp(`^\\s*(?:${keys}):[ \\t]*\\S[^]*?^---[ \\t]*$`, 'm').exec(text)
  const fenced = new RegExp(`^\\s*\`\`\`ya?ml[ \\t]*\\r?\\n(?:---[ \\t]*\\r?\\n)?[ \\t]*(?:${keys}):`).exec(
    text,
  )
  if (unopened?.index === 0 || fenced !== null) return text.search(/\S/)
  const opening = '(?:-{2,}|\\*{3,}|_{3,}|[–—]+)'
  const late = new RegExp(`^[ \\t]*${opening}[ \\t]*\\r?\\n[ \\t]*(?:${keys}):(?=\\s)`, 'm').exec(text)
  return late !== null && isTop(text.slice(0, late.index)) ? late.index : undefined
}

/** Further down, below text, a line of dashes only parts what stands above and below it. */
function isTop(above: string): boolean {
  const bare = above.replace(/<!--.*?-->/gs, '')
  return bare.split(/\r?\n/).every((line) => /^\s*(?:#{1,6}\s.*)?$/.test(line))
}
