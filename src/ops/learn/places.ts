import { dirname } from 'node:path/posix'
import { isWithin } from '../../shared/within.ts'
import type { FileUse } from './learned.ts'

/** A piece of the tree that a rule opens. */
export interface Place {
  readonly path: string
  /** The file alone, all that lies in a folder, or the files right in it. */
  readonly kind: 'exact' | 'whole' | 'names'
  readonly read: boolean
  readonly write: boolean
  /** Names in it that nobody has written to: they stay as they are. */
  readonly kept?: readonly string[]
}

export interface TreeShape {
  readonly root: string
  /** Folders of those that were made which are still there: they need not be made again. */
  readonly lasting: ReadonlySet<string>
  /** Whether the command may remove what it made before it makes it again: a first run has nothing to remove. */
  readonly mayRemove: boolean
  /** Names in the project's folder. */
  readonly top: readonly string[]
}

export interface PlaceOptions {
  /** Whole top folders to write to, and the whole project to read. */
  readonly wide: boolean
}

/** The fewest readable pieces of the project that hold all of these uses. The order of the uses does not matter. */
export function placesOf(uses: readonly FileUse[], tree: TreeShape, options: PlaceOptions): readonly Place[] {
  const { folders, files } = written(uses, tree, options)
  const reads = uses.filter(({ action }) => action === 'read')
  const readHere = (isHere: (path: string) => boolean) => reads.some(({ target }) => isHere(target))
  const kept = options.wide ? [] : keptNames(uses, tree)
  const writes = [
    ...folders.map((path) => ({
      ...place(path, 'whole', { read: readHere((one) => isWithin(one, path)), write: true }),
      ...(path === tree.root && kept.length > 0 && { kept }),
    })),
    ...files.map((path) => place(path, 'exact', { read: readHere((at) => at === path), write: true })),
  ]
  const left = reads.filter((use) => !writes.some((each) => each.read && holds(each, use)))
  const seen = readPlaces(left, { tree, options, writes })
  const all = seen.some(({ path, kind }) => path === tree.root && kind === 'whole')
  return [...seen, ...(all ? writes.map((each) => ({ ...each, read: false })) : writes)].sort(byPlace)
}

/** What is only read first. */
function byPlace(a: Place, b: Place): number {
  return Number(a.write) - Number(b.write) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)
}

/** A file is made, renamed and removed in its folder: the kernel can let nobody do that in less than all of it. */
function written(uses: readonly FileUse[], tree: TreeShape, { wide }: PlaceOptions) {
  const changes = uses.filter(({ action }) => action !== 'read')
  const gone = new Set(changes.filter(({ action }) => action === 'delete').map(({ target }) => target))
  const isKept = (path: string) => tree.lasting.has(path) && !gone.has(path) && !tree.mayRemove
  const exact = changes.filter(
    ({ action, folder, target }) => action === 'change' && !folder && target !== tree.root,
  )
  const changed = exact.map(({ target }) => target)
  const crowded = wide
    ? changed.map((path) => dirname(path)).filter((folder) => folder !== tree.root)
    : crowdedFolders(changed, tree.root)
  const containers = changes
    .filter((use) => !exact.includes(use))
    .map(({ target, action, folder, below }) => {
      const isWhole = below || (folder && (action === 'change' || (action === 'create' && isKept(target))))
      return isWhole || target === tree.root ? target : dirname(target)
    })
  const widened = [...containers, ...crowded].map((path) => (wide ? topFolder(path, tree.root) : path))
  const folders = outermost(gather(outermost(widened), tree.root))
  const files = unique(changed).filter((path) => !folders.some((at) => isWithin(path, at)))
  return { folders, files }
}

/** Where something is made right in the project's folder, what lies there need not become writable with it. */
function keptNames(uses: readonly FileUse[], { root, top }: TreeShape): readonly string[] {
  const touched = new Set(
    uses.filter(({ action }) => action !== 'read').map(({ target }) => topFolder(target, root)),
  )
  return top.filter((name) => !oosNames.has(name) && !touched.has(`${root}/${name}`)).sort()
}

const enough = 3

