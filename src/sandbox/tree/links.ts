import { type Dirent, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { kindOf } from '../look.ts'
import type { TreeEntry } from '../types.ts'
import type { FileGlob } from './access.ts'
import { accessIn } from './access-at.ts'
import { linkedInClosed } from './closed-links.ts'
import { findLinked, type LinkedFile, linkedFile } from './find-linked.ts'

export interface LinkCount {
  /** At what lies in a folder of which anything may be open. */
  readonly look: (folder: LookedAt) => void
  /** At a file that a rule opens by itself. */
  readonly lookAtFile: (path: string) => void
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
}

/** Beyond so many files another program looks, which is quicker and takes some ms to start. */
const lookedAtHere = 4_000
/** What one of them is given: it has to be worth a start, and to fit into a command line. */
const filesAtOnce = 20_000
const lettersAtOnce = 100_000

interface Linked {
  readonly names: number
  readonly found: Name[]
  /** A name that lies in what is closed as a whole, or could. */
  closed?: {
    readonly entry: TreeEntry
    readonly note: string
    readonly by?: string
    readonly isGuess?: boolean
  }
}

interface Name extends Place {
  readonly path: string
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

  function add({ path, file, names }: LinkedFile, { top }: Place): void {
    const seen = linked.get(file) ?? { names, found: [] }
    seen.found.push({ path, top })
    linked.set(file, seen)
  }

  function lookLater({ folder, children, top }: LookedAt): void {
    // Without the children: so many that live on cost more than the look.
    later.set(folder, { top })
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

  function closeByOthers(known: readonly TreeEntry[]): void {
    const { names, unseen } = linkedInClosed(known)
    for (const { file, path, entry } of names) {
      const seen = linked.get(file)
      if (seen !== undefined) seen.closed ??= { entry, note: `another name of ${path}`, by: path }
    }
    const [shut] = unseen
    if (shut === undefined) return
    const note = `could be another name of something in ${shut.path}, which cannot be looked at: chmod u+rwx it`
    for (const each of linked.values())
      if (hasOtherNames(each)) each.closed ??= { entry: shut.entry, note, isGuess: true }
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
    lookAtFile: (path) => {
      const found = linkedFile(path)
      if (found !== undefined) add(found, { top: path })
    },
    entries: async (globs, known) => {
      startLook()
      await Promise.all(finds)
      const found = [...linked.values()]
      if (found.some(hasOtherNames)) closeByOthers(known)
      return [...namesOfClosed(found, known), ...namesOfOthers(found, globs, known)]
    },
  }
}

/**
 * Whether it has names that were not found. Trees that rules open can lie in one another, and behind links: one name can be
 * found by several paths.
 */
function hasOtherNames({ names, found }: Linked): boolean {
  return names > found.length || names > new Set(found.map(whichName)).size
}

/** The same for all paths by which one name is found. */
const whichName = ({ path }: Name) => `${folderNumber(dirname(path))}/${basename(path)}`

function folderNumber(folder: string): string {
  try {
    const { dev, ino } = statSync(folder)
    return `${dev}:${ino}`
  } catch {
    // Gone since then. All of them as one: that counts less, not more.
    return ''
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
    const note = inside === undefined ? elsewhere?.note : `another name of ${inside.path}`
    const by = inside?.path ?? elsewhere?.by
    return found.map((name) => ({
      ...(elsewhere?.isGuess ? wholePart(name) : { path: name.path, kind: 'file' as const }),
      access: 'none',
      ...(note === undefined ? {} : { note }),
      ...(by === undefined ? {} : { by }),
      ...(rule === undefined ? {} : { rule }),
    }))
  })
}

/** What is written to one name is written to all: those outside, and those that may not be written. */
function namesOfOthers(
  files: readonly Linked[],
  globs: readonly FileGlob[],
  known: readonly TreeEntry[],
): TreeEntry[] {
  const access = accessIn(known)
  const parts = files.flatMap((file) => {
    const writable = file.found.filter(({ path }) => access(path) === 'write')
    if (writable.length === 0) return []
    const open = new Set(writable.map(whichName))
    const kept = file.found.find((name) => access(name.path) !== 'write' && !open.has(whichName(name)))
    if (kept === undefined && !hasOtherNames(file)) return []
    const noteOn = (part: Part) =>
      kept === undefined ? outside(part) : `another name of ${kept.path}, which may not be written`
    return writable
      .map(wholePart)
      .filter((part) => !isNamed(globs, part))
      .map((part) => ({ ...part, note: noteOn(part) }))
  })
  const each = new Map(parts.map((part) => [part.path, part]))
  const read = [...each.values()].map((part) => ({ ...part, access: 'read' as const }))
  return [...read, ...read.flatMap((part) => toolFolders(part, access))]
}

/** Where vite and others write, though packages lie beside it: they could not start without. */
function toolFolders({ path: folder }: Part, access: ReturnType<typeof accessIn>): TreeEntry[] {
  if (basename(folder) !== 'node_modules') return []
  return ['.cache', '.vite', '.vite-temp'].flatMap((name): TreeEntry[] => {
    const path = `${folder}/${name}`
    const kind = kindOf(path) ?? 'absent-folder'
    const isOurs = access(path) === 'write' && (kind === 'directory' || kind === 'absent-folder')
    return isOurs ? [{ path, kind, access: 'write', note: 'where tools keep what they make' }] : []
  })
}

function outside({ kind, path }: Part): string {
  const folder = path.split('/').findLast((name) => dependencyFolders.includes(name))
  const mend = ` to a package manager's store): for a copy that runs may write, remove \`${folder}\` and install it in a run`
  return `has names outside of the project (hard links${kind === 'file' ? ')' : mend}`
}

interface Part {
  readonly path: string
  readonly kind: 'directory' | 'file'
}

const dependencyFolders = ['node_modules', '.venv', 'venv']

/**
 * A package manager's folder as a whole, or the file alone. Where it keeps what is linked apart (`node_modules/.pnpm`), that:
 * vite and others write beside it, and could not start.
 */
function wholePart({ path, top }: Name): Part {
  const names = path.slice(top.length).split('/')
  const at = names.findIndex((name) => dependencyFolders.includes(name))
  if (at === -1) return { path, kind: 'file' }
  const isApart = names.length > at + 2 && names[at + 1]?.startsWith('.')
  return { path: top + names.slice(0, at + (isApart ? 2 : 1)).join('/'), kind: 'directory' }
}

const changing = 4

/** A rule that names the folder itself, or the one that is kept apart in it, says that its writer knows. */
function isNamed(globs: readonly FileGlob[], { path, kind }: Part): boolean {
  const names = path.split('/').slice(-2)
  const known = names.filter((name, at) => at === 1 || dependencyFolders.includes(name))
  const opens = ({ allows, acts, pattern }: FileGlob) =>
    allows && (acts & changing) !== 0 && pattern.split('/').some((name) => known.includes(name))
  return kind === 'directory' && globs.some(opens)
}
