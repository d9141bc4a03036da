import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { onDisk } from '../../shared/bytes.ts'
import { isBelow } from '../../shared/within.ts'
import { leadsTo } from '../held.ts'
import { kindOf } from '../look.ts'
import type { Mount, Repository, TreeEntry } from '../types.ts'

/** Folders of a repository that hold nothing a rule is about, and many files. */
export const contentFolders: ReadonlySet<string> = new Set(['objects', 'refs', 'logs', 'lfs'])

/** What a file of git's must say to mean the same as if it did not exist; git takes an empty one for damage. */
const neutralContent: Readonly<Record<string, string>> = { commondir: '.\n' }

/** Somewhere in a repository's own folder. */
export function isOfGit(path: string): boolean {
  return path.includes('/.git/')
}

/** Undefined where an empty file or folder does no harm. */
export function neutralGitFile({ path, kind }: Pick<TreeEntry, 'path' | 'kind'>): string | undefined {
  return kind === 'absent-git-file' ? neutralContent[basename(path)] : undefined
}

export function readRepository(path: string): Repository {
  // A run can have put a link in the folder's place: what that leads to is not read.
  const exclude =
    kindOf(join(path, 'info')) === 'directory' ? readPlainFile(join(path, 'info/exclude')) : undefined
  return exclude === undefined ? { path } : { path, exclude }
}

const masking: ReadonlySet<Mount['kind']> = new Set(['mask-file', 'stand-in', 'mask-folder'])

/**
 * A masked file that git does not ignore makes `git add -A` fail, a stand-in would be added by its name (and where folders
 * do not say what their entries are, by all), and an empty folder makes `git clean -d` fail: inside, `info/exclude` names
 * them too. What is tracked stays tracked, and fails loudly.
 */
export function excludeMounts(repositories: readonly Repository[], mounts: readonly Mount[]): Mount[] {
  const masked = mounts.filter(({ kind }) => masking.has(kind)).map(({ path }) => path)
  return repositories.flatMap(({ path, exclude, tree = dirname(path) }): Mount[] => {
    const names = masked.filter((mask) => isBelow(mask, tree) && !isBelow(mask, path))
    if (exclude === undefined || names.length === 0) return []
    const lines = names.map((mask) => excludeLine(`/${relative(tree, mask)}`))
    const content = `${exclude.replace(/\n?$/, '\n')}${lines.join('\n')}\n`
    return [
      {
        kind: 'file',
        path: join(path, 'info/exclude'),
        content,
        note: 'keeps git from tripping over what is masked',
      },
    ]
  })
}

/** Whether git, inside, would take an empty file there for somebody's work: no `info/exclude` can tell it otherwise. */
export function wouldList(repositories: readonly Repository[], path: string): boolean {
  const [own] = repositories
    .map(({ exclude, path: folder, tree = dirname(folder) }) => ({ exclude, tree }))
    .filter(({ tree }) => isBelow(path, tree))
    .sort((a, b) => b.tree.length - a.tree.length)
  return own !== undefined && own.exclude === undefined
}

const excludeLine = (path: string) =>
  path.replace(/[\\*?[\]]/g, '\\$&').replace(/ +$/, (spaces) => spaces.replaceAll(' ', '\\ '))

/** Not through a link, and nothing that would wait for a writer. */
export function readPlainFile(file: string, most = 1_000_000): string | undefined {
  return withPlainFile(file, wholeBelow(most))?.toString('utf8')
}

/** Nor through one on the way to it: what is read here may be written again where the run reads it. */
export function readPlainBytes(file: string, most: number): Buffer | undefined {
  return withPlainFile(file, onItsWay(file, wholeBelow(most)))
}

/** As much of it as that, where it is longer. */
export function readPlainStart(file: string, length: number): Buffer | undefined {
  const start: Reader = (descriptor) => {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, 0))
  }
  return withPlainFile(file, onItsWay(file, start))
}

type Reader = (descriptor: number, size: number) => Buffer | undefined

function wholeBelow(most: number): Reader {
  return (descriptor, size) => (size < most ? readFileSync(descriptor) : undefined)
}

function onItsWay(file: string, read: Reader): Reader {
  return (descriptor, size) => (leadsTo(descriptor, file) ? read(descriptor, size) : undefined)
}

function withPlainFile(file: string, read: Reader): Buffer | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openSync(onDisk(file), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stats = fstatSync(descriptor)
    return stats.isFile() ? read(descriptor, stats.size) : undefined
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
