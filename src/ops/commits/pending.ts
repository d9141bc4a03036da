import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { onDisk } from '../../shared/bytes.ts'
import { idsIn } from './find-new.ts'
import { replaceFile } from './ref-files.ts'
import { readText } from './refs.ts'
import type { RepositoryPlace, Snapshot } from './snapshot.ts'

/** The branch that an unfinished rebase works on: HEAD itself names none meanwhile. */
export function rebasedBranch({ trees, common }: RepositoryPlace): string | undefined {
  const folder = trees[0]?.gitDir ?? common
  const [name] = ['rebase-merge', 'rebase-apply'].flatMap(
    (kind) => readText(join(folder, kind, 'head-name')) ?? [],
  )
  return /^refs\/heads\/([^\x00-\x20\x7f]+)/.exec(name ?? '')?.[1]
}

/** The next merge or cherry-pick that a person goes on with must not bring in what was put away. */
export function clearPending(before: Snapshot, after: Snapshot, tainted: ReadonlySet<string>): void {
  for (const [index, { pending }] of after.trees.entries()) {
    for (const [path, text] of pending) {
      const was = before.trees[index]?.pending.get(path)
      if (was === text || !idsIn(text).some((id) => tainted.has(id))) continue
      if (was === undefined) rmSync(onDisk(path), { recursive: true, force: true })
      else replaceFile(path, was)
    }
  }
}

/** Files that git would take for a ref of that name: whatever they lead to, no run needs them. Says which, by path. */
export function clearStrays(before: Snapshot, after: Snapshot): readonly string[] {
  return after.trees.flatMap(({ strays }, index) =>
    [...strays].flatMap(([path, text]) => {
      const was = before.trees[index]?.strays.get(path)
      if (was === text) return []
      rmSync(onDisk(path), { recursive: true, force: true })
      if (was !== undefined) replaceFile(path, was)
      return [path]
    }),
  )
}
