import { dirname, join } from 'node:path'
import { quoteWord } from '../../shared/quote-word.ts'
import { readFolder } from '../look.ts'
import type { Repository, TreeEntry, TreeFacts, Unheld } from '../types.ts'
import { nearest } from './access-at.ts'
import { linkedIn } from './find-linked.ts'

/** Some packs, each in three files. */
const mostAlone = 12
const note = "another repository's, too (hard links)"

/**
 * A local `git clone` gives the files of objects to the new repository as further names: what is written to one is written
 * to both, and git takes it out without a look at its hash. Many of them are closed with their folder.
 */
export function sharedObjects(
  entries: readonly TreeEntry[],
  repositories: readonly Repository[],
): readonly TreeEntry[] {
  const known = new Map(entries.map((entry) => [entry.path, entry]))
  return repositories.flatMap(({ path }): TreeEntry[] => {
    const objects = join(path, 'objects')
    const opened = nearest(known, objects)
    if (opened?.access !== 'write') return []
    const shared = (readFolder(objects) ?? [])
      .filter((child) => child.isDirectory())
      .flatMap(({ name }) => linkedIn(join(objects, name)))
    const why = { access: 'read' as const, note, ...(opened.rule && { rule: opened.rule }) }
    if (shared.length > mostAlone) return [{ path: objects, kind: 'directory', ...why }]
    return shared.map((file) => ({ path: file.path, kind: 'file', ...why }))
  })
}

/** Where nothing can be committed because of it. */
export function tellShared({ entries }: Pick<TreeFacts, 'entries'>): Unheld[] {
  return entries.flatMap(({ path, kind, rule, note: why }) => {
    if (why !== note || kind !== 'directory' || rule === undefined) return []
    const own = `git -C ${quoteWord(dirname(path))} repack -a -d`
    const missing = `\`${path}\` has files in common with another repository (a local clone of this one, or what this one was cloned from): no run can commit here until you type \`${own}\` once, outside of a run`
    return [{ rule, missing, refuse: false }]
  })
}
