/** One figure of the table: what must hold, what was measured, and what the peer did in the same run. */
export interface Row {
  readonly what: string
  readonly must: string
  readonly measured: string
  readonly peer: string
  readonly holds: boolean
}
export type Bench = () => Promise<readonly Row[]> | readonly Row[]

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
