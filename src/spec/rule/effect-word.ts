import { parseCapability } from '../../policy/capability/capability.ts'
import { isUrl, resourceCalled } from '../../policy/capability/meant.ts'
import { isResource, resources } from '../../policy/resources.ts'
import { type Effect, effects } from '../../policy/types.ts'
import { editDistance } from '../../shared/closest.ts'
import type { Token } from '../markdown/inline.ts'
import { plain } from '../spelling.ts'

/** What a rule can begin with. `let` names a pattern and is no rule. */
export const effectWords = [...effects, 'let'] as const
export type EffectWord = Effect | 'let'

export interface EffectLead {
  readonly word: EffectWord
  readonly bold: boolean
  /** How many tokens it took. */
  readonly length: number
}

/** The effect that a list item begins with: bold, or plain in front of a span that starts like a capability. */
export function readEffect(tokens: readonly Token[]): EffectLead | undefined {
  const [first, second] = tokens
  if (first?.kind === 'strong') {
    const word = exactEffect(first.text.trim())
    const colon = second?.kind === 'word' && second.text === ':'
    return word && { word, bold: true, length: colon ? 2 : 1 }
  }
  if (first?.kind !== 'word' || second?.kind !== 'code') return undefined
  const word = exactEffect(first.text)
  return word && startsAsCapability(second.text) ? { word, bold: false, length: 1 } : undefined
}

/** Whether a word was surely meant as an effect: at most one edit away, whatever its case or hidden characters. */
export function isNearlyEffect(word: string): boolean {
  const letters = plain(word).replace(/[:.,;!]+$/, '')
  return effectWords.some((effect) => editDistance(letters, effect, 2) < 2)
}

export function startsAsCapability(text: string): boolean {
  return text.startsWith('capability://') || isResource(/^([a-z]+):/.exec(text)?.[1] ?? '')
}

/** Whether a span is a capability, or one edit or another name of its resource away from one. */
export function isNearlyCapability(text: string): boolean {
  const match = /^\W{0,2}(\p{L}[\p{L}\p{Cf}]*)\s*:\s*\S/u.exec(text)
  if (!match?.[1]) return false
  const word = plain(match[1])
  if (resourceCalled(word) !== undefined && !isUrl(text)) return true
  return [...Object.keys(resources), 'capability'].some((resource) => editDistance(word, resource, 2) < 2)
}

/** How the effect is written in a spec. */
export function effectTitle(effect: EffectWord): string {
  return effect.charAt(0).toUpperCase() + effect.slice(1)
}

/** What people write for an effect, and what they mean by it. */
const synonyms: Readonly<Record<string, EffectWord>> = {
  forbid: 'deny',
  never: 'deny',
  block: 'deny',
  disallow: 'deny',
  prohibit: 'deny',
  refuse: 'deny',
  reject: 'deny',
  denied: 'deny',
  forbidden: 'deny',
  blocked: 'deny',
  prohibited: 'deny',
  allowed: 'allow',
  permitted: 'allow',
  permit: 'allow',
  grant: 'allow',
  confirm: 'ask',
  restrict: 'only',
  must: 'require',
}

export function effectCalled(word: string): EffectWord | undefined {
  const letters = plain(word)
  return Object.hasOwn(synonyms, letters) ? synonyms[letters] : undefined
}

/** The one effect that words speak of: `## Allow`, `✅ **Allowed**`, `Do not`; nothing where they name two. */
export function effectSpokenOf(text: string): Effect | undefined {
  if (/\b(?:not|never|no)\b|n['’]t\b|[❌✖✘🚫⛔]/iu.test(text)) return 'deny'
  const words = text
    .replace(/[✅✔☑]/gu, ' allow ')
    .split(/[^\p{L}]+/u)
    .map(plain)
  const named = words.flatMap((word) => effects.find((effect) => effect === word) ?? effectCalled(word) ?? [])
  const [first, ...others] = new Set(named)
  if (first === 'let' || others.length > 0) return undefined
  return first === 'allow' && closes(text) ? 'deny' : first
}

/** Whether words around an Allow take it back, or leave out what stands behind them: no Allow is offered for that. */
export function closes(words: string): boolean {
  return negation.test(words) || leavingOut.test(words)
}

const negation =
  /\b(?:no|not|none|nothing|nobody|nowhere|never|neither|nor|cannot|zero|hardly|rarely)\b(?! (?:ask|confirm|question|prompt|limit))|\w{2}n['’]t\b/i
const leavingOut =
  /\b(?:but|except(?:ing)?|exclud(?:e|es|ing)|unless|without(?! (?:ask|confirm|question|prompt|limit))|minus|(?:all|\w+thing) save|barring|besides|outside|(?:other|else) than|apart from)\b/i

function exactEffect(text: string): EffectWord | undefined {
  return effectWords.find((effect) => text === effectTitle(effect) || text === `${effectTitle(effect)}:`)
}

/**
 * Outside a code span only the exact resource counts, what `net:*` and `fs:src/**` call it, or one edit away where all
 * else is right: `host:port` is prose.
 */
export function isWordCapability(word: string): boolean {
  const [, name = ''] = /^([a-z]+):\S/.exec(word) ?? []
  const isOther = resourceCalled(name) !== undefined && /:(?!\/\/).*[*/:]/.test(word)
  return /^capability:\/\/./.test(word) || isResource(name) || isOther || isMisspelt(name, word)
}

/** `flie:src/**:read` */
function isMisspelt(name: string, word: string): boolean {
  if (!/^[a-z]+:.+:[a-z*,-]+$/.test(word)) return false
  const rest = word.slice(name.length)
  return Object.keys(resources).some(
    (resource) => editDistance(name, resource, 2) < 2 && parseCapability(resource + rest).ok,
  )
}
