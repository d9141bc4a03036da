import type { Heading, ListItem, Paragraph, PhrasingContent, TableCell } from 'mdast'
import { isResource } from '../policy/resources.ts'
import { effectTitle, effectWords, isNearlyCapability, isNearlyEffect } from './effect-word.ts'
import { spanOf } from './inline.ts'
import { nearestWord, plain } from './spelling.ts'
import { oneLine, type Span } from './text.ts'

export type TextBlock = Paragraph | Heading | TableCell

export interface NearMiss {
  readonly severity: 'error' | 'warning'
  readonly span: Span
  readonly message: string
  readonly fix: string
}

/**
 * A block that is no rule: was it meant as one? `nested` are the items below it. A bold effect word at its start
 * and something like a capability in it is an error, the same without the bold a warning.
 */
export function findNearMiss(
  source: string,
  block: TextBlock,
  nested: readonly ListItem[],
): NearMiss | undefined {
  for (const lead of leadsOf(source, block)) {
    if (!isNearlyEffect(lead.word)) continue
    const capability = capabilityAfter(source, block, lead) ?? nestedCapability(nested)
    if (capability === undefined) continue
    const effect = effectWords.find((word) => word === nearestWord(lead.word, effectWords)) ?? 'deny'
    const fix = `write it as one list item: - **${effectTitle(effect)}** ${quoted(capability)} — why`
    const shown = oneLine(source.slice(lead.start, lead.end)).slice(0, 60)
    if (lead.bold)
      return { severity: 'error', span: lead, message: `${shown} looks like a rule and is none`, fix }
    if (isDirect(source, block, lead))
      return {
        severity: 'warning',
        span: lead,
        message: `\`${lead.word}\` looks like a rule and is none`,
        fix,
      }
  }
  return undefined
}

/** Whether one line of plain text is a rule that lost its markdown: in indented code, or in HTML. */
export function isRuleLine(line: string): boolean {
  const match =
    /^[\s>]*(?:(?:[-+*]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?)?(?:\*\*|__)(\p{L}[^*_]{0,20})(?:\*\*|__):?\s+`([^`]+)`/u.exec(
      line,
    )
  return match?.[1] !== undefined && isNearlyEffect(match[1].trim()) && isNearlyCapability(match[2] ?? '')
}

interface Lead extends Span {
  readonly word: string
  readonly bold: boolean
}

const blankLead = /^[ \t>]*(?:(?:[-+*•–—·▪]|\d{1,9}[.)])[ \t]*)?(?:\[[ xX]?\][ \t]*)?$/

/** The first word of the block, and of each of its lines. */
function leadsOf(source: string, block: TextBlock): readonly Lead[] {
  const leads: Lead[] = []
  let fresh = true
  let boldTag = false
  for (const node of block.children) {
    const span = spanOf(node)
    const text = source.slice(span.start, span.end)
    if (fresh && node.type === 'html') {
      boldTag = /^<(?:b|strong)\b/i.test(text)
      continue
    }
    if (fresh && !(node.type === 'text' && blankLead.test(text))) {
      const lead = leadOf(source, node, boldTag)
      if (lead) leads.push(lead)
    }
    const lines = text.split(/\r\n|\n|\r/)
    const blank = blankLead.test(lines.at(-1) ?? '')
    fresh = node.type === 'break' || (node.type === 'text' && blank && (fresh || lines.length > 1))
    boldTag = false
  }
  return leads
}

function leadOf(source: string, node: PhrasingContent, bold: boolean): Lead | undefined {
  const span = spanOf(node)
  if (node.type === 'text') {
    const match = /^[\s>]*(?:(?:[-+*•–—·▪]|\d{1,9}[.)])\s*)?(\p{L}[\p{L}\p{Cf}\p{M}]*)/u.exec(
      source.slice(span.start, span.end),
    )
    return match?.[1] === undefined
      ? undefined
      : { word: match[1], bold, ...span, end: span.start + match[0].length }
  }
  if (!('children' in node)) return undefined
  const word = /^\s*(\p{L}[\p{L}\p{Cf}\p{M}]*)/u.exec(plainText(node))?.[1]
  return word === undefined ? undefined : { word, bold: bold || hasStrong(node), ...span }
}

function hasStrong(node: PhrasingContent): boolean {
  if (node.type === 'strong') return true
  const first = 'children' in node ? node.children[0] : undefined
  return first !== undefined && hasStrong(first)
}

/** The first span, or bare word, behind the lead that is or nearly is a capability. */
function capabilityAfter(source: string, block: TextBlock, lead: Lead): string | undefined {
  const { end } = spanOf(block)
  const inside = source.slice(lead.start, end)
  const spans = codeTexts(block).filter(({ start }) => start >= lead.start)
  const span = spans.find(({ text }) => isNearlyCapability(text))
  if (span) return span.text
  const bare = inside.split(/[\s`]+/).map((word) => word.replace(/^[*_"'‘’“”(]+|["'‘’“”),.;]+$/g, ''))
  return bare.find(isBareCapability)
}

function nestedCapability(items: readonly ListItem[]): string | undefined {
  for (const { children } of items) {
    const first = children[0]?.type === 'paragraph' ? children[0].children[0] : undefined
    if (first?.type === 'inlineCode' && isNearlyCapability(first.value)) return first.value
  }
  return undefined
}

/** Without bold only `Word capability` counts: prose speaks of capabilities too. */
function isDirect(source: string, block: TextBlock, lead: Lead): boolean {
  const rest = source.slice(lead.end, spanOf(block).end)
  const match = /^[:*_~]*\s*(?:`+\s*([^`]+)|(\S+))/.exec(rest)
  return match?.[1] ? isNearlyCapability(match[1]) : isBareCapability(match?.[2] ?? '')
}

/** Outside a code span only the exact resource counts: `Note:this` is prose. */
function isBareCapability(word: string): boolean {
  return /^capability:\/\/./.test(word) || isResource(/^([a-z]+):[^\s]/.exec(word)?.[1] ?? '')
}

function codeTexts(node: TextBlock | PhrasingContent): readonly { text: string; start: number }[] {
  if (node.type === 'inlineCode') return [{ text: node.value, start: spanOf(node).start }]
  return 'children' in node ? node.children.flatMap(codeTexts) : []
}

export function plainText(node: PhrasingContent | TextBlock): string {
  if ('value' in node) return node.value
  return 'children' in node ? node.children.map(plainText).join('') : node.type === 'break' ? ' ' : ''
}

function quoted(capability: string): string {
  const text =
    plain(capability.slice(0, 80)) === capability.slice(0, 80) ? capability.slice(0, 80) : 'file:**/.env*:*'
  return `\`${text}\``
}
