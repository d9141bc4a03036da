import { relative, resolve } from 'node:path'
import { OosError } from '../../shared/errors.ts'
import { type FoundRepository, findRepository } from '../commits/find-repository.ts'
import { askGit, GitSilence } from '../git.ts'
import { policyTrailer, runTrailer } from '../hooks/trailer-names.ts'

export interface CommitFacts {
  readonly id: string
  readonly subject: string
  readonly author: string
  /** ms since 1970. */
  readonly at: number
  /** Runs that the message names, each with the policy that it names beside. */
  readonly claims: readonly { readonly run: string; readonly policy?: string }[]
}

/** A line of a file as it is now, and the commit that it comes from; none where it is in no commit yet. */
export interface LineFacts {
  /** Relative to the top of the work tree. */
  readonly file: string
  readonly line: number
  readonly text: string
  readonly commit?: string
}

/** The commit of an id that git gave. */
export function readCommit(cwd: string, id: string): CommitFacts {
  const commit = findCommit(cwd, id)
  if (commit !== undefined) return commit
  throw new OosError('failed', `git does not have the commit ${id}`, { hint: 'git fsck' })
}

/** Nothing where there is no such commit. */
export function findCommit(cwd: string, name: string): CommitFacts | undefined {
  const repository = findRepository(cwd)
  const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]
  const id = answer(() => askGit(repository, words).toString().trim())
  if (id === undefined) return undefined
  const raw = askGit(repository, ['cat-file', 'commit', id]).toString()
  const [head = '', ...rest] = raw.split('\n\n')
  const [, author = '', seconds = '0'] = /^author (.*) <.*> (\d+) [+-]\d+$/m.exec(head) ?? []
  const message = rest.join('\n\n')
  return {
    id,
    author,
    at: Number(seconds) * 1000,
    subject: message.split('\n')[0] ?? '',
    claims: readClaims(message),
  }
}

/** What a commit changed, relative to the top of the work tree; of a merge nothing. */
export function readFilesOf(cwd: string, id: string): readonly string[] {
  const words = ['diff-tree', '--root', '--no-commit-id', '--name-only', '--no-renames', '-r', '-z', id]
  return askGit(findRepository(cwd), words).toString().split('\0').filter(Boolean)
}

/** When the file was committed last before that, in ms since 1970; 0 where it was not. */
export function readTimeBefore(cwd: string, id: string, file: string): number {
  const repository = findRepository(cwd)
  const words = ['log', '-1', '--format=%at', `${id}^`, '--', file]
  const seconds = answer(() => askGit(repository, words, { tree: repository.top }).toString().trim())
  return Number(seconds || 0) * 1000
}

/** Only in the last paragraph are such lines trailers. */
function readClaims(message: string): CommitFacts['claims'] {
  const lines =
    message
      .trimEnd()
      .split(/\n\s*\n/)
      .at(-1)
      ?.split('\n') ?? []
  const valuesOf = (name: string) =>
    lines.flatMap((line) =>
      line.toLowerCase().startsWith(`${name.toLowerCase()}:`) ? line.slice(name.length + 1).trim() : [],
    )
  const policies = valuesOf(policyTrailer)
  return valuesOf(runTrailer).map((run, index) => {
    const policy = policies[index]
    return policy === undefined ? { run } : { run, policy }
  })
}

/** @throws OosError `usage` where there is no such line */
export function readLine(cwd: string, file: string, line: number): LineFacts {
  const repository = findRepository(cwd)
  const path = relative(repository.top, resolve(cwd, file))
  const words = ['blame', '--porcelain', '--no-textconv', '-L', `${line},${line}`, '--', path]
  const blame = answer(() =>
    askGit(repository, words, { tree: repository.top, settings: withoutFilters(repository) }).toString(),
  )
  if (blame === undefined)
    throw new OosError('usage', `git knows no line ${line} of \`${path}\``, { hint: `git blame '${path}'` })
  const commit = /^[0-9a-f]+/.exec(blame)?.[0] ?? ''
  const text =
    blame
      .split('\n')
      .find((one) => one.startsWith('\t'))
      ?.slice(1) ?? ''
  return { file: path, line, text, ...(/^0+$/.test(commit) ? {} : { commit }) }
}

/** A file in the work tree goes through the programs that attributes name for it; none is started here. */
function withoutFilters(repository: FoundRepository): Readonly<Record<string, string>> {
  const words = ['config', '--name-only', '-z', '--get-regexp', '^filter\\.']
  const names = askGit(repository, words, { orCode: 1 }).toString().split('\0').filter(Boolean)
  return Object.fromEntries(names.map((name) => [name, name.endsWith('.required') ? 'false' : '']))
}

function answer<Value>(ask: () => Value): Value | undefined {
  try {
    return ask()
  } catch (error) {
    if (error instanceof GitSilence) return undefined
    throw error
  }
}
