import {
  chmodSync,
  closeSync,
  constants,
  type Dirent,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { makeFolders } from '../shared/make-folders.ts'
import { isEmptyFolder, statOf } from './look.ts'
import type { FileLook, Mount, StandIns } from './types.ts'

// What stands where nothing may come to be, made once for all projects and mounted there. An empty file is taken by programs
// as they take none, while at a folder of that name many stop; JSON has to say as much as the least that is valid. An empty
// folder holds a `.gitignore`, which an agent writes into the folder of its settings before all else. The host needs
// something to mount them on: for a file it is a socket that nobody can open, since git would list (and commit) a file.

/** Where they lie. */
export function standIns(place: string): StandIns {
  const at = (name: string) => join(place, name)
  return {
    folder: at('folder'),
    file: at('file'),
    json: at('json'),
    servers: at('servers'),
    looks: at('looks'),
  }
}

/** The one for a path that no folder may come to be at. */
export function fileFor(path: string, { file, json, servers }: StandIns): string {
  if (/[./]mcp\.json$/.test(path)) return servers
  return /\.jsonc?$/.test(path) ? json : file
}

/** The one for a closed file that git tracks. */
export function lookFor({ bytes, changed, executable }: FileLook, { looks }: StandIns): string {
  return join(looks, `${bytes}-${changed}${executable ? '-x' : ''}`)
}

/** Makes those that are mounted. To be called before bubblewrap starts. */
export function makeLooks(mounts: readonly Mount[]): void {
  for (const { source, look } of mounts)
    if (source !== undefined && look !== undefined && statOf(source) === undefined) makeLook(source, look)
}

/** As long as the other one and as old, and empty. */
function makeLook(path: string, { bytes, changed, executable }: FileLook): void {
  makeFolders(dirname(path), 0o755)
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, '', { mode: 0o600 })
  try {
    truncateSync(draft, bytes)
    utimesSync(draft, changed, changed)
    chmodSync(draft, executable ? 0o100 : 0)
    nameOnce(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Not over one that another run has made meanwhile, and mounted. */
function nameOnce(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch {
    // A file system without hard links.
    if (statOf(path) === undefined) renameSync(draft, path)
  }
}

export function makeStandIns(place: string): void {
  const { folder, file, json, servers } = standIns(place)
  const ignore = join(folder, '.gitignore')
  if ([file, json, servers, ignore].every((path) => statOf(path) !== undefined)) return
  // It can be removed with the rest of the state; inside it is mounted to be read only.
  makeFolders(folder, 0o755)
  make(file, '')
  make(json, '{}\n')
  make(servers, '{"mcpServers":{}}\n')
  make(ignore, '*\n')
}

function make(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o444 })
  } catch (error) {
    // Another run has just made it.
    if (statOf(path) === undefined) throw error
  }
}

/**
 * Puts the socket there. A further name of one that is there is the quickest; another file system needs one of its own.
 *
 * @throws the system's error, `EEXIST` too
 */
export function putSocket(place: string, path: string): void {
  if (!linkSocket(sharedSocket(place), path)) bindSocket(path)
}

const sharedSocket = (place: string) => join(place, 'socket')

/** A `chmod -R` of a project on the host reaches the socket under all its names: they would not be known any more. */
export function closeSocket(place: string): void {
  const shared = sharedSocket(place)
  if (statOf(shared)?.isSocket() && !isStandIn(shared)) chmodSync(shared, 0)
}

function linkSocket(shared: string, path: string): boolean {
  try {
    if (!isStandIn(shared)) bindSocket(shared)
    linkSync(shared, path)
    return true
  } catch {
    return false
  }
}

/** Whether a run has put it there: who makes a socket in order to use it can open it. */
export function isStandIn(path: string | Buffer): boolean {
  const stats = statOf(path)
  return stats?.isSocket() === true && (stats.mode & 0o777) === 0
}

/** What another run has put into a folder does not count as being there. */
export function namesThere(folder: string, children: readonly Dirent[]): ReadonlySet<string> {
  const isOfARun = (child: Dirent, path: string) =>
    child.isSocket() ? isStandIn(path) : child.name === '.git' && isEmptyFolder(path)
  const there = children.filter((child) => !isOfARun(child, join(folder, child.name)))
  return new Set(there.map(({ name }) => name))
}

/** Never closed: that would remove it again. Its folder by descriptor, since an address takes 107 bytes. */
function bindSocket(path: string): void {
  const folder = openSync(dirname(path), constants.O_DIRECTORY)
  const mask = process.umask(0o777)
  try {
    const server = createServer().on('error', () => undefined)
    server.listen(`/proc/self/fd/${folder}/${basename(path)}`).unref()
    if (server.listening) return
  } finally {
    process.umask(mask)
    closeSync(folder)
  }
  // Of another one's making, or a file system without sockets: an empty file protects as well, though git lists it.
  writeFileSync(path, '', { flag: 'wx', mode: 0o444 })
}
