import { join } from 'node:path'
import { readPlainBytes } from '../../sandbox/plain-file.ts'
import { findOddFolders, isList, operations } from './git-folders.ts'
import { type LogFile, readLogs } from './log-files.ts'
import {
  entriesOf,
  mostBytes,
  type Refs,
  readHead,
  readLoose,
  readRefs,
  readStart,
  readText,
  stampOf,
} from './refs.ts'

/** A repository as far as commits go. */
export interface RepositoryPlace {
  /** Its `.git` folder: refs and objects, which all work trees share. */
  readonly common: string
  /** The run's own first; then those of others that it can reach. */
  readonly trees: readonly WorkTree[]
}

export interface WorkTree {
  /** The top: paths in commits begin here. */
  readonly top: string
  /** HEAD, the index and what git goes on with; of a linked work tree not the `.git` folder. */
  readonly gitDir: string
}

/** What a run can change of a repository without changing a file of the project. */
export interface Snapshot {
  readonly refs: Refs
  readonly trees: readonly TreeSnapshot[]
  /** What the refs were before, by path. */
  readonly logs: ReadonlyMap<string, LogFile>
  /** Commits whose parents are not there. */
  readonly shallow: string | undefined
  /** Stamps of the files that git believes about commits without looking at them, by path. */
  readonly believed: ReadonlyMap<string, string>
  /** Stamps of how conflicts were resolved, by name: git does the same at the next like them. An older oos did not look. */
  readonly resolutions?: ReadonlyMap<string, string>
}

/** Files, and folders of them, below the `.git` folder. All but the last are caches. */
export const believedFiles = [
  'objects/info/commit-graph',
  'objects/info/commit-graphs',
  'objects/pack/multi-pack-index',
  'info/grafts',
] as const

export interface TreeSnapshot {
  readonly head: string | undefined
  /** MERGE_HEAD and its like, by path: what git goes on with the next time. */
  readonly pending: ReadonlyMap<string, string>
  /** Other files in git's folder, by path, that git takes for a ref by their name: `.git/main` before the branch. */
  readonly strays: ReadonlyMap<string, string>
  readonly index: IndexFile | undefined
}

export interface IndexFile {
  /** Undefined for what is no file, or too large for one. */
  readonly bytes: Buffer | undefined
  readonly stamp: string
}

/** Files alone, read while bubblewrap is at work: a run that commits nothing pays for no git. */
export function takeSnapshot({ common, trees }: RepositoryPlace, known?: Snapshot): Snapshot {
  const folders = new Set([common, ...trees.map(({ gitDir }) => gitDir)])
  const refs = readRefs(common, known?.refs.packed)
  const odd = [...refs.odd]
  const logs = [...folders].flatMap((folder) => readLogs(folder, odd, known?.logs))
  for (const folder of folders) findOddFolders(folder, odd)
  return {
    refs: { ...refs, odd },
    trees: trees.map(({ gitDir }, index) => ({
      head: readHead(join(gitDir, 'HEAD')),
      pending: readPending(gitDir, common),
      strays: new Map([...straysIn(gitDir, 0), ...shadowsIn(gitDir, refs)]),
      index: readIndex(join(gitDir, 'index'), known?.trees[index]?.index),
    })),
    logs: new Map(logs),
    shallow: readShallow(join(common, 'shallow')),
    believed: new Map(believedFiles.map((name) => [name, stampAll(join(common, name))])),
    resolutions: readResolutions(join(common, resolutionsFolder)),
  }
}

export const resolutionsFolder = 'rr-cache'

function readResolutions(folder: string): ReadonlyMap<string, string> {
  return new Map(entriesOf(folder, []).map(({ name }) => [name, stampAll(join(folder, name))] as const))
}

/** A linked work tree has refs of its own, of a bisection or a rebase. */
function readPending(gitDir: string, common: string): ReadonlyMap<string, string> {
  const names = entriesOf(gitDir, []).flatMap(({ name }) => (isPending(name) ? [name] : []))
  const own = gitDir === common ? [] : readLoose(gitDir, []).keys()
  const paths = [...names, ...own].map((name) => join(gitDir, name))
  const begun = operations.flatMap((folder) =>
    entriesOf(join(gitDir, folder), []).map(({ name }) => join(gitDir, folder, name)),
  )
  return new Map([
    ...paths.map((path): [string, string] => [path, readText(path) ?? unreadable]),
    // Patches lie there, too, and can be large.
    ...begun.map((path): [string, string] => [
      path,
      (isList(path) ? readText(path) : readStart(path, mostBegun)) ?? unreadable,
    ]),
  ])
}

