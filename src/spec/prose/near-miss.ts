import type { Heading, ListItem, Paragraph, PhrasingContent, TableCell } from 'mdast'
import { closest } from '../../shared/closest.ts'
import { spanOf } from '../markdown/inline.ts'
import { oneLine, type Span } from '../markdown/text.ts'
import { leavesAgentsOut, noneLeftOut } from '../rule/agents-meant.ts'
import {
  type EffectWord,
  effectCalled,
  effectTitle,
  effectWords,
  isNearlyCapability,
  isNearlyEffect,
  isWordCapability,
} from '../rule/effect-word.ts'
import { groupAdvice, groupHead } from '../rule/group-head.ts'
import { plain } from '../spelling.ts'
import { type Meant, readPlainRule } from './plain-rule.ts'
import { turnedEffect } from './turned-effect.ts'

export type TextBlock = Paragraph | Heading | TableCell

export interface NearMiss {
  readonly severity: 'error' | 'warning'
  readonly span: Span
  readonly message: string
  readonly meant: Meant
  /** What to do where no rule says it. */
  readonly advice?: string
  /** The line as it was meant, where there is no rule in it alone: the head of a group. */
  readonly line?: string
}

/** Where the block stands: `item` is the list item that it begins, `nested` are the items below it. */
export interface BlockPlace {
  readonly nested: readonly ListItem[]
  readonly inItem: boolean
}

/**
 * A block that is no rule: was it meant as one? A bold effect word at its start and something like a capability in it
 * is an error, the same without the bold a warning.
 */
export function findNearMiss(source: string, block: TextBlock, place: BlockPlace): NearMiss | undefined {
  const quoted = ruleInCode(source, block, place)
  if (quoted) return quoted
  for (const lead of leadsOf(source, block)) {
    const effect = effectOf(lead)
    const miss = effect && missAt(source, block, { lead, effect, place })
    if (miss) return miss
  }
  return undefined
}

interface LeadAt {
  readonly lead: Lead
  readonly effect: EffectWord
  readonly place: BlockPlace
}

function missAt(source: string, block: TextBlock, { lead, effect, place }: LeadAt): NearMiss | undefined {
  const found = capabilityAfter(source, block, lead) ?? nestedCapability(place.nested)
  if (found === undefined) return plainMiss(source, block, { lead, effect, place })
  const severity = severityOf(lead, isDirect(source, block, lead))
  if (severity === undefined) return undefined
  const after = source.slice(lead.start, spanOf(block).end)
  const text = after.slice(after.indexOf(lead.word) + lead.word.length)
  const head = headOf(text)
  const between = found.nested ? head : (text.split(found.inCode ? '`' : found.text)[0] ?? '')
  const turned = isRun(found.text) ? 'limit' : turnedEffect(effect, between)
  const advice = namesTwo(source.slice(lead.start, lead.end), effect)
    ? 'a rule has one effect: write **Allow**, **Ask** or **Deny**'
    : leavesAgentsOut(text.split(/[\r\n]/)[0] ?? '')
      ? noneLeftOut
      : undefined
  const why =
    advice !== undefined || turned === effect
      ? faultOf(lead, { effect, found, place, after })
      : `what this says is written **${effectTitle(turned)}**`
  const line = found.nested && groupHead(isRun(found.text) ? turned : effect, turned, head)
  return {
    severity,
    span: lead,
    message: messageOf(source, lead, why),
    // Of a list the first item alone would be less than was written.
    meant: { effect: turned, text, capability: found.nested ? '' : capabilityText(found.text) },
    ...(line && { line }),
    ...(advice && { advice }),
  }
}

/** `**Allow/Deny**`; "allow only" is one. */
function namesTwo(lead: string, effect: EffectWord): boolean {
  const words = lead.split(/[^\p{L}]+/u).map(plain)
  return !words.includes('only') && effectWords.some((other) => other !== effect && words.includes(other))
}

/** A run as a whole is limited, whatever the effect in front of it says. */
function isRun(capability: string): boolean {
  return capability.startsWith('run:')
}

