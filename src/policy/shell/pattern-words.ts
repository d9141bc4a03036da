import { expandBraces } from '../match/braces.ts'
import { hole, many } from './words.ts'

/** One word of a command pattern. */
export type PatternWord = { readonly kind: 'any' } | { readonly kind: 'one' } | GlobWord

export interface GlobWord {
  readonly kind: 'word'
  /** What stands between the `*`s; one segment = no `*`. */
  readonly segments: readonly string[]
  readonly literal: string | undefined
  /** Without quotes; each `*` wildcard is a NUL. */
  readonly text: string
  after(index: number): GlobWord
}

/** The words of each alternative that the pattern's braces spell out; an alternative may hold several words. */
export function parsePatternWords(pattern: string): readonly (readonly PatternWord[])[] {
  return expandBraces(pattern).map(parseWords)
}

/** Whether the word matches whatever its holes turn out to be: only a `*` covers a hole. */
export function matchesAlways(pattern: GlobWord, word: string): boolean {
  const { segments } = pattern
  const first = segments[0] as string
  const last = segments[segments.length - 1] as string
  if (segments.length === 1) return word === first
  if (word.length < first.length + last.length || !word.startsWith(first) || !word.endsWith(last))
    return false
  let at = first.length
  const end = word.length - last.length
  for (let index = 1; index < segments.length - 1; index++) {
    const segment = segments[index] as string
    const found = word.indexOf(segment, at)
    if (found < 0 || found + segment.length > end) return false
    at = found + segment.length
  }
  return true
}

/** Whether the word could match; with holes only its beginning and its end are compared. */
export function matchesEver(pattern: GlobWord, word: string): boolean {
  if (!word.includes(hole)) return matchesAlways(pattern, word)
  const text = word.startsWith(many) ? word.slice(many.length) : word
  const first = pattern.segments[0] as string
  const last = pattern.segments.at(-1) as string
  const open = text.indexOf(hole)
  // A word that was split may end anywhere in what was written.
  if (word.startsWith(many)) return true
  return beginsAlike(text.slice(0, open), first) && endsAlike(text.slice(text.lastIndexOf(hole) + 1), last)
}

function beginsAlike(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a)
}

function endsAlike(a: string, b: string): boolean {
  return a.endsWith(b) || b.endsWith(a)
}

function parseWords(pattern: string): readonly PatternWord[] {
  const raw = splitWords(pattern)
  return raw.map(({ text, wild }, index) => toWord(text, wild, index === raw.length - 1))
}

function toWord(text: string, wild: boolean, isLast: boolean): PatternWord {
  if (!wild) return globWord(text)
  if (text === hole) return { kind: isLast ? 'any' : 'one' }
  return /^\0+$/.test(text) ? { kind: 'any' } : globWord(text.replaceAll(/\0+/g, hole))
}

function globWord(text: string): GlobWord {
  const segments = text.split(hole)
  return {
    kind: 'word',
    segments,
    literal: segments.length === 1 ? text : undefined,
    text,
    after: (index) => globWord(text.slice(index + 1)),
  }
}

/** Words without their quotes; a `*` that was not quoted becomes a NUL. */
function splitWords(pattern: string): readonly { text: string; wild: boolean }[] {
  const words: { text: string; wild: boolean }[] = []
  let word: { text: string; wild: boolean } | undefined
  let quote = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string
    if (quote === '' && (character === ' ' || character === '\t')) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    word ??= { text: '', wild: false }
    if (character === '\\' && quote !== "'" && at + 1 < pattern.length) word.text += pattern[++at]
    else if (character === quote) quote = ''
    else if (quote !== '') word.text += character
    else if (character === "'" || character === '"') quote = character
    else if (character === '*') {
      word.text += hole
      word.wild = true
    } else word.text += character
  }
  if (word !== undefined) words.push(word)
  return words
}
