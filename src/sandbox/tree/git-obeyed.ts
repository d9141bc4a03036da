import type { Dirent } from 'node:fs'
import { dirname, join } from 'node:path'
import { commonConfigs, type ObeyedPlace, obeyedPlaces } from '../git/obeys.ts'
import { pointerEntries, readGitPointer } from '../git/pointer.ts'
import { kindOf } from '../look.ts'
import { readPlainFile } from '../plain-file.ts'
import type { TreeEntry, TreeFacts } from '../types.ts'
import { type FileGlob, judgeFile, nothing } from './access.ts'
import { accessAt } from './access-at.ts'

interface ObeyedIn extends Pick<TreeFacts, 'entries' | 'repositories'> {
  readonly globs: readonly FileGlob[]
  readonly root: string
  readonly home?: string
}

/** What git is told to obey is as closed to writing as what tells it so. */
export function obeyedEntries(swept: ObeyedIn): TreeEntry[] {
  const { globs, entries, repositories, root, home } = swept
  const more = commonConfigs(home, process.env)
  const named = repositories.flatMap(({ path: repository }) => {
    const config = join(repository, 'config')
    const { access, rule } = judgeFile(globs, config, nothing)
    if (access === 'write') return []
    return [...new Set([dirname(repository), root])]
      .flatMap((tree) => obeyedPlaces(repository, { tree, home, more }))
      .flatMap(({ path, kind }) => obeyedEntry(path, kind) ?? [])
      .filter(({ path }) => accessAt(entries, path) === 'write')
      .map((entry): TreeEntry => ({ ...entry, access: 'read', note: 'git obeys it', ...(rule && { rule }) }))
  })
  return [...named, ...pointerEntries(swept)]
}

function obeyedEntry(
  path: string,
  obeyed: ObeyedPlace['kind'],
): Pick<TreeEntry, 'path' | 'kind'> | undefined {
  const kind = kindOf(path)
  if (obeyed === 'program') return kind === 'file' || kind === 'link' ? { path, kind } : undefined
  if (kind !== undefined) return { path, kind }
  const parent = dirname(path)
  if (kindOf(parent) !== undefined)
    return { path, kind: obeyed === 'file' ? 'absent-git-file' : 'absent-folder' }
  return parent === path ? undefined : obeyedEntry(parent, 'folder')
}

/** A repository without a work tree, or with one elsewhere: git obeys it, too, once somebody stands there. */
export function bareEntries(
  { globs, root }: Pick<ObeyedIn, 'globs' | 'root'>,
  folder: string,
  children: readonly Dirent[],
): TreeEntry[] {
  if (!children.some(({ name }) => name === 'HEAD')) return []
  const has = (name: string) => children.some((child) => child.name === name)
  const { access, rule } = judgeFile(globs, join(folder, '.git/config'), nothing)
  if (access === 'write' || !has('objects') || !has('refs')) return []
  const names = ['config', 'hooks', ...bareParts.filter((name) => has(name) || standsIn(name, folder, root))]
  return names
    .flatMap((name) => obeyedEntry(join(folder, name), name === 'hooks' ? 'folder' : 'file') ?? [])
    .map((found) => ({ ...found, access: 'read', note: 'git obeys it', ...(rule && { rule }) }))
}

const bareParts = ['commondir', 'config.worktree', 'modules', 'worktrees']

/**
 * In the project's own; another may be tracked where it lies, and the file would be committed with it. But what its
 * configuration says that git obeys is kept from being made there, too.
 */
function standsIn(name: string, folder: string, root: string): boolean {
  if (name !== 'commondir' && name !== 'config.worktree') return false
  if (readGitPointer(root)?.real === folder) return true
  return name === 'config.worktree' && /worktreeconfig/i.test(readPlainFile(join(folder, 'config')) ?? '')
}
