import { basename, join } from 'node:path'
import { kindOf } from '../look.ts'
import { readPlainFile } from '../plain-file.ts'
import type { Repository, TreeEntry } from '../types.ts'

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
