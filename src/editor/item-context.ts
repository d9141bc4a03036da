import type { Span } from '../spec/markdown/text.ts'
import { type EffectWord, effectTitle, effectWords } from '../spec/rule/effect-word.ts'
import { type ClauseName, clauseNames, isSeparator } from '../spec/rule/words.ts'

/** What stands at a point of a list item: half a rule, mostly, that no parser reads yet. */
export type ItemContext =
  /** A bold word at the item's start. */
  | { readonly kind: 'effect'; readonly typed: Span; readonly mark: string }
  | CodeContext
  /** A bare word behind `before`. */
  | { readonly kind: 'stage'; readonly typed: Span }
  /** A bare word behind a code span. */
  | { readonly kind: 'clause'; readonly typed: Span; readonly effect: EffectWord }

/** Inside a code span. */
export interface CodeContext {
  readonly kind: 'code'
  /** From its first character to its end, or the line's. */
  readonly span: Span
  readonly role: 'capability' | 'command' | 'agent' | 'folder' | 'let'
  readonly effect: EffectWord
}

/** Longer items are prose. */
const mostLines = 20
const bullet = /^([ \t]*)(?:[-+*]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?/

/** Nothing where no rule can be written. */
export function readItemContext(text: string, offset: number): ItemContext | undefined {
  const item = findItem(text, offset)
  if (item === undefined || isInFence(text, item.start)) return undefined
  const typed = text.slice(item.start, offset)
  const [, mark, word] = /^(\*\*|__)(\p{L}*)$/u.exec(typed) ?? []
  if (mark !== undefined && word !== undefined)
    return { kind: 'effect', typed: { start: offset - word.length, end: offset }, mark }
  const { outside, open } = readSpans(typed)
  const effect = effectOf(outside) ?? (outside.trim() === '' || isExample(outside) ? item.above() : undefined)
  if (effect === undefined || hasReason(outside)) return undefined
  if (open !== undefined) {
    const start = item.start + open.start
    if (/[\r\n]/.test(text.slice(start, offset))) return undefined
    const end = endOfSpan(text, start, open.fence)
    return { kind: 'code', span: { start, end }, role: roleOf(outside, effect), effect }
  }
  const before = withoutLastWord(outside)
  const at = { start: offset - (outside.length - before.length), end: offset }
  if (effect === 'require' && /\bbefore\s+$/.test(before)) return { kind: 'stage', typed: at }
  return /§\s+$/.test(before) ? { kind: 'clause', typed: at, effect } : undefined
}

/** By hand: a pattern that looks for its end takes the square of a long word's time. */
function withoutLastWord(text: string): string {
  let end = text.length
  while (end > 0 && /\p{L}/u.test(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

interface Item {
  /** Behind its bullet. */
  readonly start: number
  /** The effect of the item that this one is nested in. */
  above(): EffectWord | undefined
}

/** The list item that the point stands in, by its lines alone. */
function findItem(text: string, offset: number): Item | undefined {
  let lineStart = startOfLine(text, offset)
  for (let count = 0; count < mostLines; count++) {
    const line = text.slice(lineStart, Math.min(endOfLine(text, lineStart), offset))
    const match = bullet.exec(line)
    if (match) {
      const [mark, indent = ''] = match
      return { start: lineStart + mark.length, above: () => effectAbove(text, lineStart, indent.length) }
    }
    if (line.trim() === '' || lineStart === 0) return undefined
    lineStart = startOfLine(text, lineStart - 1)
  }
  return undefined
}

function effectAbove(text: string, from: number, indent: number): EffectWord | undefined {
  let lineStart = from
  for (let count = 0; count < mostLines && lineStart > 0; count++) {
    lineStart = startOfLine(text, lineStart - 1)
    const line = text.slice(lineStart, endOfLine(text, lineStart))
    const match = bullet.exec(line)
    if (match && (match[1] ?? '').length < indent)
      return effectOf(readSpans(line.slice(match[0].length)).outside)
  }
  return undefined
}

/** Bold, with or without a colon; plain only in front of a code span. */
function effectOf(outside: string): EffectWord | undefined {
  const [, bold, , plain] =
    /^\s*(?:(?:\*\*|__)(\p{L}+):?(?:\*\*|__)(:?)(?=\s|$)|(\p{L}+)\s+(?=§|$))/u.exec(outside) ?? []
  return effectWords.find((word) => effectTitle(word) === (bold ?? plain))
}

/** Behind the dash everything is prose. */
function hasReason(outside: string): boolean {
  return outside.split(/\s+/).some((text) => isSeparator({ kind: 'word', text, start: 0, end: 0 }))
}

function isExample(outside: string): boolean {
  return /^\s*[✓✗?]\s*$/u.test(outside)
}

function roleOf(outside: string, effect: EffectWord): CodeContext['role'] {
  if (effect === 'let') return 'let'
  const words: readonly string[] = outside.match(/\p{L}+/gu) ?? []
  const last = words.findLast((word) => clauseNames.some((name) => name === word))
  const clause = clauseNames.find((name) => name === last)
  return clause === undefined ? 'capability' : roles[clause]
}

const roles: Readonly<Record<ClauseName, CodeContext['role']>> = {
  for: 'agent',
  in: 'folder',
  via: 'command',
  except: 'capability',
  when: 'capability',
  before: 'capability',
}

interface Spans {
  /** The text with `§` in place of each whole code span, up to one that is open. */
  readonly outside: string
  readonly open?: { readonly start: number; readonly fence: string }
}

function readSpans(text: string): Spans {
  let outside = ''
  let at = 0
  for (;;) {
    const run = /`+/g
    run.lastIndex = at
    const match = run.exec(text)
    if (match === null) return { outside: outside + text.slice(at) }
    const [fence] = match
    outside += text.slice(at, match.index)
    const start = match.index + fence.length
    const end = closing(text, start, fence)
    if (end === undefined) return { outside, open: { start, fence } }
    outside += '§'
    at = end + fence.length
  }
}

/** Where a run of exactly so many backticks begins. */
function closing(text: string, from: number, fence: string): number | undefined {
  for (const { index, 0: run } of text.slice(from).matchAll(/`+/g)) if (run === fence) return from + index
  return undefined
}

/** On its own line: an open span must not swallow what follows. */
function endOfSpan(text: string, start: number, fence: string): number {
  const end = endOfLine(text, start)
  return closing(text.slice(0, end), start, fence) ?? end
}

function isInFence(text: string, offset: number): boolean {
  let fence: string | undefined
  for (const [, run = '', rest = ''] of text.slice(0, offset).matchAll(/^ {0,3}(`{3,}|~{3,})([^\r\n]*)/gm)) {
    if (fence === undefined) fence = run
    else if (run.startsWith(fence) && rest.trim() === '') fence = undefined
  }
  return fence !== undefined
}

function startOfLine(text: string, offset: number): number {
  if (offset === 0) return 0
  return Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1
}

function endOfLine(text: string, from: number): number {
  const length = /[\r\n]/.exec(text.slice(from))?.index
  return length === undefined ? text.length : from + length
}
