import { dirname } from 'node:path'
import { quoteWord } from '../shared/quote-word.ts'
import { isBelow, isWithin } from '../shared/within.ts'
import { excludeMounts, wouldList } from './git/exclude.ts'
import { isOfGit, neutralGitFile } from './git/repository.ts'
import { fileFor, lookFor } from './stand-ins.ts'
import type { Access, Mount, Placeholder, StandIns, TreeEntry, TreeFacts, Unheld } from './types.ts'

export interface FileMounts {
  /** One mount a path, a folder before what is in it: a later mount never hides an earlier one's protection. */
  readonly mounts: readonly Mount[]
  readonly ghosts: readonly string[]
  readonly placeholders: readonly Placeholder[]
  readonly unheld: readonly Unheld[]
}

/** From what the rules say about the places of a tree to what is mounted there. */
export function fileMounts(
  { entries: found, repositories, behind }: Pick<TreeFacts, 'entries' | 'repositories' | 'behind'>,
  standIns?: StandIns,
): FileMounts {
  const entries = foldCrowds(strictest(found)).map(
    (entry): TreeEntry =>
      entry.kind === 'absent-file' && wouldList(repositories, entry.path)
        ? { ...entry, kind: 'absent-folder' }
        : entry,
  )
  const access = new Map(entries.map((entry) => [entry.path, entry.access]))
  const changes = entries
    .map((entry) => ({ entry, outer: outerAccess(access, entry.path) }))
    .filter(({ entry, outer }) => entry.access !== outer)
  const closing = changes.flatMap(({ entry, outer }) => mountOf(entry, outer, standIns))
  const mounts = [...closing, ...excludeMounts(repositories, closing)]
  const absent = changes
    .filter(({ entry, outer }) => isAbsent(entry) && isSeen(entry, outer))
    .map(({ entry }) => entry)
  return {
    mounts: sortMounts([...mounts, ...pins(mounts, access)]).map((mount) => fromBehind(mount, behind)),
    ghosts: absent.filter((entry) => placeholderOf(entry, standIns) === undefined).map(({ path }) => path),
    placeholders: absent.flatMap((entry) => placeholderOf(entry, standIns) ?? []),
    unheld: changes.flatMap(({ entry, outer }) => movableLink(entry, outer, entries)),
  }
}

