import { classEnd, readClass } from '../match/wildcard.ts'
import { type Characters, charactersOf, intersect, without } from './characters.ts'
import { charsetBut, many, one, type Regular, sequence, spanOf, word } from './regular.ts'

/** What a wildcard matches; its `*`, `?` and classes stand for characters of `any` alone. */
export function wildcardLanguage(pattern: string, any: Characters): Regular {
  const parts: Regular[] = []
  for (let index = 0; index < pattern.length; ) {
    const character = String.fromCodePoint(pattern.codePointAt(index) ?? 0)
    const close = character === '[' ? classEnd(pattern, index) : -1
    if (close > 0) parts.push(one(intersect(classOf(pattern.slice(index + 1, close)), any)))
    else if (character === '*') parts.push(many(any))
    else if (character === '?') parts.push(one(any))
    else parts.push(word(character === '\\' ? (pattern[index + 1] ?? '\\') : character))
    index = close > 0 ? close + 1 : index + (character === '\\' ? 2 : character.length)
  }
  return sequence(...parts)
}

function classOf(inside: string): Characters {
  const { negated, members } = readClass(inside)
  const spans = members
    .map(({ from, to }) => ({ min: spanOf(from).min, max: spanOf(to).max }))
    .filter(({ min, max }) => min <= max)
  return negated ? without(charsetBut(''), charactersOf(spans)) : charactersOf(spans)
}