const mostBegun = 1_000_000

/** Stands for a file that is none, or too large for what it should be: no text of git's. */
export const unreadable = '\0'

/** What lies there by git's own hand, and is no ref. */
const ownNames: ReadonlySet<string> = new Set([
  ...[
    'HEAD',
    'index',
    'config',
    'config.worktree',
    'description',
    'packed-refs',
    'shallow',
    'commondir',
    'gitdir',
  ],
  ...['objects', 'refs', 'logs', 'hooks', 'info', 'worktrees', 'modules', 'lfs', 'reftable', 'rr-cache'],
  ...operations,
])
const inOwnFolder = new RegExp(` refs/(?:heads|tags|remotes)/(?:${[...ownNames].join('|')})/.+`, 'g')
const deepest = 16

function straysIn(folder: string, depth: number): readonly [string, string][] {
  return entriesOf(folder, []).flatMap((entry): readonly [string, string][] => {
    const { name } = entry
    if (depth === 0 && (ownNames.has(name) || isPending(name))) return []
    const path = join(folder, name)
    if (entry.isDirectory()) return depth < deepest ? straysIn(path, depth + 1) : []
    return strayAt(path)
  })
}

function strayAt(path: string): readonly [string, string][] {
  const text = readStart(path, mostOfRef) ?? readHead(path)
  return text !== undefined && /^(?:ref:|[0-9a-f]{40})/i.test(text) ? [[path, text]] : []
}

/** In git's own folders, too, what has the name of a branch stands before it: `.git/lfs/x` before `lfs/x`. */
function shadowsIn(gitDir: string, { loose, packed }: Refs): readonly [string, string][] {
  const names = [...loose.keys(), ...(packed?.text.match(inOwnFolder) ?? []).map((name) => name.slice(1))]
  return names
    .flatMap((name) => /^refs\/(?:heads|tags|remotes)\/(.+)$/s.exec(name)?.[1] ?? [])
    .filter((name) => ownNames.has(name.split('/', 1)[0] ?? '') && !name.startsWith('refs/'))
    .flatMap((name) => strayAt(join(gitDir, name)))
}

/** In bytes. */
const mostOfRef = 4096

/** All capitals, as git has it; COMMIT_EDITMSG and its like hold a text. */
function isPending(name: string): boolean {
  return /^[A-Z][A-Z_]+$/.test(name) && name !== 'HEAD' && !name.endsWith('MSG')
}

function stampAll(path: string): string {
  const inside = entriesOf(path, []).map(({ name }) => join(path, name))
  return [path, ...inside].map((one) => stampOf(one) ?? '').join(' ')
}

function readShallow(file: string): string | undefined {
  return readText(file, mostBytes) ?? (stampOf(file) === undefined ? undefined : unreadable)
}

function readIndex(file: string, known: IndexFile | undefined): IndexFile | undefined {
  const stamp = stampOf(file)
  if (stamp === undefined || stamp === known?.stamp) return stamp === undefined ? undefined : known
  return { bytes: readPlainBytes(file, mostBytes), stamp }
}

export function isSame(before: Snapshot, after: Snapshot): boolean {
  return (
    before.refs.packed?.stamp === after.refs.packed?.stamp &&
    isSameMap(before.refs.loose, after.refs.loose) &&
    before.refs.odd.join('\0') === after.refs.odd.join('\0') &&
    before.shallow === after.shallow &&
    isSameMap(before.believed, after.believed) &&
    newResolutions(before, after).length === 0 &&
    before.logs.size === after.logs.size &&
    [...before.logs].every(([path, { stamp }]) => after.logs.get(path)?.stamp === stamp) &&
    before.trees.every((tree, index) => isSameTree(tree, after.trees[index]))
  )
}

/** By name. One that was taken away is missed by nobody. */
export function newResolutions(before: Snapshot, after: Snapshot): readonly string[] {
  const { resolutions: was } = before
  const now = was === undefined ? [] : [...(after.resolutions ?? [])]
  return now.flatMap(([name, stamp]) => (was?.get(name) === stamp ? [] : [name]))
}

function isSameTree(before: TreeSnapshot, after: TreeSnapshot | undefined): boolean {
  return (
    after !== undefined &&
    before.head === after.head &&
    before.index?.stamp === after.index?.stamp &&
    isSameMap(before.pending, after.pending) &&
    isSameMap(before.strays, after.strays)
  )
}

function isSameMap(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): boolean {
  return before.size === after.size && [...before].every(([name, value]) => after.get(name) === value)
}
