import { compileNameGlob } from './name-glob.ts'
import { append, PrefixIndex } from './prefix-index.ts'

/** All name patterns of one resource: plain names by look-up, the others by what they start with. */
export class NameIndex {
  private readonly literals = new Map<string, number[]>()
  private readonly wildcards = new PrefixIndex()

  add(id: number, pattern: string): void {
    for (const wildcard of compileNameGlob(pattern).alternatives) {
      if (wildcard.literal === undefined) this.wildcards.add(id, wildcard)
      else append(this.literals, wildcard.literal, id)
    }
  }

  find(name: string): number[] {
    const ids = [...(this.literals.get(name) ?? [])]
    this.wildcards.collect(name, ids)
    return ids
  }
}
