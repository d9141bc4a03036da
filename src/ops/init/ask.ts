import { execFile } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { pathOutside } from '../../shared/path-outside.ts'
import { isWithin } from '../../shared/within.ts'
import type { Answer, PackageManager } from './facts.ts'
import { openFolder } from './folder.ts'
import { type Question, sources } from './questions.ts'

export interface AskOptions {
  readonly root: string
  readonly home: string
  readonly env: NodeJS.ProcessEnv
  /** Milliseconds that one program may take. */
  readonly limit?: number
}

/**
 * Asks what is installed where packages come from, all at once. The repository may be anyone's: no program of it is started,
 * and nothing in it is read as a setting.
 */
export async function askManagers(
  managers: readonly PackageManager[],
  options: AskOptions,
): Promise<ReadonlyMap<PackageManager, Answer>> {
  const env = { ...withoutProject(options), ...quiet }
  const answers = managers.map(async (manager): Promise<[PackageManager, Answer]> => {
    const [hosts, inside] = await Promise.all([
      hostsOf(manager, { ...options, env }),
      hostsOf(manager, { ...options, env, inside: true }),
    ])
    const unseen = inside.length === 0 ? [] : hosts.filter((host) => !inside.includes(host))
    return [manager, { hosts, unseen }]
  })
  return new Map(await Promise.all(answers))
}

/** A question is no reason to write logs and caches, to fetch another version, or to ask back. */
const quiet = {
  npm_config_cache: '/dev/null',
  npm_config_logs_max: '0',
  npm_config_update_notifier: 'false',
  COREPACK_ENABLE_NETWORK: '0',
  COREPACK_ENABLE_DOWNLOAD_PROMPT: '0',
  GOTOOLCHAIN: 'local',
}

/**
 * A folder of programs inside the project is left out, and so is a variable that leads into it. Started by `npx` or a script,
 * oos is handed the project's own npm settings as variables: those go, too.
 */
function withoutProject({ env, root }: AskOptions): NodeJS.ProcessEnv {
  const isOutside = (path: string) => !isWithin(resolvePath(path), root)
  const isHanded = (name: string) => env.npm_execpath !== undefined && name.startsWith('npm_')
  const leadsInside = (value: string) =>
    value.includes(root) || value.split(/[\s:;,=]+/).some((part) => isAbsolute(part) && !isOutside(part))
  const kept = Object.entries(env).filter(([name, value = '']) => !isHanded(name) && !leadsInside(value))
  return { ...Object.fromEntries(kept), PATH: pathOutside(root, env.PATH).join(':') }
}

function resolvePath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

type Place = AskOptions & { readonly inside?: true }

async function hostsOf(manager: PackageManager, place: Place): Promise<string[]> {
  const rows = sources[manager].questions.map(async (questions) => {
    const answers = await Promise.all(questions.map((question) => answerTo(question, place)))
    return answers.find((hosts) => hosts.length > 0) ?? []
  })
  return [...new Set((await Promise.all(rows)).flat())]
}

async function answerTo(question: Question, { env, home, inside, limit = 5_000 }: Place): Promise<string[]> {
  if ('folder' in question) {
    const { variable, usual } = question.folder
    return question.parse(openFolder(env[variable] ?? join(home, usual)))
  }
  const own = inside ? withoutSettings(env, question.seen === true) : env
  return question.parse(await outputOf(question.run, own, limit))
}

/**
 * What a run has of it: another home folder, here one that is not there, and no variable that names a registry. Where the
 * folder is a file, Yarn 1 ends; below `/proc`, where making one fails as if one above it were missing, it tries for ever.
 */
function withoutSettings(env: NodeJS.ProcessEnv, keepHome: boolean): NodeJS.ProcessEnv {
  const isSetting = (name: string) =>
    /^(?:(?:npm|pnpm|yarn|pip)_|go(?:proxy|sumdb|env)$|xdg_config)/i.test(name) && !(name in quiet)
  const kept = Object.entries(env).filter(([name]) => !isSetting(name))
  return { ...Object.fromEntries(kept), ...(!keepHome && { HOME: '/sys/none' }) }
}

/** In the root folder, where nobody but the system's owner could leave a setting. What fails has no answer. */
function outputOf(
  [program, ...words]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  limit: number,
): Promise<string> {
  const bounds = { timeout: limit, killSignal: 'SIGKILL', maxBuffer: 65_536 } as const
  return new Promise((done) => {
    const child = execFile(program, words, { cwd: '/', env, ...bounds }, (error, stdout) =>
      done(error === null ? stdout : ''),
    )
    child.stdin?.end()
  })
}
