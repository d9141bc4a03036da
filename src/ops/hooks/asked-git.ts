import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { OosError } from '../../shared/errors.ts'
import { readText } from '../../shared/read-text.ts'
import { anyBranch } from '../commits/decide-commit.ts'
import { stagedWords } from '../raw-diff.ts'

/**
 * What is staged, as `git diff-index` has it.
 *
 * @throws OosError `failed` where git does not say
 */
export function listStaged(top: string): Buffer {
  const staged = diffIndex(top, 'HEAD') ?? diffIndex(top, emptyTree(top))
  if (staged !== undefined) return staged
  throw new OosError('failed', 'git does not say what is staged', { hint: 'git diff --cached --name-status' })
}

/** Why no work tree was found above a folder. */
export function noWorkTree(cwd: string): OosError {
  const isRepository = git(cwd, ['rev-parse', '--git-dir']) !== undefined
  return isRepository
    ? new OosError('usage', `\`${cwd}\` is a bare repository: nothing is committed in it`, {
        hint: 'install hooks where the work tree is',
      })
    : new OosError('usage', `\`${cwd}\` is not in a git repository`, { hint: 'git init' })
}

function diffIndex(top: string, against: string): Buffer | undefined {
  return git(top, [...stagedWords, against, '--'])
}

/** What the first commit of all is compared with. */
function emptyTree(top: string): string {
  return git(top, ['hash-object', '-t', 'tree', '/dev/null'])?.toString().trim() ?? ''
}

/** The branch that a commit goes to, also in the middle of a rebase. */
export function currentBranch(top: string): string {
  const head = git(top, ['symbolic-ref', '--quiet', 'HEAD'])?.toString() ?? rebasedBranch(top)
  return /^refs\/heads\/([^\x00-\x20\x7f]+)/.exec(head)?.[1] ?? anyBranch
}

function rebasedBranch(top: string): string {
  const words = ['rev-parse', '--git-path', 'rebase-merge/head-name', '--git-path', 'rebase-apply/head-name']
  const files = git(top, words)?.toString().trim().split('\n') ?? []
  return files.map((file) => readText(resolve(top, file))).find((text) => text !== '') ?? ''
}

/** As the git that has called us was asked: with its index, its repository and its settings. Only what runs no hook. */
export function git(cwd: string, words: readonly string[], input?: string): Buffer | undefined {
  const options = ['-c', 'core.fsmonitor=false', '--no-pager']
  const { status, stdout } = spawnSync('git', [...options, ...words], {
    cwd,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'ignore'],
    maxBuffer: 1 << 30,
    ...(input === undefined ? {} : { input }),
  })
  return status === 0 ? stdout : undefined
}
