import { remembered } from '../../shared/remembered.ts'
import { type Characters, charactersOf, everyCharacter, type Interval, without } from './characters.ts'

/** A regular expression, as a value: its parts in turn. */
export type Regular = readonly Part[]

export type Part =
  | { readonly one: Characters }
  | { readonly either: readonly Regular[] }
  /** Perhaps not at all, and perhaps again and again. */
  | { readonly repeated: Regular; readonly optional: boolean; readonly endless: boolean }

/** A regular language: what an expression says, or all or any of several. A name tells that it is the same as another. */
export type Language =
  | { readonly says: Regular; readonly name?: string }
  | { readonly all: readonly Language[] }
  | { readonly any: readonly Language[] }

/** Marks where one part of a target ends and the next begins; no part of a target holds it. */
export const mark = '\0'

/** Half a surrogate pair is no character. */
const text = without(everyCharacter, [{ min: 0xd800, max: 0xdfff }])

/** Every character but these; never a mark. */
export const charsetBut = remembered((characters: string): Characters => {
  return without(text, charactersOf([...characters, mark].map(spanOf)))
})

export function spanOf(character: string): Interval {
  const code = character.codePointAt(0) ?? 0
  return { min: code, max: code }
}

// The same value for the same argument: what is alike is one object.

export const one = remembered((characters: Characters): Regular => [{ one: characters }], new WeakMap())

/** Any number of them. */
export const many = remembered((characters: Characters): Regular => repeated(one(characters)), new WeakMap())

export function word(literal: string): Regular {
  return Array.from(literal, letter)
}

const letter = remembered((character: string): Part => ({ one: [spanOf(character)] }))

export function sequence(...parts: readonly Regular[]): Regular {
  return parts.flat()
}

export function either(...alternatives: readonly Regular[]): Regular {
  const [only] = alternatives
  return only !== undefined && alternatives.length === 1 ? only : [{ either: alternatives }]
}

/** Any number of times. */
export function repeated(part: Regular): Regular {
  return [{ repeated: part, optional: true, endless: true }]
}

/** Once or more. */
export function some(part: Regular): Regular {
  return [{ repeated: part, optional: false, endless: true }]
}

export function optional(part: Regular): Regular {
  return [{ repeated: part, optional: true, endless: false }]
}