/** All of the rule between backticks: `` - `Deny file:.env:*` ``. */
function ruleInCode(source: string, block: TextBlock, { inItem }: BlockPlace): NearMiss | undefined {
  const [first, second] = block.children
  if (first?.type !== 'inlineCode') return undefined
  const isWhole =
    second === undefined || (second.type === 'text' && /^\s*(?:[—–:.]|--?\s)/.test(second.value))
  const [, word = '', rest = ''] = /^[*_\s]*(\p{L}+)[:*_]*\s+(\S.*)$/su.exec(first.value) ?? []
  const capability = rest.split(/\s/)[0]?.replace(bareEnds, '') ?? ''
  if (!isWhole || !isNearlyEffect(word) || !isNearlyCapability(capability)) return undefined
  const effect = isRun(capability) ? 'limit' : (closest(plain(word), effectWords) ?? 'deny')
  const { start, end } = spanOf(first)
  const text = `${rest}${source.slice(end, spanOf(block).end)}`
  return {
    severity: inItem && effect !== 'allow' ? 'error' : 'warning',
    span: { start, end },
    message: `\`${oneLine(first.value).slice(0, 60)}\` looks like a rule and is none: backticks stand around the capability alone`,
    meant: { effect, text, capability: capabilityText(capability) },
  }
}

/** Without a capability only what is bold counts: the rest is advice. */
function plainMiss(source: string, block: TextBlock, { lead, effect, place }: LeadAt): NearMiss | undefined {
  if (!lead.bold || !/^\W*\p{L}+\W*$/u.test(source.slice(lead.start, lead.end))) return undefined
  const text = source.slice(lead.end, spanOf(block).end)
  const read = readPlainRule(lead.word, text)
  if (read === undefined) return undefined
  const { severity, why, meant } = read
  const advice = meant.lines || meant.capability ? undefined : groupAdvice(effect, headOf(text), place.nested)
  return { severity, span: lead, message: messageOf(source, lead, why), meant, ...(advice && { advice }) }
}

/** The words of a group's head. */
function headOf(text: string): string {
  return oneLine(text).replace(/^[\s:*_~]+|[\s:*_~]+$/g, '')
}

function messageOf(source: string, lead: Lead, why: string): string {
  const shown = lead.bold ? oneLine(source.slice(lead.start, lead.end)).slice(0, 60) : `\`${lead.word}\``
  return `${shown} looks like a rule and is none: ${why}`
}

function effectOf({ word, bold }: Lead): EffectWord | undefined {
  if (isNearlyEffect(word)) return closest(plain(word), effectWords) ?? 'deny'
  return bold ? effectCalled(word) : undefined
}

/** Only a word that can be nothing else than an effect makes an error of a line. */
function severityOf({ bold, word }: Lead, direct: boolean): NearMiss['severity'] | undefined {
  if (bold && isNearlyEffect(word)) return 'error'
  return direct ? 'warning' : undefined
}

interface Around {
  readonly effect: EffectWord
  readonly found: FoundCapability
  readonly place: BlockPlace
  /** The block from the lead on. */
  readonly after: string
}

/** What is wrong first, in words. */
function faultOf({ word, bold, start, end }: Lead, { effect, found, place, after }: Around): string {
  const title = effectTitle(effect)
  if (plain(word) !== effect) return `\`${word}\` is no effect, **${title}** is`
  if (word !== title) return `the effect is written **${title}**`
  if (!bold) return `the effect is not bold: **${title}**`
  if (!/^(?:\*\*|__)\p{L}+:?(?:\*\*|__)$/u.test(after.slice(0, end - start)))
    return `between the asterisks stands the effect alone: **${title}**`
  if (found.nested) return 'a group is a list item itself, and its rules stand below it'
  if (!found.inCode) return `\`${found.text}\` has no backticks around it`
  if (!place.inItem) return 'it is no list item of its own'
  return 'the capability does not stand right behind the effect'
}

interface Lead extends Span {
  readonly word: string
  readonly bold: boolean
}

