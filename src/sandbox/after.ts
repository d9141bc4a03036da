import { type Dirent, readdirSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { readFolder, statOf } from './look.ts'
import { isStandIn } from './stand-ins.ts'

export interface ChangedFile {
  readonly path: string
  readonly change: 'created' | 'changed' | 'deleted'
  /** Afterwards. */
  readonly bytes?: number
}

export interface Aftermath {
  readonly files: readonly ChangedFile[]
  /** Git folders that were made during the run: nothing in them could be masked. */
  readonly repositories: readonly string[]
  /** Git folders with a rebase that the run began or changed: to go on with it runs the commands in its list. */
  readonly rebases: readonly string[]
  /** The same with patches: to go on with them commits what they hold. */
  readonly patches: readonly string[]
  /** Programs that run as somebody else; nothing inside should be able to make one. */
  readonly setId: readonly string[]
  /** Whether it has left what can close a place to the next run, whatever it is called: shut folders, names that are no text. */
  readonly mayClose: boolean
  /** False: there was more than could be looked at, and what is missing here may still have changed. */
  readonly complete: boolean
  /** False: nor could all of it be searched for repositories. */
  readonly searched: boolean
}

export interface AftermathOptions {
  /** Absolute; what was writable. */
  readonly roots: readonly string[]
  /** ms since 1970, when the run began. */
  readonly since: number
  /** Every file of `roots` before the run (`listFiles`); deletions are seen only with it. */
  readonly before?: FileList
  /** What oos has put there itself, and takes away again. What it put there for other runs is known by its kind. */
  readonly own?: ReadonlySet<string>
  readonly limit?: number
}

export interface FileList {
  readonly paths: ReadonlySet<string>
  /** Folders that git takes for repositories, whatever they are called. */
  readonly bare: ReadonlySet<string>
  readonly complete: boolean
}

/** How many files are looked at: some 100 ms. */
const usualLimit = 20_000
/** How many more names are read where there are more files: some 100 ms again. */
const furtherNames = 5
/** Names by which a repository is known. */
const telling: ReadonlySet<string> = new Set(['.git', 'HEAD'])
/** A file's time may lie one tick of the kernel's coarse clock before the call that set it. */
const tickMs = 10
/**
 * What tools put there by the thousand; a rule can protect it, but nobody reads a list of it. Nor is it searched for
 * repositories: all of its folders would have to be read, some 100 ms at the end of every run, and whoever uses
 * what lies there runs it anyway.
 */
const unlisted: ReadonlySet<string> = new Set(['.git', '.oos', 'node_modules'])

/** Whether it is told what has become of the files in it. */
export function isToldOf(folder: string): boolean {
  return !folder.split('/').some((name) => unlisted.has(name))
}

/** What a run has left in the trees that it could write to. Follows no link. */
export function readAftermath({
  roots,
  since,
  before,
  own,
  limit = usualLimit,
}: AftermathOptions): Aftermath {
  const files: ChangedFile[] = []
  const repositories: string[] = []
  const rebases: string[] = []
  const patches: string[] = []
  const setId: string[] = []
  let mayClose = false
  const seen = new Set<string>()
  const isSince = (path: string) => (statOf(path)?.ctimeMs ?? 0) >= since - tickMs
  const isBornIn = (folder: string) => (name: string) =>
    (statOf(join(folder, name))?.birthtimeMs ?? 0) >= since - tickMs
  const isOurs = (entry: Dirent, path: string) => own?.has(path) || (entry.isSocket() && isStandIn(path))
  /** An earlier run may have made all of it but one part, which was no repository then; or it obeys another one now. */
  const isBareNow = (folder: string) =>
    isBare(folder) &&
    (before?.complete
      ? !before.bare.has(folder) || isNew(join(folder, 'commondir'))
      : bareNames.some(isBornIn(folder)))
  const isNew = (path: string) => statOf(path) !== undefined && !before?.paths.has(path) && !own?.has(path)
  const lookAtGit = (path: string, made: boolean) => {
    mayClose ||= made
    if (made && !holdsNothing(path, own)) repositories.push(path)
    lookForHalfDone(path)
  }
  /** Of a repository whose folder has another name, or lies elsewhere. */
  const lookAtHead = (folder: string) => {
    if (isBareNow(folder)) repositories.push(folder)
    lookForHalfDone(folder)
  }
  const lookForHalfDone = (path: string) => {
    if (isSince(join(path, 'rebase-merge/git-rebase-todo'))) rebases.push(path)
    if (isSince(join(path, 'rebase-apply/next'))) patches.push(path)
  }
  const most = limit * furtherNames
  const looked = walk({ roots, limit, most }, (entry, path) => {
    const stats = isOurs(entry, path) ? undefined : statOf(path)
    mayClose ||= closes(entry, stats, since - tickMs)
    if (stats === undefined) return
    // A name that was not there before may still be an old file, moved.
    const made = before?.complete ? !before.paths.has(path) : stats.birthtimeMs >= since - tickMs
    if (isListed(entry)) seen.add(path)
    if (entry.name === '.git') lookAtGit(path, made)
    if (entry.name === 'HEAD') lookAtHead(dirname(path))
    if (entry.isDirectory() || stats.ctimeMs < since - tickMs) return
    files.push({ path, change: made ? 'created' : 'changed', bytes: stats.size })
    if (isSetId(stats)) setId.push(path)
  })
  const complete = looked <= limit
  const deleted =
    complete && before?.complete ? [...before.paths].filter((path) => !seen.has(path) && !own?.has(path)) : []
  const gone = deleted.map((path): ChangedFile => ({ path, change: 'deleted' }))
  return {
    files: [...files, ...gone],
    repositories,
    rebases,
    patches,
    setId,
    mayClose,
    complete,
    searched: looked <= most,
  }
}

/** Names alone, which is quick; taken before a run. `own`: what oos has put there by then. */
export function listFiles(
  roots: readonly string[],
  { own, limit = usualLimit }: Pick<AftermathOptions, 'own' | 'limit'> = {},
): FileList {
  const paths = new Set<string>()
  const bare = new Set<string>()
  const looked = walk({ roots, limit }, (entry, path) => {
    if (entry.name === 'HEAD' && isBare(dirname(path))) bare.add(dirname(path))
    if (isListed(entry) && !(entry.name === '.git' && holdsNothing(path, own))) paths.add(path)
  })
  return { paths, bare, complete: looked <= limit }
}

/** To git such a folder is no repository: whoever fills it makes one. */
function holdsNothing(path: string, own?: ReadonlySet<string>): boolean {
  return readFolder(path)?.every(({ name }) => own?.has(join(path, name))) === true
}

interface Walk {
  readonly roots: readonly string[]
  readonly limit: number
  /** Up to here, names that tell of a repository are still visited. */
  readonly most?: number
}

/** Breadth first, so that what is cut off lies deep. Says how many there were; where that is above `most`, there are more. */
function walk({ roots, limit, most = limit }: Walk, visit: (entry: Dirent, path: string) => void): number {
  const folders = [...roots]
  let looked = 0
  for (const folder of folders) {
    for (const entry of entriesOf(folder)) {
      looked += 1
      if (looked > most) return looked
      const path = join(folder, entry.name)
      if (looked <= limit || telling.has(entry.name)) visit(entry, path)
      if (entry.isDirectory() && !unlisted.has(entry.name)) folders.push(path)
    }
  }
  return looked
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // Gone, no folder, or closed to us.
    return []
  }
}

/** By a name that is no text nothing can be looked at. */
function closes({ name }: Dirent, stats: Stats | undefined, since: number): boolean {
  if (stats === undefined || !stats.isDirectory()) return name.includes('\uFFFD')
  return stats.ctimeMs >= since && (stats.mode & 0o700) !== 0o700
}

/** As git sees it, besides `HEAD`: links will do, and `commondir` in the place of both. */
const bareParts = [['objects', 'refs'], ['commondir']]
const bareNames = ['HEAD', ...bareParts.flat()]
const isBare = (folder: string) =>
  bareParts.some((names) => names.every((name) => statOf(join(folder, name)) !== undefined))
const isListed = (entry: Dirent) => !entry.isDirectory() || entry.name === '.git'
const isSetId = (stats: Stats) => stats.isFile() && (stats.mode & 0o6000) !== 0
