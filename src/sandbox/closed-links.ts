import { type LinkedFile, linkedFile, linkedIn, unspeakableIn } from './find-linked.ts'
import { readFolder } from './look.ts'
import type { TreeEntry } from './types.ts'

/** A file of several names, one of which lies where nothing may be read. */
export interface ClosedName extends LinkedFile {
  /** What closes it. */
  readonly entry: TreeEntry
}

/** The sweep does not enter what is closed as a whole: here it is looked at, for who has files with names to be explained. */
export function linkedInClosed(known: readonly TreeEntry[]): readonly ClosedName[] {
  const opened = new Set(known.filter(({ access }) => access !== 'none').map(({ path }) => path))
  return known
    .filter(({ access }) => access === 'none')
    .flatMap((entry) => linkedBelow(entry, opened).map((found) => ({ ...found, entry })))
}

/** What a rule opens again in it is no closed name. */
function linkedBelow({ path: top, kind }: TreeEntry, opened: ReadonlySet<string>): readonly LinkedFile[] {
  if (kind === 'file') return [linkedFile(top) ?? []].flat()
  if (kind !== 'directory') return []
  const folders = [top]
  const odd: string[] = []
  for (const folder of folders) {
    const children = readFolder(folder) ?? []
    if (children.some(({ name }) => name.includes('\uFFFD'))) odd.push(folder)
    for (const child of children)
      if (child.isDirectory() && !opened.has(`${folder}/${child.name}`))
        folders.push(`${folder}/${child.name}`)
  }
  const found = [...folders.flatMap(linkedIn), ...odd.flatMap(unspeakableIn)]
  return found.filter(({ path }) => !opened.has(path))
}