const blankLead = /^(?:[^\S\r\n]|>)*(?:(?:[-+*•–—·▪]|\d{1,9}[.)])[^\S\r\n]*)?(?:\[[ xX]?\][^\S\r\n]*)?$/

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
    // With a blank inside, asterisks are no markup.
    const starred = /^\s*(?:\*\*|__)\s*(\p{L}+)\s*:?\s*(?:\*\*|__)/u.exec(source.slice(span.start, span.end))
    if (starred?.[1] !== undefined)
      return { word: starred[1], bold: true, start: span.start, end: span.start + starred[0].length }
    const match = /^[\s>]*(?:(?:[-+*•–—·▪]|\d{1,9}[.)])\s*)?(\p{L}[\p{L}\p{Cf}\p{M}]*)/u.exec(
      source.slice(span.start, span.end),
    )
    return match?.[1] === undefined
      ? undefined
      : { word: match[1], bold, ...span, end: span.start + match[0].length }
  }
  if (!('children' in node)) return undefined
  const word = /^\s*(?:(?:always|please)\s+)?(\p{L}[\p{L}\p{Cf}\p{M}]*)/iu.exec(plainText(node))?.[1]
  return word === undefined ? undefined : { word, bold: bold || hasStrong(node), ...span }
}

function hasStrong(node: PhrasingContent): boolean {
  if (node.type === 'strong') return true
  const first = 'children' in node ? node.children[0] : undefined
  return first !== undefined && hasStrong(first)
}

interface FoundCapability {
  readonly text: string
  readonly inCode: boolean
  readonly nested?: true
}

/** The first span, or bare word, behind the lead that is or nearly is a capability. */
function capabilityAfter(source: string, block: TextBlock, lead: Lead): FoundCapability | undefined {
  const { end } = spanOf(block)
  const inside = source.slice(lead.start, end)
  const spans = codeTexts(block).filter(({ start }) => start >= lead.start)
  const span = spans.find(({ text }) => isNearlyCapability(text))
  if (span) return { text: span.text, inCode: true }
  const bare = withoutMarkup(inside)
    .split(/[\s`]+/)
    .map((word) => word.replace(bareEnds, ''))
  const text = bare.find(isWordCapability)
  return text === undefined ? undefined : { text, inCode: false }
}

/** Quotes and brackets that people put around a capability. */
const bareEnds = /^[*_"'‘’‚“”„«»‹›´(]+|["'‘’“”«»‹›´),.;]+$/g

function withoutMarkup(text: string): string {
  return text.replace(/\[([^[\]]*)\]\([^()\s]*\)/g, ' $1 ').replace(/<\/?[a-z][^<>]*>/gi, ' ')
}

function nestedCapability(items: readonly ListItem[]): FoundCapability | undefined {
  for (const { children } of items) {
    const first = children[0]?.type === 'paragraph' ? children[0].children[0] : undefined
    if (first?.type === 'inlineCode' && isNearlyCapability(first.value))
      return { text: first.value, inCode: true, nested: true }
  }
  return undefined
}

/** Without bold only `Word capability` counts: prose speaks of capabilities too. */
function isDirect(source: string, block: TextBlock, lead: Lead): boolean {
  const rest = source.slice(lead.end, spanOf(block).end)
  const match = /^[:*_~]*\s*(?:`+\s*([^`]+)|(\S+))/.exec(rest)
  return match?.[1] ? isNearlyCapability(match[1]) : isWordCapability(match?.[2] ?? '')
}

function codeTexts(node: TextBlock | PhrasingContent): readonly { text: string; start: number }[] {
  if (node.type === 'inlineCode') return [{ text: node.value, start: spanOf(node).start }]
  return 'children' in node ? node.children.flatMap(codeTexts) : []
}

export function plainText(node: PhrasingContent | TextBlock): string {
  if ('value' in node) return node.value
  return 'children' in node ? node.children.map(plainText).join('') : node.type === 'break' ? ' ' : ''
}

function capabilityText(capability: string): string {
  const text = capability.slice(0, 80)
  return plain(text) === text.toLowerCase() ? text : 'file:**/.env*:*'
}
