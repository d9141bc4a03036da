/** The candidate that was probably meant: at most two edits away (one, for words of up to four letters), the nearest first. */
export function closest<Word extends string>(word: string, candidates: Iterable<Word>): Word | undefined {
  const limit = word.length < 5 ? 1 : 2
  let best: Word | undefined
  let bestEdits = limit + 1
  for (const candidate of candidates) {
    const edits = editDistance(word.toLowerCase(), candidate.toLowerCase(), bestEdits)
    if (edits >= bestEdits) continue
    best = candidate
    bestEdits = edits
  }
  return best
}

/** Insertions, deletions, replacements and swaps of neighbours; `enough` is returned for that many or more. */
export function editDistance(from: string, to: string, enough = Number.POSITIVE_INFINITY): number {
  if (Math.abs(from.length - to.length) >= enough) return enough
  let before: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const next = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const replaced = at(last, column - 1) + (same ? 0 : 1)
      const swapped = isSwap(from, to, row, column) ? at(before, column - 2) + 1 : replaced
      next.push(Math.min(replaced, swapped, at(last, column) + 1, at(next, column - 1) + 1))
    }
    before = last
    last = next
  }
  return Math.min(at(last, to.length), enough)
}

function isSwap(from: string, to: string, row: number, column: number): boolean {
  return row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
