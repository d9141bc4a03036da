import { closest } from '../shared/closest.ts'

/** The candidate that was probably meant, if one is close enough. */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  return closest(plain(word), candidates)
}

/** `did you mean …?` as the start of a fix, or the list of what there is. */
export function suggestWord(word: string, candidates: readonly string[]): string {
  const near = nearestWord(word, candidates)
  if (near) return `did you mean \`${near}\`?`
  return candidates.length === 0
    ? 'there is none to choose from'
    : `one of ${candidates.map((name) => `\`${name}\``).join(', ')}`
}

/** Lower case, without what the eye does not see, so that a hidden character is an edit of nothing. */
export function plain(word: string): string {
  return word
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Cc}\p{Mn}]/gu, '')
    .toLowerCase()
}
