import type { Dirent } from 'node:fs'
import { dirname } from 'node:path'
import type { FileGlob } from './access.ts'
import { linkedInClosed } from './closed-links.ts'
import { findLinked, type LinkedFile, linkedFile } from './find-linked.ts'
import { accessIn } from './reach.ts'
import type { TreeEntry, TreeFacts } from './types.ts'

export interface LinkCount {
  readonly look: (folder: LookedAt) => void
  /** What more than one name says about a tree whose other entries are known. Once, when all has been looked at. */
  readonly entries: (globs: readonly FileGlob[], known: readonly TreeEntry[]) => Promise<TreeEntry[]>
}

export interface LookedAt extends Place {
  readonly folder: string
  readonly children: readonly Dirent[]
}

interface Place {
  /** The top of the tree that a rule opened. */
  readonly top: string
  readonly writable: boolean
  /** Where a tree that is looked at by the name of a link lies. */
  readonly behind?: TreeFacts['behind'][number] | undefined
}

/** Beyond so many files another program looks, which is quicker and takes some ms to start. */
const lookedAtHere = 4_000
/** What one of them is given: it has to be worth a start, and to fit into a command line. */
const filesAtOnce = 20_000
const lettersAtOnce = 100_000

interface Linked {
  readonly names: number
  readonly found: Name[]
  /** Those that were found, each once: one may be seen by two ways. */
  readonly real: Set<string>
  /** A name that lies in what is closed as a whole. */
  closed?: { readonly path: string; readonly entry: TreeEntry }
}

interface Name extends Place {
  readonly path: string
  readonly real: string
}

/**
 * Counts hard links. Nothing inside a sandbox can make one to what lies outside it, so these come from package managers,
 * copying tools and people. Every file is looked at, however many there are: a run can add any number of files, and a
 * folder does not tell that a file in it got another name elsewhere.
 */
export function createLinkCount(): LinkCount {
  const linked = new Map<string, Linked>()
  const finds: Promise<void>[] = []
  let later = new Map<string, Place>()
  let [looks, files, letters] = [0, 0, 0]

  function add({ path, file, names }: LinkedFile, { top, writable, behind }: Place): void {
    const seen = linked.get(file) ?? { names, found: [], real: new Set() }
    const real = behind === undefined ? path : behind.real + path.slice(behind.path.length)
    seen.found.push({ path, real, top, writable })
    seen.real.add(real)
    linked.set(file, seen)
  }

  function lookLater({ folder, children, top, writable, behind }: LookedAt): void {
    // Without the children: so many that live on cost more than the look.
    later.set(folder, { top, writable, behind })
    files += children.length
    letters += folder.length
    if (files > filesAtOnce || letters > lettersAtOnce) startLook()
  }

  function startLook(): void {
    if (later.size > 0) finds.push(findIn(later))
    later = new Map()
    files = 0
    letters = 0
  }

  async function findIn(folders: ReadonlyMap<string, Place>): Promise<void> {
    for (const found of await findLinked([...folders.keys()])) {
      const at = folders.get(dirname(found.path))
      if (at !== undefined) add(found, at)
    }
  }

  return {
    look: (at) => {
      if (looks > lookedAtHere) return lookLater(at)
      for (const child of at.children) {
        if (!child.isFile()) continue
        looks += 1
        const found = linkedFile(`${at.folder}/${child.name}`)
        if (found !== undefined) add(found, at)
      }
    },
    entries: async (globs, known) => {
      startLook()
      await Promise.all(finds)
      const found = [...linked.values()]
      if (found.some((one) => one.names > one.real.size)) closeByOthers(linked, known)
      return [...namesOfClosed(found, known), ...namesOfOthers(found, globs, known)]
    },
  }
}

/** By names that no look at the folders finds. */
function closeByOthers(linked: ReadonlyMap<string, Linked>, known: readonly TreeEntry[]): void {
  for (const { file, path, entry } of linkedInClosed(known)) {
    const seen = linked.get(file)
    if (seen !== undefined) seen.closed ??= { path, entry }
  }
}

/** A denied file is denied under all its names. */
function namesOfClosed(files: readonly Linked[], known: readonly TreeEntry[]): TreeEntry[] {
  const closed = new Map(known.filter(({ access }) => access === 'none').map((entry) => [entry.path, entry]))
  return files.flatMap(({ found, closed: elsewhere }) => {
    const inside = found.map(({ path }) => closed.get(path)).find((one) => one !== undefined)
    const entry = inside ?? elsewhere?.entry
    if (entry === undefined) return []
    const { rule } = entry
    const note = `another name of ${inside?.path ?? elsewhere?.path}`
    return found.map(({ path }) => ({
      path,
      kind: 'file',
      access: 'none',
      note,
      ...(rule === undefined ? {} : { rule }),
    }))
  })
}

/** What is written to one name is written to all: those outside, and those that a rule lets be read alone. */
function namesOfOthers(
  files: readonly Linked[],
  globs: readonly FileGlob[],
  known: readonly TreeEntry[],
): TreeEntry[] {
  const access = accessIn(known)
  const parts = files.flatMap(({ names, found, real: { size } }) => {
    const writable = found.filter((name) => name.writable)
    const open = new Set(found.filter(({ path }) => access(path) === 'write').map(({ real }) => real))
    const readOnly = found.find(({ path, real }) => access(path) === 'read' && !open.has(real))
    if (names === size && readOnly === undefined) return []
    const note =
      readOnly === undefined
        ? 'has names outside of the project (hard links)'
        : `another name of ${readOnly.path}, which is read-only`
    return writable.map((name) => ({ ...readOnlyPart(name), note })).filter((part) => !isNamed(globs, part))
  })
  const each = new Map(parts.map((part) => [part.path, part]))
  return [...each.values()].map((part) => ({ ...part, access: 'read' as const }))
}

interface Part {
  readonly path: string
  readonly kind: 'directory' | 'file'
}

const dependencyFolders = ['node_modules', '.venv', 'venv']

/** A package manager's folder as a whole, or the file alone. */
function readOnlyPart({ path, top }: Name): Part {
  const names = path.slice(top.length).split('/')
  const at = names.findIndex((name) => dependencyFolders.includes(name))
  if (at === -1) return { path, kind: 'file' }
  return { path: top + names.slice(0, at + 1).join('/'), kind: 'directory' }
}

const changing = 4

/** A rule that names the folder itself says that its writer knows. */
function isNamed(globs: readonly FileGlob[], { path, kind }: Part): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const opens = ({ allows, acts, pattern }: FileGlob) =>
    allows && (acts & changing) !== 0 && pattern.split('/').includes(name)
  return kind === 'directory' && globs.some(opens)
}
