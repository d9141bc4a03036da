import { expandBraces } from '../braces.ts'
import { unknownTarget } from '../shell/git.ts'
import { charsetBut, either, one, type Regular, repeated, sequence, word } from './regular.ts'
import { wildcardLanguage } from './wildcard-language.ts'

const any = charsetBut('')

/** Any name but the one that stands for a name nobody knows. */
export const anyName: Regular = either(
  sequence(one(charsetBut(unknownTarget)), repeated(one(any))),
  sequence(word(unknownTarget), repeated(one(any), 1)),
)

export function nameLanguage(pattern: string): Regular {
  return either(...expandBraces(pattern).map((alternative) => wildcardLanguage(alternative, any)))
}
