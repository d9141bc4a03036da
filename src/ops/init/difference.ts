/** What would have to change in `before` to make it `after`: removed lines with `-`, added ones with `+`, no others. */
export function lineDifference(before: string, after: string): string[] {
  const [from, to] = [before.split('\n'), after.split('\n')]
  const common = commonLengths(from, to)
  const lines: string[] = []
  for (let i = 0, j = 0; i < from.length || j < to.length; ) {
    if (i < from.length && from[i] === to[j]) {
      i++
      j++
    } else if (j >= to.length || (i < from.length && at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push(`- ${from[i++]}`)
    } else {
      lines.push(`+ ${to[j++]}`)
    }
  }
  return lines
}

/** Length of the longest common subsequence of what follows each pair of lines. */
function commonLengths(from: readonly string[], to: readonly string[]): number[][] {
  const table = Array.from({ length: from.length + 1 }, () => new Array<number>(to.length + 1).fill(0))
  for (let i = from.length - 1; i >= 0; i--) {
    const row = table[i] ?? []
    for (let j = to.length - 1; j >= 0; j--) {
      row[j] =
        from[i] === to[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1))
    }
  }
  return table
}

function at(table: readonly (readonly number[])[], i: number, j: number): number {
  return table[i]?.[j] ?? 0
}
