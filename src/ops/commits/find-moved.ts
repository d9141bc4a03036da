import { lstatSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { identityOf } from '../../sandbox/held.ts'
import { onDisk } from '../../shared/bytes.ts'
import type { LogFile } from './log-files.ts'
import { entriesOf } from './refs.ts'
import type { RepositoryPlace, Snapshot } from './snapshot.ts'

/** Which folder a repository's is, wherever it lies. */
export interface FolderIdentity {
  readonly folder: string
  /** A folder's number alone says nothing on another device: there, a run may come to any number. */
  readonly device: string
}

export function deviceOf(path: string): string | undefined {
  try {
    return String(lstatSync(onDisk(path), { bigint: true }).dev)
  } catch {
    return undefined
  }
}

/**
 * Where in the project a repository lies that was moved as a whole: its `.git` folder, and no copy of it. Nothing where it
 * is not to be found, or hidden under another name. Follows no link.
 */
export function findMoved(root: string, { folder, device }: FolderIdentity): string | undefined {
  const folders = [root]
  for (const at of folders) {
    for (const entry of entriesOf(at, [])) {
      if (!entry.isDirectory()) continue
      const path = join(at, entry.name)
      if (entry.name !== '.git') folders.push(path)
      else if (identityOf(path) === folder && deviceOf(path) === device) return path
    }
  }
  return undefined
}

/** One with a single work tree, around its own `.git` folder. */
export function placeAt(common: string): RepositoryPlace {
  return { common, trees: [{ top: dirname(common), gitDir: common }] }
}

/** What was seen of it, under the paths that it has now. */
export function movedSnapshot(snapshot: Snapshot, from: string, to: string): Snapshot {
  const path = (one: string) => (one.startsWith(`${from}/`) ? to + one.slice(from.length) : one)
  const paths = <Value>(map: ReadonlyMap<string, Value>) =>
    new Map([...map].map(([one, value]): [string, Value] => [path(one), value]))
  return {
    ...snapshot,
    refs: { ...snapshot.refs, odd: snapshot.refs.odd.map(path) },
    logs: paths<LogFile>(snapshot.logs),
    trees: snapshot.trees.map((tree) => ({
      ...tree,
      pending: paths(tree.pending),
      strays: paths(tree.strays),
    })),
  }
}
