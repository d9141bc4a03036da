import type { Decision } from '../types.ts'

/** The patterns that match a target, by number, rising, each once. Targets that the same patterns match share one. */
export interface Hits {
  readonly ids: readonly number[]
  /** By action: decisions that depend on nothing but these hits. */
  readonly decisions: Map<string, Decision>
}

/** Keeps one `Hits` for each list of numbers, so that a decision is made once for all targets that match alike. */
export class HitLists {
  private top = createBranch([])
  private kept = 0

  /** Any order, any repetition. The list is the caller's to give away. */
  keep(ids: number[]): Hits {
    let branch = this.top
    for (const id of ids.length > 1 ? rising(ids) : ids) branch = branch.next.get(id) ?? this.grow(branch, id)
    return branch
  }

  private grow(branch: Branch, id: number): Branch {
    if (++this.kept > mostLists) {
      this.top = createBranch([])
      this.kept = 0
    }
    const grown = createBranch([...branch.ids, id])
    branch.next.set(id, grown)
    return grown
  }
}

/** A hostile sequence of requests cannot fill the memory. */
const mostLists = 10_000

interface Branch extends Hits {
  readonly next: Map<number, Branch>
}

function createBranch(ids: readonly number[]): Branch {
  return { ids, decisions: new Map(), next: new Map() }
}

function rising(ids: number[]): readonly number[] {
  ids.sort((a, b) => a - b)
  return ids.every((id, index) => id !== ids[index - 1]) ? ids : [...new Set(ids)]
}
