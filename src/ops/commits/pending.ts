import { join } from 'node:path'
import { isBelow } from '../../shared/within.ts'
import { idsIn } from './find-new.ts'
import { operations } from './git-folders.ts'
import { putBackFile } from './ref-files.ts'
import { readText } from './refs.ts'
import { type RepositoryPlace, type Snapshot, unreadable } from './snapshot.ts'

/** The branch that an unfinished rebase works on: HEAD itself names none meanwhile. */
export function rebasedBranch({ trees, common }: RepositoryPlace): string | undefined {
  const folder = trees[0]?.gitDir ?? common
  const [name] = ['rebase-merge', 'rebase-apply'].flatMap(
    (kind) => readText(join(folder, kind, 'head-name')) ?? [],
  )
  return /^refs\/heads\/([^\x00-\x20\x7f]+)/.exec(name ?? '')?.[1]
}

/** A file of git's, or a folder of them, that is as it was before the run. */
export interface PutBackFile {
  readonly path: string
  /** Whether it was there. */
  readonly was: boolean
}

/**
 * The next merge or cherry-pick that a person goes on with must not bring in what was put away, nor a rebase that is called
 * off go back to it.
 */
export function clearPending(
  { trees }: RepositoryPlace,
  { before, after, tainted }: { before: Snapshot; after: Snapshot; tainted: ReadonlySet<string> },
): readonly PutBackFile[] {
  return after.trees.flatMap(({ pending }, index) => {
    const was = before.trees[index]?.pending ?? new Map<string, string>()
    const bad = [...pending].filter(
      ([path, text]) =>
        was.get(path) !== text && (text === unreadable || meant(idsIn([path, text]), tainted).length > 0),
    )
    const begun = bad.map(([path]) => ({
      path: begunBy(trees[index]?.gitDir ?? '', { path, was }),
      text: was.get(path),
    }))
    for (const { path, text } of begun) putBackFile(path, text)
    return [...new Map(begun.map(({ path, text }) => [path, { path, was: text !== undefined }])).values()]
  })
}

/** Of these ids, the ones that a word is, or begins. */
export function meant(words: readonly string[], ids: ReadonlySet<string>): readonly string[] {
  return words.flatMap((word) => (ids.has(word) ? [word] : [...ids].filter((id) => id.startsWith(word))))
}

/** Half of a rebase is worse than none: what the run has begun goes as a whole. */
function begunBy(
  gitDir: string,
  { path, was }: { readonly path: string; readonly was: ReadonlyMap<string, string> },
): string {
  const folder = operations.map((name) => join(gitDir, name)).find((name) => isBelow(path, name))
  return folder === undefined || [...was.keys()].some((other) => isBelow(other, folder)) ? path : folder
}

/** Files that git would take for a ref of that name: whatever they lead to, no run needs them. */
export function clearStrays(before: Snapshot, after: Snapshot): readonly PutBackFile[] {
  return after.trees.flatMap(({ strays }, index) =>
    [...strays].flatMap(([path, text]) => {
      const was = before.trees[index]?.strays.get(path)
      if (was === text) return []
      putBackFile(path, was)
      return [{ path, was: was !== undefined }]
    }),
  )
}
