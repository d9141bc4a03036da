import { execFileSync } from 'node:child_process'
import { OosError } from '../../shared/errors.ts'
import { pathOutside } from '../../shared/path-outside.ts'
import { projectSource } from '../../spec/read.ts'
import type { SpecSource } from '../../spec/types.ts'
import { specFolder } from '../project/root.ts'

/** The project's spec files as a commit has them. Nothing is checked out, and nothing that the repository names is run. */
export function readRevision(root: string, revision: string): readonly SpecSource[] {
  const list = git(root, ['ls-tree', '-r', '-z', revision, '--', `./${specFolder}/`]).toString()
  return readSpecs(root, parseBlobs(list, revision.slice(0, 12)))
}

function readSpecs(root: string, blobs: readonly Blob[]): readonly SpecSource[] {
  const bytes = readBlobs(
    root,
    blobs.map(({ id }) => id),
  )
  return blobs.flatMap(({ path }, index) => projectSource(path, bytes[index] ?? Buffer.alloc(0)) ?? [])
}

/** The same as they are staged, in the index that the caller's environment names. */
export function readStagedSpecs(root: string): readonly SpecSource[] {
  const list = git(root, ['ls-files', '--stage', '-z', '--', `./${specFolder}/`]).toString()
  return readSpecs(root, parseBlobs(list, 'the index'))
}

/** The commit that a person names, by its full id. */
export function resolveCommit(root: string, name: string): string {
  try {
    return git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])
      .toString()
      .trim()
  } catch (cause) {
    requireRepository(root)
    throw new OosError('usage', `there is no revision \`${name}\``, { hint: 'git log --oneline', cause })
  }
}

/** The commit that is checked out; none before the first. */
export function findHead(root: string): string | undefined {
  try {
    return git(root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']).toString().trim()
  } catch {
    return undefined
  }
}

/** Branches and tags, as people name them. */
export function listRefs(root: string): readonly string[] {
  const words = ['for-each-ref', '--format=%(refname:short)', 'refs/heads', 'refs/tags', 'refs/remotes']
  return git(root, words).toString().split('\n').filter(Boolean)
}

export function mergeBase(root: string, one: string, other: string): string {
  try {
    return git(root, ['merge-base', '--end-of-options', one, other]).toString().trim()
  } catch (cause) {
    throw new OosError('usage', `\`${one}\` and \`${other}\` have no commit in common`, {
      hint: `oos spec diff ${one}..${other}`,
      cause,
    })
  }
}

/** Files that git knows below the project's root, those nearest to it first; none where it cannot say. */
export function trackedFiles(root: string, most: number): readonly string[] {
  try {
    const files = git(root, ['ls-files', '-z'])
      .toString()
      .split('\0')
      .filter((path) => path !== '')
    return files.sort((a, b) => a.split('/').length - b.split('/').length).slice(0, most)
  } catch {
    return []
  }
}

interface Blob {
  /** Below `.agent-os/`. */
  readonly path: string
  readonly id: string
}

/** `MODE TYPE ID\tPATH` of a tree, `MODE ID STAGE\tPATH` of the index. */
function parseBlobs(list: string, shown: string): readonly Blob[] {
  return list.split('\0').flatMap((line) => {
    const [, mode, id, path = ''] = /^(\d+) (?:[a-z]+ )?(\w{40,})(?: \d)?\t(.*)$/s.exec(line) ?? []
    const below = path.slice(path.indexOf(`${specFolder}/`) + specFolder.length + 1)
    if (id === undefined || projectSource(below, new Uint8Array()) === undefined) return []
    if (mode === '100644' || mode === '100755') return [{ path: below, id }]
    throw new OosError('spec-invalid', `\`${path}\` is no plain file in ${shown}`, {
      hint: 'compare with a revision where it is one',
    })
  })
}

/** One question for all: each answer is `id type size`, a line break, the bytes, a line break. */
function readBlobs(root: string, ids: readonly string[]): readonly Uint8Array[] {
  if (ids.length === 0) return []
  const answer = git(root, ['cat-file', '--batch'], `${ids.join('\n')}\n`)
  let at = 0
  return ids.map((id) => {
    const end = answer.indexOf('\n', at)
    const size = Number(/ blob (\d+)$/.exec(answer.toString('latin1', at, end))?.[1])
    if (end < 0 || Number.isNaN(size))
      throw new OosError('failed', `git does not have the file ${id}`, { hint: 'git fsck' })
    at = end + 1 + size + 1
    return answer.subarray(end + 1, end + 1 + size)
  })
}

function requireRepository(root: string): void {
  try {
    git(root, ['rev-parse', '--git-dir'])
  } catch (cause) {
    throw new OosError('usage', `\`${root}\` is not in a git repository`, { hint: 'git init', cause })
  }
}

/** Not the project's own `git`, no watcher, no hooks, no fetching of what is missing, and no replacing of objects by others. */
function git(root: string, words: readonly string[], input?: string): Buffer {
  const options = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '--no-pager']
  return execFileSync('git', [...options, ...words], {
    cwd: root,
    env: {
      ...process.env,
      PATH: pathOutside(root, process.env.PATH).join(':'),
      GIT_NO_LAZY_FETCH: '1',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_TERMINAL_PROMPT: '0',
    },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'ignore'],
    maxBuffer: 1 << 30,
    ...(input !== undefined && { input }),
  })
}
