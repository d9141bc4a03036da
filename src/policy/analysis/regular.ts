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
export const charsetBut = once(new Map<string, CharSet>(), (characters): CharSet => {
  return text.without(charset([...characters, mark].map(spanOf)))
})

export function spanOf(character: string): Span {
  const code = character.codePointAt(0) ?? 0
  return { min: code, max: code }
}

export const one = once(new WeakMap<CharSet, Regular>(), (characters): Regular => {
  return sequenceOf([{ type: 'CharacterClass', characters }])
})

/** Any number of them. */
export const many = once(new WeakMap<CharSet, Regular>(), (characters): Regular => repeated(one(characters)))

export function word(literal: string): Regular {
  return sequenceOf(Array.from(literal, letter))
}

const letter = once(new Map<string, NoParent<RefaElement>>(), (character): NoParent<RefaElement> => {
  return { type: 'CharacterClass', characters: charset([spanOf(character)]) }
})

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

interface Store<Key, Value> {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): unknown
}

/** The same value for the same argument: what is alike is then one object. */
function once<Key, Value>(made: Store<Key, Value>, make: (key: Key) => Value): (key: Key) => Value {
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(key)
    made.set(key, value)
    return value
  }
}

function sequenceOf(elements: NoParent<RefaElement>[]): Regular {
  return { type: 'Concatenation', elements }
}
