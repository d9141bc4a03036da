import { spawnSync } from 'node:child_process'
import { lstatSync, readFileSync, readlinkSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { openCacheFolder } from '../shared/cache-folder.ts'
import { OosError } from '../shared/errors.ts'
import { limitFailure } from '../shared/limit-failure.ts'
import { isProgram } from '../shared/path-facts.ts'
import { pathOutside } from '../shared/path-outside.ts'
import { readCgroup } from './cgroup-facts.ts'
import { readDevices } from './devices.ts'
import { readSettingsInside } from './git/settings-inside.ts'
import type { Strace } from './trace/strace.ts'
import type { MachineFacts, SystemEntry } from './types.ts'

export interface FactOptions {
  readonly uid?: number
  readonly gid?: number
  /** The project, which may be anyone's; the folder one stands in if left out. */
  readonly root?: string
}

interface Machine {
  readonly env: NodeJS.ProcessEnv
  readonly root: string
}

/** Reads what planning needs to know about this machine. Starts a process only where bubblewrap is new to it. */
export function readFacts(env: NodeJS.ProcessEnv, options: FactOptions = {}): MachineFacts {
  const { uid, gid, root } = { ...ownIds(), root: process.cwd(), ...options }
  const home = readHome(env)
  const bubblewrap = readBubblewrap({ env, root })
  const prlimit = findTrusted('prlimit', { env, root })
  const cgroup = readCgroup()
  const devices = readDevices(root, { env, uid })
  return {
    platform: process.platform,
    arch: process.arch,
    uid,
    gid,
    user: env.USER ?? env.LOGNAME ?? userName(),
    home,
    ...(bubblewrap === undefined ? {} : { bubblewrap }),
    ...(prlimit === undefined ? {} : { prlimit }),
    ...(cgroup === undefined ? {} : { cgroup }),
    ...(devices === undefined ? {} : { devices }),
    system: [...systemFolders, ...kernelFiles(uid)].flatMap(readSystemEntry),
    hostEnv: Object.fromEntries(
      Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    gitSettings: readSettingsInside(env, home),
  }
}

/** What a run that learns needs besides; asked of it only then. */
export function readStrace(env: NodeJS.ProcessEnv, root: string): Strace | undefined {
  const path = findTrusted('strace', { env, root })
  const version = path === undefined ? undefined : versionOf(path)
  return path === undefined || version === undefined ? undefined : { path, version }
}

function versionOf(path: string): string | undefined {
  const { error, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', env: {} })
  // A limit of this shell says nothing of the program.
  if (limitFailure(error) !== undefined) throw error
  return /\d+(?:\.\d+)+/.exec(stdout ?? '')?.[0]
}

const ownIds = () => ({ uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 })

const systemFolders = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']

/** What root inside could still write or read of the kernel: capabilities are gone, but these files are root's. */
function kernelFiles(uid: number): readonly string[] {
  const forAll = ['/proc/keys', '/proc/key-users']
  const forRoot = [
    'acpi',
    'bus',
    'fs',
    'irq',
    'kcore',
    'kmsg',
    'kpagecount',
    'kpageflags',
    'sched_debug',
    'scsi',
  ]
  const more = ['sys', 'sysrq-trigger', 'timer_list']
  return uid === 0 ? [...forAll, ...[...forRoot, ...more].map((name) => `/proc/${name}`)] : forAll
}

function readSystemEntry(path: string): SystemEntry[] {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return []
  if (stats.isSymbolicLink()) return [{ path, kind: 'link', target: readlinkSync(path) }]
  return [{ path, kind: stats.isDirectory() ? 'directory' : 'file' }]
}

function readHome(env: NodeJS.ProcessEnv): string {
  const home = env.HOME
  if (home === undefined || !isAbsolute(home)) {
    throw new OosError('home-missing', 'there is no home folder: `HOME` is not set to an absolute path', {
      hint: 'HOME=/path/to/home oos …',
    })
  }
  try {
    return realpathSync.native(home)
  } catch {
    return home
  }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    // An id without a name, as containers have it.
    return String(process.getuid?.() ?? '')
  }
}

/** Never a program that the project could have put there. */
function findTrusted(name: string, { env, root }: Machine): string | undefined {
  const find = (folders: readonly string[]) => folders.map((folder) => join(folder, name)).find(isProgram)
  return find(['/usr/bin', '/bin', '/usr/local/bin']) ?? find(pathOutside(root, env.PATH))
}

function readBubblewrap({ env, root }: Machine): MachineFacts['bubblewrap'] {
  if (process.platform !== 'linux') return undefined
  const path = findTrusted('bwrap', { env, root })
  if (path === undefined) return undefined
  const { size, mtimeMs, ino } = statSync(path)
  const key = `${path}:${size}:${mtimeMs}:${ino}`
  const folder = openCacheFolder('machine', env)
  const file = folder === undefined ? undefined : join(folder, 'bubblewrap')
  const known = file === undefined ? undefined : knownVersion(file, key)
  if (known !== undefined) return { path, version: known }
  const version = versionOf(path)
  if (version === undefined) return undefined
  if (file !== undefined) remember(file, `${key}\n${version}\n`)
  return { path, version }
}

function knownVersion(file: string, key: string): string | undefined {
  try {
    const [known, version] = readFileSync(file, 'utf8').split('\n')
    return known === key ? version : undefined
  } catch {
    return undefined
  }
}

function remember(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 })
  } catch {
    // A full or read-only disk: asked again the next time.
  }
}