/** Folders in which so many files were changed that nobody wants them listed. */
function crowdedFolders(paths: readonly string[], root: string): readonly string[] {
  return [...Map.groupBy(unique(paths), dirname)]
    .filter(([folder, { length }]) => length >= enough && folder !== root)
    .map(([folder]) => folder)
}

/** Many folders side by side are the folder that they lie in. */
function gather(folders: readonly string[], root: string): readonly string[] {
  const crowds = crowdedFolders(folders, root)
  if (crowds.length === 0) return folders
  const inside = (path: string) => crowds.includes(dirname(path))
  return gather(outermost([...folders.filter((path) => !inside(path)), ...crowds]), root)
}

interface ReadScope {
  readonly tree: TreeShape
  readonly options: PlaceOptions
  readonly writes: readonly Place[]
}

function readPlaces(reads: readonly FileUse[], { tree, options, writes }: ReadScope): readonly Place[] {
  const { root } = tree
  const whole = place(root, 'whole', { read: true, write: false })
  if (reads.length === 0) return []
  if (options.wide || reads.some(({ target }) => target === root)) return [whole]
  const groups = Map.groupBy(reads, ({ target }) => topFolder(target, root))
  const found = [...groups].flatMap(([top, uses]) => readsBelow(top, uses))
  const topFiles = found.filter(({ path, kind }) => kind === 'exact' && dirname(path) === root)
  const tops = tree.top.filter((name) => !unasked.has(name)).map((name) => `${root}/${name}`)
  const isOpen = (path: string) => [...found, ...writes].some((each) => covers(each, path))
  const open = tops.filter(isOpen).length
  if (tops.length >= fewTops && open >= tops.length * nearlyAll) return [whole]
  if (topFiles.length <= mostTopFiles) return found
  const names = place(root, 'names', { read: true, write: false })
  return [names, ...found.filter((each) => !topFiles.includes(each))]
}

const fewTops = 4
const nearlyAll = 0.8
const mostTopFiles = 8
/** Closed to writing in any case. */
const oosNames: ReadonlySet<string> = new Set(['.oos', '.agent-os'])
/** Nobody expects a command to read these of a project. */
const unasked: ReadonlySet<string> = new Set(['.git', ...oosNames])

/** One or two files by name; more are the folder that they share. A folder that was listed is all that lies in it. */
function readsBelow(top: string, uses: readonly FileUse[]): readonly Place[] {
  const open = (path: string, kind: Place['kind']) => place(path, kind, { read: true, write: false })
  const listed = outermost(uses.filter(({ folder, below }) => folder || below).map(({ target }) => target))
  const files = unique(uses.map(({ target }) => target)).filter(
    (path) => !listed.some((at) => isWithin(path, at)),
  )
  if (listed.length === 0 && files.length < enough) return files.map((path) => open(path, 'exact'))
  const shared = [...listed, ...files.map((path) => (path === top ? top : dirname(path)))].reduce(
    sharedFolder,
  )
  return [open(shared, 'whole')]
}

function place(path: string, kind: Place['kind'], access: Pick<Place, 'read' | 'write'>): Place {
  return { path, kind, ...access }
}

function covers({ path, kind }: Place, target: string): boolean {
  if (kind === 'names') return dirname(target) === path
  return kind === 'whole' ? isWithin(target, path) : target === path
}

/** The name of a folder alone opens nothing in it. */
function holds(at: Place, { target, folder, below }: FileUse): boolean {
  return covers(at, target) && !(at.kind === 'exact' && (folder || below))
}

/** Without what lies in another of them. */
function outermost(paths: readonly string[]): readonly string[] {
  const all = unique(paths)
  return all.filter((path) => !all.some((other) => other !== path && isWithin(path, other)))
}

/** Sorted, so that nothing depends on the order of what was seen. */
const unique = (paths: readonly string[]): readonly string[] => [...new Set(paths)].sort()

function topFolder(path: string, root: string): string {
  if (path === root) return root
  const [name = ''] = path.slice(root.length + 1).split('/')
  return `${root}/${name}`
}

/** The deepest folder in which both lie. */
export function sharedFolder(a: string, b: string): string {
  let at = a
  while (!isWithin(b, at)) at = dirname(at)
  return at
}
