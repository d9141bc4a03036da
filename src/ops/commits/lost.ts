import type { NewCommit } from './history.ts'

/** Of these ids, the ones that nothing kept leads to any more, and no other of them: each needs a name of its own. */
export function lostTips(
  commits: readonly Omit<NewCommit, 'written'>[],
  { ids, kept }: { readonly ids: readonly string[]; readonly kept: readonly string[] },
): readonly string[] {
  const parents = new Map(commits.map((commit) => [commit.id, commit.parents]))
  const reached = new Set(kept)
  const lost: string[] = []
  spread(kept)
  // Children come after their parents in `commits`: from its end, each is met before what it leads to.
  const order = new Map(commits.map(({ id }, index) => [id, index]))
  for (const id of ids.toSorted((a, b) => (order.get(b) ?? -1) - (order.get(a) ?? -1))) {
    if (reached.has(id)) continue
    lost.push(id)
    reached.add(id)
    spread([id])
  }
  return lost

  function spread(from: readonly string[]): void {
    const left = from.flatMap((id) => parents.get(id) ?? [])
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      if (reached.has(id)) continue
      reached.add(id)
      left.push(...(parents.get(id) ?? []))
    }
  }
}
