import type { Dirent } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Rule } from '../../policy/types.ts'
import { isBelow, isWithin } from '../../shared/within.ts'
import { isToldOf } from '../after.ts'
import { readRepository } from '../git/repository.ts'
import { markTracked } from '../git/tracked.ts'
import { readWorktree, worktreeEntries } from '../git/worktree.ts'
import {
  isFolderBehind,
  isText,
  isTooDeep,
  kindOf,
  kindOfEntry,
  mayEnter,
  readFolder,
  realpathOf,
  treesBehind,
} from '../look.ts'
import { namesThere } from '../stand-ins.ts'
import type { TreeEntry, TreeFacts } from '../types.ts'
import { absentEntries, missingEntries } from './absent.ts'
import { couldOpenBelow, type FileGlob, type FolderState, judgeFile, judgeFolder, nothing } from './access.ts'
import { alsoBehind, closeThere, deniedAlready, deniedBehind, deniedBeside, deniedThrough } from './denied.ts'
import { closedToWriting, globsBehind, globsElsewhere, realBehind, unopened } from './elsewhere.ts'
import { unspeakableIn } from './find-linked.ts'
import { bareEntries, obeyedEntries } from './git-obeyed.ts'
import { accessInKernel, deniedKernelEntries, isInKernel, isKernelPlace } from './kernel-places.ts'
import { createLinkCount } from './links.ts'
import { findPoints, literalsBelow, type NamedHere, openedFolders } from './points.ts'
import { sharedObjects } from './shared-objects.ts'
import { socketEntries } from './sockets.ts'
import { closeFolder, type Found, record, type Sweep, type SweepOptions } from './sweep-state.ts'
import { isLeftAlone, needsWalk, opensInside } from './walked.ts'

/**
 * Looks once at every tree that the rules open. Folders are read, files are not: what an entry is comes with its name,
 * and symbolic links are never followed, so a link that a repository carries opens nothing.
 */
export async function sweepTree(globs: readonly FileGlob[], options: SweepOptions): Promise<TreeFacts> {
  const tops = openedFolders(globs)
  const links = createLinkCount()
  const sweep = walkTrees(globs, { ...options, links }, tops)
  const behind = treesBehind(tops, options.root)
  const closed = alsoBehind([...sweep.behind, ...deniedBehind(sweep)], behind)
  const denied = [...sweep.denied, ...deniedBeside(sweep), ...closed]
  sweep.entries.push(...(await links.entries(globs, [...sweep.entries, ...denied])))
  sweep.entries.push(...sharedObjects(sweep.entries, sweep.repositories))
  sweep.entries.push(...obeyedEntries(sweep))
  sweep.entries.push(...socketEntries(sweep.entries, behind))
  const entries = closeThere(sweep.entries, closed).sort((a, b) =>
    a.path < b.path ? -1 : a.path > b.path ? 1 : 0,
  )
  return {
    entries: markTracked(entries, sweep.repositories),
    repositories: sweep.repositories,
    files: sweep.files,
    behind,
  }
}

/** The same at once, from the names alone: hard links, git's settings and services are not looked at. */
export function sweepNames(globs: readonly FileGlob[], options: SweepOptions): readonly TreeEntry[] {
  return walkTrees(globs, options, openedFolders(globs)).entries
}

function walkTrees(
  globs: readonly FileGlob[],
  options: SweepOptions & Pick<Sweep, 'links'>,
  tops: readonly string[],
): Sweep {
  const sweep: Sweep = {
    ...options,
    globs,
    tops: new Set(tops),
    points: findPoints(globs, tops, options.caseSensitive),
    entries: [],
    denied: [],
    behind: [],
    repositories: [],
    oddNames: new Set(),
    files: 0,
    top: options.root,
  }
  for (const base of tops) sweepBase(sweep, base)
  sweepWorktree(sweep)
  sweep.entries.push(...deniedKernelEntries(globs))
  return sweep
}

function sweepBase(sweep: Sweep, base: string): void {
  const real = realBehind(sweep, base)
  if (real === undefined) {
    sweepTop(sweep, base)
    return
  }
  // All of the disk holds the kernel's, too.
  if (real === '/' || isKernelPlace(real)) {
    const { rule } = judgeFolder(sweep.globs, base, nothing)
    if (!isInKernel(base)) record(sweep, { path: base, kind: 'link', access: 'none', rule, note: unopened })
    return
  }
  const globs = globsBehind(sweep.globs, base, real)
  const points = findPoints(globs, [base], sweep.caseSensitive)
  const way: Sweep = { ...sweep, globs, points, entries: [], files: 0, behindLink: true }
  sweepTop(way, base)
  sweep.entries.push(...closedToWriting(way.entries))
  sweep.files += way.files
}

