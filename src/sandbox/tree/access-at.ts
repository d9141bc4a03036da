import { dirname } from 'node:path'
import type { Access, TreeEntry } from '../types.ts'

/** What holds at a path: what was found at the nearest place above it. */
export function accessAt(entries: readonly TreeEntry[], path: string): Access {
  return accessIn(entries)(path)
}

/** The same for many paths. */
export function accessIn(entries: readonly TreeEntry[]): (path: string) => Access {
  const known = new Map(entries.map((entry) => [entry.path, entry.access]))
  return (path) => nearest(known, path) ?? 'none'
}

/** What is known of the path, or of the deepest folder above it of which something is. */
export function nearest<Known>(known: ReadonlyMap<string, Known>, path: string): Known | undefined {
  for (let at = path; ; at = dirname(at)) {
    const found = known.get(at)
    if (found !== undefined || at === '/') return found
  }
}
