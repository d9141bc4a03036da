import { mayEnter, readFolder, statOf } from '../look.ts'
import type { TreeEntry } from '../types.ts'
import { type LinkedFile, linkedFile, linkedIn, unspeakableIn } from './find-linked.ts'

/** A file of several names, one of which lies where nothing may be read. */
export interface ClosedName extends LinkedFile {
  /** What closes it. */
  readonly entry: TreeEntry
}

/** A folder that could not be looked at, and what closes it. */
export interface UnseenFolder {
  readonly path: string
  readonly entry: TreeEntry
}

export interface InClosed {
  readonly names: readonly ClosedName[]
  readonly unseen: readonly UnseenFolder[]
}

/** The sweep does not enter what is closed as a whole: here it is looked at, for who has files with names to be explained. */
export function linkedInClosed(known: readonly TreeEntry[]): InClosed {
  const opened = new Set(known.filter(({ access }) => access !== 'none').map(({ path }) => path))
  const names: ClosedName[] = []
  const unseen: UnseenFolder[] = []
  for (const entry of known.filter(({ access }) => access === 'none')) {
    for (const folder of entry.kind === 'directory' ? foldersBelow(entry.path, opened) : []) {
      const found = namesIn(folder)
      if (found !== undefined) names.push(...found.map((one) => ({ ...one, entry })))
      else if (statOf(folder)?.uid === process.geteuid?.()) unseen.push({ path: folder, entry })
    }
    const own = entry.kind === 'file' ? linkedFile(entry.path) : undefined
    if (own !== undefined) names.push({ ...own, entry })
  }
  return { names: names.filter(({ path }) => !opened.has(path)), unseen }
}

/** What a rule opens again in it is no closed name. */
function foldersBelow(path: string, opened: ReadonlySet<string>): readonly string[] {
  const folders = [path]
  for (const folder of folders) {
    for (const child of readFolder(folder) ?? [])
      if (child.isDirectory() && !opened.has(`${folder}/${child.name}`))
        folders.push(`${folder}/${child.name}`)
  }
  return folders
}

/** Nothing where it is shut: if it is ours, whoever runs as us can have done that, so that what lies in it is not found. */
function namesIn(folder: string): readonly LinkedFile[] | undefined {
  const children = mayEnter(folder) ? readFolder(folder) : undefined
  if (children === undefined) return undefined
  const hasOdd = children.some(({ name }) => name.includes('\uFFFD'))
  return [...linkedIn(folder, children), ...(hasOdd ? unspeakableIn(folder) : [])]
}
