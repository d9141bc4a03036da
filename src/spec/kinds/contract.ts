import type { List, Root } from 'mdast'
import {
  type Block,
  codeLines,
  descendants,
  firstParagraph,
  type Line,
  labelOf,
  outline,
  textOf,
} from '../markdown/blocks.ts'
import { spanOf } from '../markdown/inline.ts'
import type { SpecText } from '../markdown/text.ts'
import type { Report } from '../report.ts'
import type { MirrorColumn, MirrorContract, MirrorTab } from '../types.ts'
import { checkSettings, type RawSetting } from './check-settings.ts'
import { parseColumn } from './contract-column.ts'

/** Tabs of a sheet, each a fence of columns and a list of what may flow back; retries, truncation and conflicts. */
export function parseContract(root: Root, text: SpecText, report: Report): MirrorContract {
  const blocks = outline(root)
  const starts = blocks.flatMap((block, index) => (isColumns(block, text.text) ? [index] : []))
  const tabs = starts.map((start, index) =>
    parseTab(blocks.slice(start, starts[index + 1]), blocks[start - 1], text, report),
  )
  reportRepeated(tabs, report)
  return { tabs, settings: checkSettings(findSettings(root), text, report) }
}

const columnStart = /^[A-Z]{1,2}:\s/

function isColumns({ node }: Block, source: string): boolean {
  if (node.type !== 'code') return false
  const lines = codeLines(source, node)
  return lines.length > 0 && columnStart.test(lines[0]?.text ?? '')
}

function parseTab(
  blocks: readonly Block[],
  before: Block | undefined,
  text: SpecText,
  report: Report,
): MirrorTab {
  const [fence] = blocks
  const node = fence?.node
  const lines = node?.type === 'code' ? codeLines(text.text, node) : []
  const columns = lines.flatMap((line) => parseColumn(line, text, report) ?? [])
  const name = tabName(fence, before)
  const span = node ? spanOf(node) : { start: 0, end: 0 }
  reportRepeatedColumns(columns, report)
  if (columns.length > 0 && !columns.some(({ key }) => key))
    report('contract/key', span, `the tab \`${name}\` has no key column`)
  const flows = sectionLists(blocks, fence).flatMap((list) => flowLines(list))
  return {
    name,
    columns: flows.reduce<readonly MirrorColumn[]>((found, line) => applyFlow(found, line, report), columns),
    place: text.place(span),
  }
}

/** A name in backticks in the heading or label above the fence, else the heading without "Tab 1:". */
function tabName(fence: Block | undefined, before: Block | undefined): string {
  const heading = fence?.headings.at(-1)
  const label = labelOf(before?.node)
  const above = [before?.node, heading].filter((node) => node !== undefined)
  const code = above.flatMap((node) => descendants(node, 'inlineCode'))[0]?.value
  const title = heading ? textOf(heading) : (label?.label ?? '')
  return code ?? title.replace(/^tab\s*\d*\s*[:.–—-]\s*/i, '').replace(/\s+tab$/i, '')
}

/** Lists up to the next heading that is not below the tab's own. */
function sectionLists(blocks: readonly Block[], fence: Block | undefined): readonly List[] {
  const depth = fence?.headings.at(-1)?.depth ?? 0
  const end = blocks.findIndex(({ node }) => node.type === 'heading' && node.depth <= depth)
  const section = end < 0 ? blocks : blocks.slice(0, end)
  return section.flatMap(({ node }) => (node.type === 'list' ? [node] : []))
}

interface FlowLine extends Line {
  readonly codes: readonly string[]
}

/** One way or the other. */
const flow = /\b(?:sheets?|db|database|sqlite)\b\s*(?:→|->|⇒|=>)/i
const backFlow = /\bsheets?\b\s*(?:→|->|⇒|=>|to)\s*(?:the\s+)?(?:db|database|sqlite)\b/i

function flowLines(list: List): readonly FlowLine[] {
  return list.children.flatMap((item) => {
    const paragraph = firstParagraph(item)
    const text = paragraph ? textOf(paragraph) : ''
    if (!paragraph || !backFlow.test(text)) return []
    return [
      { text, codes: descendants(paragraph, 'inlineCode').map(({ value }) => value), ...spanOf(paragraph) },
    ]
  })
}

function applyFlow(
  columns: readonly MirrorColumn[],
  line: FlowLine,
  report: Report,
): readonly MirrorColumn[] {
  const names = new Set(columns.map(({ name }) => name.toLowerCase()))
  for (const code of line.codes) {
    if (!names.has(code.toLowerCase()))
      report('contract/flow', line, `the tab has no column \`${code.slice(0, 60)}\``)
  }
  const rest = line.text.replace(backFlow, '').toLowerCase()
  const all = /\ball columns\b/.test(rest)
  return columns.map((column) => {
    const named = new RegExp(
      `(?<![\\p{L}\\p{N}_])${quotePattern(column.name.toLowerCase())}(?![\\p{L}\\p{N}_])`,
      'u',
    ).test(rest)
    return !column.key && (named || all) ? { ...column, direction: 'both' } : column
  })
}

function quotePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

function reportRepeated(tabs: readonly MirrorTab[], report: Report): void {
  tabs.forEach((tab, index) => {
    const first = tabs.findIndex(({ name }) => name === tab.name)
    if (first < index) report.at('contract/repeated', tab.place, `the tab \`${tab.name}\` is described twice`)
  })
}

function reportRepeatedColumns(columns: readonly MirrorColumn[], report: Report): void {
  columns.forEach((column, index) => {
    const first = columns.findIndex(
      ({ letter, name }) => letter === column.letter || name.toLowerCase() === column.name.toLowerCase(),
    )
    if (first < index)
      report.at(
        'contract/repeated',
        column.place,
        `the column \`${column.letter}: ${column.name}\` is described twice`,
      )
  })
}

function findSettings(root: Root): readonly RawSetting[] {
  const paragraphs = [...descendants(root, 'paragraph')]
  return paragraphs.flatMap((paragraph) => {
    const text = textOf(paragraph)
    const span = spanOf(paragraph)
    const retries = /\bretr(?:y|ies)\b[^.\d]{0,40}?\b(\d+)\b|\b(\d+)\s+retries\b/i.exec(text)
    const truncate =
      /\btruncat\w*\b[^.\d]{0,40}?\b(\d[\d,]*)\b|\b(\d[\d,]*)[ -]char\w*\b[^.]{0,40}\btruncat/i.exec(text)
    const wins = /\b(database|db|sheets?) wins\b/i.exec(text)?.[1]
    const found: [string, string | undefined][] = [
      ['mirror.retries', retries?.[1] ?? retries?.[2]],
      ['mirror.truncate', (truncate?.[1] ?? truncate?.[2])?.replace(/,/g, '')],
      [
        `mirror.${backFlow.test(text) ? 'import' : 'export'}.period`,
        flow.test(text) ? /\b(hourly|daily|weekly)\b/i.exec(text)?.[1] : undefined,
      ],
      ['mirror.conflict', wins && (/^s/i.test(wins) ? 'sheet' : 'database')],
    ]
    return found.flatMap(([key, value]) => (value === undefined ? [] : [{ key, value, ...span }]))
  })
}
