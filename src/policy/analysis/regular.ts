import {
  CharSet,
  type NoParent,
  type Concatenation as RefaConcatenation,
  type Element as RefaElement,
} from 'refa'

/** The greatest code point. */
export const maxCharacter = 0x10ffff

/** A regular expression, as a value. */
export type Regular = NoParent<RefaConcatenation>

/** A regular language: what an expression says, or all or any of several. A name tells that it is the same as another. */
export type Language =
  | { readonly says: Regular; readonly name?: string }
  | { readonly all: readonly Language[] }
  | { readonly any: readonly Language[] }

export interface Span {
  readonly min: number
  readonly max: number
}

/** Marks where one part of a target ends and the next begins; no part of a target holds it. */
export const mark = '\0'

const all = CharSet.all(maxCharacter)
/** Half a surrogate pair is no character. */
const text = all.without({ min: 0xd800, max: 0xdfff })

export function charset(spans: Iterable<Span>): CharSet {
  return CharSet.empty(maxCharacter).union(spans)
}

/** Every character but these; never a mark. */
export function charsetBut(characters: string): CharSet {
  return text.without(charset([...characters, mark].map(spanOf)))
}

export function spanOf(character: string): Span {
  const code = character.codePointAt(0) ?? 0
  return { min: code, max: code }
}

export function one(characters: CharSet): Regular {
  return sequenceOf([{ type: 'CharacterClass', characters }])
}

export function word(literal: string): Regular {
  return sequenceOf(Array.from(literal, letter))
}

/** Values, and the same few letters again and again. */
const letters = new Map<string, NoParent<RefaElement>>()

function letter(character: string): NoParent<RefaElement> {
  const known = letters.get(character)
  if (known) return known
  const made = { type: 'CharacterClass', characters: charset([spanOf(character)]) } as const
  letters.set(character, made)
  return made
}

export function sequence(...parts: readonly Regular[]): Regular {
  return sequenceOf(parts.flatMap(({ elements }) => elements))
}

export function either(...alternatives: readonly Regular[]): Regular {
  const [only] = alternatives
  if (only !== undefined && alternatives.length === 1) return only
  return sequenceOf([{ type: 'Alternation', alternatives: [...alternatives] }])
}

export function repeated(part: Regular, min = 0, max = Number.POSITIVE_INFINITY): Regular {
  return sequenceOf([{ type: 'Quantifier', min, max, lazy: false, alternatives: [part] }])
}

export function optional(part: Regular): Regular {
  return repeated(part, 0, 1)
}

function sequenceOf(elements: NoParent<RefaElement>[]): Regular {
  return { type: 'Concatenation', elements }
}
