import type { Code, Root } from 'mdast'
import {
  type Block,
  codeLines,
  descendants,
  type Line,
  labelOf,
  outline,
  slug,
  tableRows,
  textOf,
} from '../markdown/blocks.ts'
import { spanOf } from '../markdown/inline.ts'
import type { SpecText } from '../markdown/text.ts'
import type { Report } from '../report.ts'
import type { Setting } from '../types.ts'
import { checkSettings, type RawSetting } from './check-settings.ts'

/**
 * Settings in the shapes that people write: `| Setting | Value |` tables, a bold key with a fence of `Location:`
 * lines, a fence of PRAGMAs, a list of timers, and how long copies are kept.
 */
export function parseStack(root: Root, text: SpecText, report: Report): readonly Setting[] {
  const blocks = outline(root)
  const raw = [
    ...descendants(root, 'table')
      .flatMap((table) => tableRows(table, /^setting$/i, /^value$/i))
      .map(tableSetting),
    ...blocks.flatMap((block, index) => fenceSettings(block, blocks[index - 1], text.text)),
    ...descendants(root, 'listItem').flatMap((item) =>
      item.children[0] ? lineSettings({ text: textOf(item.children[0]), ...spanOf(item.children[0]) }) : [],
    ),
  ]
  return checkSettings(raw, text, report)
}

function tableSetting({
  name,
  value,
  span,
}: {
  name: string
  value: string
  span: { start: number; end: number }
}): RawSetting {
  return {
    key: name
      .toLowerCase()
      .replace(/\s*\.\s*/g, '.')
      .replace(/\s+/g, '_'),
    value,
    ...span,
  }
}

function fenceSettings(
  { node, headings }: Block,
  before: Block | undefined,
  source: string,
): readonly RawSetting[] {
  if (node.type !== 'code') return []
  const lines = codeLines(source, node)
  if (isSql(node, lines)) return lines.flatMap(pragma)
  const timers = lines.flatMap(timer)
  if (timers.length > 0) return timers
  const label = labelOf(before?.node)
  const subject = label ? `${label.label} ${label.rest}` : headings.map(textOf).join(' ')
  return label ? keyedLines(lines, subject) : []
}

function isSql({ lang }: Code, lines: readonly Line[]): boolean {
  return lang === 'sql' || lines.some(({ text }) => /^PRAGMA\s/i.test(text))
}

function pragma({ text, start, end }: Line): readonly RawSetting[] {
  const match =
    /^PRAGMA\s+(?:main\.)?(\w+)\s*(?:=\s*|\(\s*)['"]?([\w.-]+)['"]?\s*\)?\s*;?\s*(?:--.*)?$/i.exec(text)
  return match?.[1] && match[2]
    ? [{ key: `database.${match[1].toLowerCase()}`, value: match[2], start, end }]
    : []
}

/** `atlas-health.timer  # Health checks (every 15min)` */
function timer({ text, start, end }: Line): readonly RawSetting[] {
  const match = /^`?([\w@-]+)\.timer`?\s*(?:#|:|—|–|-)?\s*(.*?)\s*\(([^()]+)\)\s*$/.exec(text)
  if (!match?.[1] || !match[3]) return []
  const name = `timers.${slug(match[1])}`
  const purpose = match[2] ? [{ key: `${name}.purpose`, value: match[2], start, end }] : []
  return [{ key: `${name}.period`, value: match[3], start, end }, ...purpose]
}

const keyedPattern = /^([A-Z][A-Za-z ]{1,30}):\s+(\S.*)$/

/** `Service:` names a service; without one only the lines below a key that speaks of a database are settings. */
function keyedLines(lines: readonly Line[], subject: string): readonly RawSetting[] {
  const keyed = lines.flatMap(({ text, start, end }) => {
    const match = keyedPattern.exec(text)
    return match?.[1] && match[2]
      ? [{ name: match[1].toLowerCase(), value: match[2].replace(/\s+#.*$/, ''), start, end }]
      : []
  })
  const service = keyed.find(({ name }) => name === 'service')
  if (service) return keyed.flatMap((line) => serviceSetting(`services.${slug(service.value)}`, line))
  return /\bdatabase\b|\bsqlite\b|\bpostgres/i.test(subject) ? keyed.flatMap(databaseSetting) : []
}

interface Keyed {
  readonly name: string
  readonly value: string
  readonly start: number
  readonly end: number
}

function serviceSetting(service: string, { name, value, start, end }: Keyed): readonly RawSetting[] {
  if (name === 'port') {
    const [, host, port] = /^(?:(.*):)?([^:]*)$/.exec(value) ?? []
    const address = host ? [{ key: `${service}.host`, value: host, start, end }] : []
    return [...address, { key: `${service}.port`, value: port ?? value, start, end }]
  }
  return ['host', 'url', 'mode', 'access'].includes(name)
    ? [{ key: `${service}.${name}`, value, start, end }]
    : []
}

function databaseSetting({ name, value, start, end }: Keyed): readonly RawSetting[] {
  if (name === 'location' || name === 'path') return [{ key: 'database.path', value, start, end }]
  if (name === 'url') return [{ key: 'database.url', value, start, end }]
  return name === 'mode'
    ? [{ key: 'database.journal_mode', value: value.replace(/\s*\(.*$/, ''), start, end }]
    : []
}

/** `Local: daily copies (retain 7 days)`, and a timer as a list item. */
function lineSettings(line: Line): readonly RawSetting[] {
  const { text, start, end } = line
  const match = /^([\w -]{1,40}):\s.*\bretain(?:ed)?(?: for)? (\d+) days?\b/i.exec(text)
  if (!match?.[1] || !match[2]) return timer(line)
  const name = `backup.${slug(match[1])}`
  const period = /\b(hourly|daily|weekly|monthly)\b/i.exec(text)?.[1]
  const often = period ? [{ key: `${name}.period`, value: period, start, end }] : []
  return [{ key: `${name}.retain_days`, value: match[2], start, end }, ...often]
}
