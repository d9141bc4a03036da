/** Edits (insert, leave out, replace, swap neighbours) between two words, or `limit + 1` once there are more. */
export function editDistance(a: string, b: string, limit = 3): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let best = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (same ? 0 : 1),
      )
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        best = Math.min(best, at(before, column - 2) + 1)
      current.push(best)
    }
    before = previous
    previous = current
  }
  return Math.min(at(previous, b.length), limit + 1)
}

/** The candidate that was probably meant, if one is close enough. */
export function nearestWord(word: string, candidates: Iterable<string>): string | undefined {
  const allowed = word.length <= 4 ? 1 : word.length <= 8 ? 2 : 3
  let best: { word: string; distance: number } | undefined
  for (const candidate of candidates) {
    const distance = editDistance(plain(word), plain(candidate), allowed)
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { word: candidate, distance }
  }
  return best?.word
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

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
