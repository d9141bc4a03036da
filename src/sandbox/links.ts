import { type Dirent, lstatSync } from 'node:fs'
import type { FileGlob } from './access.ts'
import type { TreeEntry } from './types.ts'

export interface LinkCount {
  readonly look: (folder: string, children: readonly Dirent[]) => void
  /** Files with more names than were found inside: what is written to them is written elsewhere, too. */
  readonly outside: (globs: readonly FileGlob[]) => TreeEntry[]
}

/** Beyond so many files only one of each folder is looked at: tools that link, link whole folders. */
const lookedAtSingly = 10_000

/**
 * Counts hard links. Nothing inside a sandbox can make one to what lies outside it, so these come from package managers
 * and copying tools; a look costs a system call a file.
 */
export function createLinkCount(): LinkCount {
  const linked = new Map<string, { names: number; paths: string[] }>()
  let looks = 0

  function lookAt(path: string): boolean {
    looks += 1
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats === undefined || stats.nlink < 2 || !stats.isFile()) return false
    const file = `${stats.dev}:${stats.ino}`
    const seen = linked.get(file) ?? { names: stats.nlink, paths: [] }
    seen.paths.push(path)
    linked.set(file, seen)
    return true
  }

  return {
    look: (folder, children) => {
      for (const child of children) {
        if (!child.isFile()) continue
        const isLinked = lookAt(`${folder}/${child.name}`)
        if (looks > lookedAtSingly && !isLinked) return
      }
    },
    outside: (globs) => {
      const paths = [...linked.values()]
        .filter(({ names, paths }) => names > paths.length)
        .flatMap(({ paths }) => paths)
      return outermost(paths.map((path) => protectedPart(path)).filter((part) => !isNamed(globs, part))).map(
        (part) => ({
          ...part,
          access: 'read' as const,
          note: 'has names outside of the project (hard links)',
        }),
      )
    },
  }
}

interface Part {
  readonly path: string
  readonly kind: 'directory' | 'file'
}

const dependencyFolders = ['node_modules', '.venv', 'venv']

/** A package manager's folder as a whole, or the file alone. */
function protectedPart(path: string): Part {
  const segments = path.split('/')
  const at = segments.findIndex((segment) => dependencyFolders.includes(segment))
  return at === -1 ? { path, kind: 'file' } : { path: segments.slice(0, at + 1).join('/'), kind: 'directory' }
}

/** A rule that names the folder itself says that its writer knows. */
function isNamed(globs: readonly FileGlob[], { path, kind }: Part): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return (
    kind === 'directory' &&
    globs.some((glob) => glob.allows && (glob.acts & 4) !== 0 && glob.pattern.split('/').includes(name))
  )
}

function outermost(parts: readonly Part[]): Part[] {
  return [...new Map(parts.map((part) => [part.path, part])).values()]
}
