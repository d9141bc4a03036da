import { compileNameGlob } from './name-glob.ts'
import type { Wildcard } from './wildcard.ts'

/** All name patterns of one resource: plain names by look-up, the others one by one. */
export class NameIndex {
  private readonly literals = new Map<string, number[]>()
  private readonly wildcards: { readonly id: number; readonly wildcard: Wildcard }[] = []

  add(id: number, pattern: string): void {
    for (const wildcard of compileNameGlob(pattern).alternatives) {
      if (wildcard.literal === undefined) this.wildcards.push({ id, wildcard })
      else append(this.literals, wildcard.literal, id)
    }
  }

  find(name: string): readonly number[] {
    const ids = [...(this.literals.get(name) ?? [])]
    for (const { id, wildcard } of this.wildcards) if (wildcard.matches(name)) ids.push(id)
    return ids
  }
}

/** Adds to the list that the map holds under the key. */
export function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
