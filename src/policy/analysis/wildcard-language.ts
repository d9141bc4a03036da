import type { CharSet } from 'refa'
import { classEnd, readClass } from '../wildcard.ts'
import { charset, charsetBut, many, one, type Regular, sequence, spanOf, word } from './regular.ts'

/** What a wildcard matches; its `*`, `?` and classes stand for characters of `any` alone. */
export function wildcardLanguage(pattern: string, any: CharSet): Regular {
  const parts: Regular[] = []
  for (let index = 0; index < pattern.length; ) {
    const character = String.fromCodePoint(pattern.codePointAt(index) ?? 0)
    const close = character === '[' ? classEnd(pattern, index) : -1
    if (close > 0) parts.push(one(classOf(pattern.slice(index + 1, close)).intersect(any)))
    else if (character === '*') parts.push(many(any))
    else if (character === '?') parts.push(one(any))
    else parts.push(word(character === '\\' ? (pattern[index + 1] ?? '\\') : character))
    index = close > 0 ? close + 1 : index + (character === '\\' ? 2 : character.length)
  }
  return sequence(...parts)
}

function classOf(inside: string): CharSet {
  const { negated, members } = readClass(inside)
  const spans = members
    .map(({ from, to }) => ({ min: spanOf(from).min, max: spanOf(to).max }))
    .filter(({ min, max }) => min <= max)
  return negated ? charsetBut('').without(charset(spans)) : charset(spans)
}
