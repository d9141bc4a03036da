import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { pathOutside } from '../shared/path-outside.ts'

/** Whether the git repository around `path` tracks it. Git's index is read directly: starting git would cost more than the run's record. */
export function isTracked(path: string): boolean {
  const repository = findRepository(dirname(path))
  if (repository === undefined) return false
  const index = readIndex(repository.gitFolder)
  if (index === undefined) return false
  return index.readUInt32BE(4) > 3 || index.includes('link\0')
    ? askGit(path, repository.root)
    : hasEntry(index, relative(repository.root, path))
}

interface Repository {
  readonly root: string
  readonly gitFolder: string
}

function findRepository(from: string): Repository | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const git = join(folder, '.git')
    if (existsSync(git)) return { root: folder, gitFolder: resolveGitFolder(git) }
    if (dirname(folder) === folder) return undefined
  }
}

/** In a worktree or submodule `.git` is a file that says where the folder is. */
function resolveGitFolder(git: string): string {
  if (statSync(git).isDirectory()) return git
  const target = /^gitdir: (.+)$/m.exec(readFileSync(git, 'utf8'))?.[1]
  return target === undefined ? git : resolve(dirname(git), target)
}

function readIndex(gitFolder: string): Buffer | undefined {
  try {
    const index = readFileSync(join(gitFolder, 'index'))
    return index.length > 12 ? index : undefined
  } catch {
    return undefined
  }
}

/** Versions 2 and 3 write each path whole, after two bytes of flags that hold its length (or four, if extended). */
function hasEntry(index: Buffer, path: string): boolean {
  const name = Buffer.from(`${path}\0`)
  for (let at = index.indexOf(name); at > 0; at = index.indexOf(name, at + 1)) {
    const lengths = [index.readUInt16BE(at - 2), index.readUInt16BE(at - 4)].map((flags) => flags & 0xfff)
    if (lengths.includes(Math.min(name.length - 1, 0xfff))) return true
  }
  return false
}

/** Version 4 shortens paths and a split index lies in two files: git itself has to say. Without an answer it counts as tracked. */
function askGit(path: string, root: string): boolean {
  const list = ['-c', 'core.fsmonitor=false', 'ls-files', '-z', '--', path]
  try {
    const PATH = pathOutside(root, process.env.PATH).join(':')
    const env = { ...process.env, PATH, GIT_NO_LAZY_FETCH: '1' }
    return (
      execFileSync('git', list, { cwd: dirname(path), env, stdio: ['ignore', 'pipe', 'ignore'] }).length > 0
    )
  } catch {
    return true
  }
}