function sweepTop(sweep: Sweep, base: string): void {
  const kind = kindOf(base)
  if (kind === undefined) {
    recordMissing(sweep, base)
    return
  }
  sweep.top = base
  const real = realpathOf(base)
  // A link that leads nowhere opens nothing; one inside the project, or a way through one, leads to what the rules do not mean.
  if (real === undefined || (real !== base && isWithin(base, sweep.root))) return
  if (isKernelPlace(base)) return
  if (kind === 'directory' || (kind === 'link' && isFolderBehind(base))) {
    const state = judgeFolder(sweep.globs, base, nothing)
    const access = accessInKernel(base, state.access)
    if (access !== 'none') record(sweep, { path: base, kind, access, rule: state.rule })
    if (isInKernel(base)) {
      probe(sweep, base, state)
      return
    }
    if (kind === 'link' && !sweep.behindLink) return
    if (state.access === 'none' && !opensInside(sweep.globs, base)) return
    if (needsWalk(sweep.globs, base, state)) sweepFolder(sweep, base, state)
    else probe(sweep, base, state)
    return
  }
  const { access, rule } = judgeFile(sweep.globs, base, nothing)
  if (access === 'none') return
  record(sweep, { path: base, kind, access: accessInKernel(base, access), rule })
  if (rule?.layer !== 'built-in') sweep.links?.lookAtFile(base)
}

/** A folder of the project that may be written and is not there yet, in one that no rule opens: `coverage/**` alone. */
function recordMissing(sweep: Sweep, base: string): void {
  const above = dirname(base)
  if (!isBelow(base, sweep.root) || realpathOf(above) !== above) return
  const isTree = sweep.globs.some(({ allows, glob }) => allows && glob.tree && glob.literal === base)
  const { access, rule } = judgeFolder(sweep.globs, base, nothing)
  if (isTree && access === 'write') record(sweep, { path: base, kind: 'absent-folder', access, rule })
}

/** The repository of a linked work tree lies elsewhere: what the rules say about `.git` holds there. */
function sweepWorktree(sweep: Sweep): void {
  const worktree = readWorktree(sweep.root)
  if (worktree === undefined) return
  const { common, own } = worktree
  const elsewhere: Sweep = {
    ...sweep,
    globs: globsElsewhere(sweep.globs, join(sweep.root, '.git'), common),
    repositories: [],
    files: 0,
  }
  sweepBase(elsewhere, common)
  sweep.repositories.push(
    ...elsewhere.repositories.map((found) => ({ ...found, tree: sweep.root, index: join(own, 'index') })),
  )
  const base = sweep.entries.find(({ path }) => path === common)
  if (base?.access === 'write') sweep.entries.push(...worktreeEntries(worktree, base.rule))
  sweep.files += elsewhere.files
}

/** Looks only at the paths that the rules name themselves. */
function probe(sweep: Sweep, base: string, above: FolderState): void {
  for (const path of literalsBelow(sweep.globs, base)) {
    const kind = path === base ? undefined : kindOf(path)
    if (kind === undefined || isKernelPlace(path)) continue
    const real = kind === 'link' ? realpathOf(path) : path
    if (real !== undefined) judge(sweep, { path: real, kind: kindOf(real) ?? 'other' }, above)
  }
}

function sweepFolder(sweep: Sweep, folder: string, state: FolderState): void {
  sweep.onFolder?.(folder, state.files !== state.access)
  const children = isTooDeep(folder) ? undefined : readFolder(folder)
  if (children === undefined) {
    closeFolder(sweep, folder)
    return
  }
  const before = sweep.entries.length
  if (isToldOf(folder)) sweep.files += children.length
  const named = sweep.points.named.get(folder)
  const endings = sweep.points.endings.get(basename(folder))
  const isGit = basename(folder) === '.git'
  // To git an empty one is none.
  if (isGit && children.length > 0) sweep.repositories.push(readRepository(folder))
  if (state.access === 'write' && !isGit) sweep.entries.push(...bareEntries(sweep, folder, children))
  const isNamed = named !== undefined || endings !== undefined
  const read = { folder, present: isNamed ? namesThere(folder, children) : noNames, named, endings, state }
  const absent = isNamed && state.access === 'write' ? absentEntries(sweep.globs, read) : noEntries
  for (const child of children) {
    if (isLeftAlone(sweep, folder, child.name)) continue
    if (absent.has(child.name)) continue
    sweepEntry(sweep, child, { folder, named, state })
  }
  if (state.files !== 'none' && hasOddLink(sweep, folder)) closeFolder(sweep, folder, unspeakable)
  // What may be read and not entered holds names that nothing could be asked about: a run can open it again.
  if (children.length > 0 && !mayEnter(folder)) {
    sweep.entries.length = before
    closeFolder(sweep, folder)
    return
  }
  if (state.files !== 'none' || sweep.entries.length > before)
    sweep.links?.look({ folder, children, top: sweep.top })
  sweep.entries.push(...absent.values())
  if (state.access === 'read' && sweep.top === sweep.root)
    sweep.entries.push(...missingEntries(sweep.globs, read))
}