export function sortMounts(mounts: readonly Mount[]): Mount[] {
  return [...mounts].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

/** By its real path: a link that is followed twice can lead to two places. */
function fromBehind(mount: Mount, behind: TreeFacts['behind']): Mount {
  const top = behind.find(({ path }) => isWithin(mount.path, path))
  const isBound = mount.kind === 'read' || mount.kind === 'write' || mount.kind === 'pin'
  return top === undefined || !isBound
    ? mount
    : { ...mount, source: top.real + mount.path.slice(top.path.length) }
}

const rank: Readonly<Record<Access, number>> = { none: 0, read: 1, write: 2 }

/** Two findings about one place: the one that allows less holds. */
function strictest(entries: readonly TreeEntry[]): TreeEntry[] {
  const byPath = new Map<string, TreeEntry>()
  for (const entry of entries) {
    const other = byPath.get(entry.path)
    if (other === undefined || rank[entry.access] < rank[other.access]) byPath.set(entry.path, entry)
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

const crowd: Readonly<Record<Access, number>> = { none: 20, read: 100, write: Number.POSITIVE_INFINITY }

/** Each mount costs time at the start: a folder with many closed files is closed itself. */
function foldCrowds(entries: readonly TreeEntry[]): TreeEntry[] {
  const bases = new Set(entries.map(({ path }) => path))
  const crowds = new Map<string, TreeEntry[]>()
  for (const entry of entries) {
    const folder = dirname(entry.path)
    if (entry.kind === 'file' && !bases.has(folder))
      crowds.set(folder, [...(crowds.get(folder) ?? []), entry])
  }
  const folded = [...crowds].filter(([, files]) => isCrowd(files))
  if (folded.length === 0) return [...entries]
  const inside = (path: string) => folded.some(([folder]) => isBelow(path, folder))
  return strictest([
    ...entries.filter(({ path }) => !inside(path)),
    ...folded.map(([folder, files]) => foldedEntry(folder, files)),
  ])
}

function isCrowd(files: readonly TreeEntry[]): boolean {
  return (['none', 'read'] as const).some((access) => {
    return files.filter((file) => file.access === access).length > crowd[access]
  })
}

function foldedEntry(folder: string, files: readonly TreeEntry[]): TreeEntry {
  const [first] = files
  const access = files.some((file) => file.access === 'none') ? 'none' : 'read'
  const note = `${files.length} files in it are closed, so the folder is`
  return {
    path: folder,
    kind: 'directory',
    access,
    note,
    ...(first?.rule === undefined ? {} : { rule: first.rule }),
  }
}

function outerAccess(access: ReadonlyMap<string, Access>, path: string): Access {
  if (path === '/') return 'none'
  for (let at = dirname(path); ; at = dirname(at)) {
    const found = access.get(at)
    if (found !== undefined || at === '/') return found ?? 'none'
  }
}

/** What is closed anyway need not be kept from being made. */
const isSeen = ({ access }: TreeEntry, outer: Access) => outer !== 'none' || access === 'write'

const isAbsent = ({ kind }: TreeEntry) => kind.startsWith('absent-')

function mountOf(entry: TreeEntry, outer: Access, standIns: StandIns | undefined): Mount[] {
  const { path, rule, note } = entry
  const why = { path, ...(rule === undefined ? {} : { rule }), ...(note === undefined ? {} : { note }) }
  if (isAbsent(entry)) return isSeen(entry, outer) ? [{ ...why, ...absentMount(entry, standIns) }] : []
  // A link inside a tree is only a name; what it leads to is judged where it lies.
  if (entry.kind === 'link')
    return outer === 'none' ? [{ ...why, kind: entry.access === 'write' ? 'write' : 'read' }] : []
  if (entry.access !== 'none') return [{ ...why, kind: entry.access }]
  if (outer === 'none') return []
  if (entry.kind === 'directory') return [{ ...why, kind: 'mask-folder' }]
  const { look } = entry
  if (look === undefined || standIns === undefined) return [{ ...why, kind: 'mask-file' }]
  return [{ ...why, kind: 'mask-file', source: lookFor(look, standIns), look }]
}

/** What bubblewrap cannot make itself: what it mounts has to be there, and git takes an empty `commondir` for damage. */
function placeholderOf(entry: TreeEntry, standIns: StandIns | undefined): Placeholder | undefined {
  const { path, kind, access } = entry
  const content = neutralGitFile(entry)
  if (content !== undefined) return { path, content }
  if (access === 'write') return { path }
  return kind === 'absent-file' && standIns !== undefined ? { path, unlisted: true } : undefined
}

function absentMount(entry: TreeEntry, standIns: StandIns | undefined): Pick<Mount, 'kind' | 'source'> {
  const { path, kind, access } = entry
  if (access === 'write') return { kind: 'write' }
  if (neutralGitFile(entry) !== undefined) return { kind: 'read' }
  if (kind === 'absent-git-file') return { kind: 'mask-file' }
  // git takes whatever lies in some of its folders for a work tree or a module.
  if (standIns === undefined || isOfGit(path)) return { kind: 'mask-folder' }
  return { kind: 'stand-in', source: kind === 'absent-file' ? fileFor(path, standIns) : standIns.folder }
}

/** A mount holds its own name only: each folder above it is held, too, up to where writing begins. */
function pins(mounts: readonly Mount[], access: ReadonlyMap<string, Access>): Mount[] {
  const mounted = new Set(mounts.map(({ path }) => path))
  const pinned = new Map<string, Mount>()
  for (const { path, rule } of mounts) {
    if (outerAccess(access, path) !== 'write') continue
    for (let at = dirname(path); !mounted.has(at) && at !== '/'; at = dirname(at)) {
      pinned.set(at, {
        kind: 'pin',
        path: at,
        note: `keeps ${path} in its place`,
        ...(rule === undefined ? {} : { rule }),
      })
    }
  }
  return [...pinned.values()]
}

/** Nothing can be mounted on a link, so whoever may write the folder can put something else in its place. */
function movableLink(
  { kind, path, access, rule }: TreeEntry,
  outer: Access,
  entries: readonly TreeEntry[],
): Unheld[] {
  if (kind !== 'link' || outer !== 'write' || access === 'write' || rule === undefined) return []
  const refuse = rule.layer === 'built-in'
  const behind = entries.find(({ by }) => by === path)
  const closes = behind === undefined ? '' : `; what it leads to, \`${behind.path}\`, is closed`
  const missing = `\`${path}\` is a symbolic link, which could be replaced${closes}`
  return [{ rule, missing, refuse, ...(refuse && { hint: `if nobody wants it: rm ${quoteWord(path)}` }) }]
}
