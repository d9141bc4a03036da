import { expandBraces } from '../match/braces.ts'
import { unknownTarget } from '../shell/git.ts'
import { charsetBut, either, many, one, type Regular, sequence, some, word } from './regular.ts'
import { wildcardLanguage } from './wildcard-language.ts'

const any = charsetBut('')

/** Any name but the one that stands for a name nobody knows. */
export const anyName: Regular = either(
  sequence(one(charsetBut(unknownTarget)), many(any)),
  sequence(word(unknownTarget), some(one(any))),
)

export function nameLanguage(pattern: string): Regular {
  return either(...nameAlternatives(pattern))
}

/** In parts that are small alone: several that begin with a `*` would multiply in one automaton. */
export function nameAlternatives(pattern: string): readonly Regular[] {
  const all = expandBraces(pattern)
  const [loose, fixed] = [true, false].map((wanted) =>
    all.filter((each) => each.startsWith('*') === wanted),
  ) as [string[], string[]]
  const read = (alternative: string) => wildcardLanguage(alternative, any)
  return [...(fixed.length > 0 ? [either(...fixed.map(read))] : []), ...loose.map(read)]
}