const noNames: ReadonlySet<string> = new Set()
const noEntries: ReadonlyMap<string, TreeEntry> = new Map()

/** A file that may be somebody else's, too, and cannot be closed by itself. */
function hasOddLink({ links, oddNames }: Sweep, folder: string): boolean {
  return links !== undefined && oddNames.has(folder) && unspeakableIn(folder).length > 0
}

interface Inside {
  readonly folder: string
  readonly named: NamedHere | undefined
  readonly state: FolderState
}

function sweepEntry(sweep: Sweep, child: Dirent, { folder, named, state }: Inside): void {
  const { name } = child
  const path = folder === '/' ? `/${name}` : `${folder}/${name}`
  if (folder === '/' && isKernelPlace(path)) return
  const byName = sweep.points.names.test(name)
  if (name.includes('\uFFFD') && !isText(folder, name)) {
    if (byName || child.isDirectory()) closeFolder(sweep, folder, unspeakable)
    else sweep.oddNames.add(folder)
    return
  }
  // Most entries: no rule could say more about one of its name than about its folder.
  const isUnnamed = !byName && !named?.has(name) && name !== '.git'
  if (isUnnamed && child.isDirectory()) {
    if (state.access !== 'none' || couldOpenBelow(sweep.globs, path, state)) sweepBelow(sweep, path, state)
  } else if (!isUnnamed || state.files !== state.access || !child.isFile()) {
    sweepChild(sweep, { path, kind: kindOfEntry(child) }, state)
  }
}

/** A name that is no text cannot be given to anybody: what it hides can be neither looked at nor closed by itself. */
const unspeakable = 'has an entry whose name is not UTF-8'

function sweepChild(sweep: Sweep, { path, kind }: Found, above: FolderState): void {
  const state = judge(sweep, { path, kind }, above)
  if (state === undefined) return
  if (state.access === 'none' && !couldOpenBelow(sweep.globs, path, state)) return
  sweepBelow(sweep, path, state)
}

/** A tree of its own is looked at by itself. */
function sweepBelow(sweep: Sweep, folder: string, state: FolderState): void {
  if (!sweep.tops.has(folder)) sweepFolder(sweep, folder, state)
}

/** Records an entry if something changes there; answers a folder's state, so that what is in it can be looked at. */
function judge(sweep: Sweep, { path, kind }: Found, above: FolderState): FolderState | undefined {
  if (kind === 'directory') {
    const state = judgeFolder(sweep.globs, path, above)
    if (state.access !== above.access) record(sweep, { path, kind, access: state.access, rule: state.rule })
    else sweep.denied.push(...deniedAlready(sweep.globs, { path, kind }, above))
    return state
  }
  // What a link leads to is judged where it lies; itself it matters only where it could be replaced.
  if (kind === 'link') sweep.behind.push(...deniedThrough(sweep, path, above))
  if (kind === 'link' && above.access !== 'write') return undefined
  if (kind === 'socket') {
    record(sweep, { path, kind, access: 'none', note: 'a socket of this machine' })
    return undefined
  }
  const { access, rule } =
    basename(path) === '.git' ? judgeGitFile(sweep, path, above) : judgeFile(sweep.globs, path, above)
  if (access !== above.access) record(sweep, { path, kind, access, rule })
  else sweep.denied.push(...deniedAlready(sweep.globs, { path, kind }, above))
  return undefined
}

/** A `.git` that is a file or a link says where the repository is: who may not write its hooks may not redirect it. */
function judgeGitFile(
  { globs }: Sweep,
  path: string,
  above: FolderState,
): Pick<TreeEntry, 'access'> & { rule: Rule | undefined } {
  const self = judgeFile(globs, path, above)
  const config = judgeFile(globs, join(path, 'config'), above)
  return self.access === 'write' ? config : self
}
