import { spawnSync } from 'node:child_process'
import { pathOutside } from '../shared/path-outside.ts'
import { systemFailure } from '../shared/system-failure.ts'

/** Where git is asked, by the folders themselves: it looks for none, and believes no file that says where they are. */
export interface GitPlace {
  readonly gitDir: string
  readonly common: string
  /** The project, from whose folders no program is taken. */
  readonly root: string
}

export interface GitQuestion {
  readonly input?: string | Uint8Array
  /** Another index than the repository's own. */
  readonly index?: string
  /** An exit code that is an answer, too. */
  readonly orCode?: number
  /** The top of the work tree, where files in it are asked about. */
  readonly tree?: string
  /** Settings that stand before the repository's own. */
  readonly settings?: Readonly<Record<string, string>>
}

/** git did not answer: it is not there, the repository is damaged, or it took too long. */
export class GitSilence extends Error {}

const longest = 120_000
/** Of what a run can leave in a repository nothing is obeyed: no program, no replaced or grafted object, no list that says what commits hold. */
const careful = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.commitGraph', 'false'],
  ['core.alternateRefsCommand', 'false'],
  ['log.showSignature', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
].flatMap(([name, value]) => ['-c', `${name}=${value}`])

/**
 * Asks git about a repository that anybody may have prepared. Neither the machine's configuration nor the person's counts,
 * and nothing is fetched.
 *
 * @throws GitSilence
 */
export function askGit(place: GitPlace, words: readonly string[], question: GitQuestion = {}): Buffer {
  const { input, index, tree, settings = {}, orCode = 0 } = question
  const own = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { status, stdout, stderr, error } = spawnSync(
    'git',
    ['--no-pager', '--literal-pathspecs', ...careful, ...own, ...words],
    {
      cwd: tree ?? '/',
      env: {
        ...environment(place),
        ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
        ...(tree === undefined ? {} : { GIT_WORK_TREE: tree }),
      },
      ...(input === undefined ? {} : { input }),
      maxBuffer: 1 << 30,
      timeout: longest,
      killSignal: 'SIGKILL',
    },
  )
  if (error !== undefined) throw new GitSilence(silenceOf(error), { cause: error })
  if (status === 0 || status === orCode) return stdout
  throw new GitSilence(stderr.toString().trim().split('\n').at(-1) || `git ${words[0]} ended with ${status}`)
}

function environment({ gitDir, common, root }: GitPlace): NodeJS.ProcessEnv {
  return {
    PATH: pathOutside(root, process.env.PATH).join(':'),
    LC_ALL: 'C',
    GIT_DIR: gitDir,
    GIT_COMMON_DIR: common,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  }
}

function silenceOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'there is no git on this machine'
  if (error.code === 'ETIMEDOUT') return 'git took too long'
  const why = systemFailure(error)
  return why === undefined ? error.message : `git could not be asked: ${why}`
}
