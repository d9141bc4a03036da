import { basename, dirname, join } from 'node:path'
import type { Rule } from '../../policy/types.ts'
import { kindOf, realpathOf } from '../look.ts'
import type { TreeEntry } from '../types.ts'
import { readGitPointer, readPointer } from './pointer.ts'

/** A project that is a linked work tree (`git worktree add`) of a repository elsewhere. */
export interface Worktree {
  /** The repository's `.git` folder. */
  readonly common: string
  /** The work tree's own folder in it. */
  readonly own: string
}

/**
 * A `.git` file can say anything, so it is believed only where the repository says the same: its own record of the work
 * tree names this project.
 */
export function readWorktree(root: string): Worktree | undefined {
  const pointer = readGitPointer(root)
  if (pointer === undefined || kindOf(pointer.real) !== 'directory') return undefined
  const own = pointer.real
  const named = readPointer(join(own, 'gitdir'), /^(.+)$/)
  if (named === undefined || basename(named) !== '.git' || realpathOf(dirname(named)) !== root)
    return undefined
  const common = dirname(dirname(own))
  const isLinked =
    readPointer(join(own, 'commondir'), /^(.+)$/) === common && basename(dirname(own)) === 'worktrees'
  return isLinked && basename(common) === '.git' ? { common, own } : undefined
}

/**
 * Its own state may change, but not where it says that the repository and its settings are. The repositories of its
 * submodules lie there, too.
 */
export function worktreeEntries({ own }: Worktree, rule: Rule | undefined): TreeEntry[] {
  const why = rule && { rule }
  const settings = join(own, 'config.worktree')
  const modules = join(own, 'modules')
  return [
    { path: own, kind: 'directory', access: 'write', ...why },
    ...['commondir', 'gitdir'].map((name) => ({
      path: join(own, name),
      kind: 'file' as const,
      access: 'read' as const,
      ...why,
    })),
    {
      path: settings,
      kind: kindOf(settings) === undefined ? 'absent-git-file' : 'file',
      access: 'read',
      ...why,
    },
    { path: modules, kind: kindOf(modules) ?? 'absent-folder', access: 'read', ...why },
  ]
}
