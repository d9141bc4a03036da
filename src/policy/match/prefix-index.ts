import type { Wildcard } from './wildcard.ts'

/** Wildcards found by the text that their matches start with: one look-up for each length of such a text. */
export class PrefixIndex {
  private readonly byPrefix = new Map<string, { readonly id: number; readonly wildcard: Wildcard }[]>()
  private lengths: readonly number[] = []

  add(id: number, wildcard: Wildcard): void {
    append(this.byPrefix, wildcard.prefix, { id, wildcard })
    this.lengths = [...new Set([...this.byPrefix.keys()].map((prefix) => prefix.length))].sort(
      (a, b) => a - b,
    )
  }

  /** Adds what matches to `ids`. */
  collect(text: string, ids: number[]): void {
    for (const length of this.lengths) {
      if (length > text.length) return
      const entries = this.byPrefix.get(length === text.length ? text : text.slice(0, length))
      if (entries !== undefined)
        for (const { id, wildcard } of entries) if (wildcard.matches(text)) ids.push(id)
    }
  }
}

/** Adds to the list that the map holds under the key. */
export function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
