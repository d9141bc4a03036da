import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseRawDiff, type Written } from '../raw-diff.ts'
import { listEnd } from './names.ts'

/** What is about to be committed. */
export interface Change {
  /** The top of the work tree: paths begin here. */
  readonly top: string
  readonly written: readonly Written[]
}

/** git gives a hook names of files relative to where it starts it, and oos asks it from elsewhere, too. */
export function settleGitEnvironment(env: NodeJS.ProcessEnv, cwd: string): void {
  for (const name of ['GIT_DIR', 'GIT_INDEX_FILE', 'GIT_WORK_TREE', 'GIT_COMMON_DIR']) {
    const value = env[name]
    if (value !== undefined) env[name] = resolve(cwd, value)
  }
}

/**
 * What is staged. The hook has asked git already, while Node was starting; to ask it from here takes 10 ms.
 *
 * @throws OosError `usage` where there is no work tree
 */
export async function readStagedChange(cwd: string, fromInput: boolean): Promise<Change> {
  const top = findTop(cwd) ?? process.env.GIT_WORK_TREE
  if (top === undefined) throw (await import('./asked-git.ts')).noWorkTree(cwd)
  const given = fromInput ? readFileSync(0) : undefined
  const staged = wholeList(given) ?? (await import('./asked-git.ts')).listStaged(top)
  return { top, written: parseRawDiff(staged) }
}

/** A list without its end is that of a git that failed: before the first commit there is nothing to compare with. */
function wholeList(given: Buffer | undefined): Buffer | undefined {
  const end = Buffer.from(`${listEnd}\0`)
  if (given === undefined || !given.subarray(-end.length).equals(end)) return undefined
  return given.subarray(0, -end.length)
}

function findTop(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder
    if (folder === dirname(folder)) return undefined
  }
}
