import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { readFolder, statOf } from './look.ts'

/** A regular file that has more than one name. */
export interface LinkedFile {
  readonly path: string
  /** Of the machine: which file it is, whatever its name. */
  readonly file: string
  readonly names: number
}

/** Of the path itself, if it is such a file. */
export function linkedFile(path: string): LinkedFile | undefined {
  const stats = statOf(path)
  if (stats === undefined || stats.nlink < 2 || !stats.isFile()) return undefined
  return { path, file: `${stats.dev}:${stats.ino}`, names: stats.nlink }
}

/** All that lie right in these folders. */
export function findLinked(folders: readonly string[]): readonly LinkedFile[] {
  return findByPrograms(folders) ?? folders.flatMap(linkedIn)
}

function linkedIn(folder: string): LinkedFile[] {
  const files = (readFolder(folder) ?? []).filter((child) => child.isFile())
  return files.flatMap(({ name }) => linkedFile(`${folder}/${name}`) ?? [])
}

/** Not by name: they run outside of the sandbox, and the project could have one in the PATH. */
const xargs = '/usr/bin/xargs'
const find = '/usr/bin/find'

const mostAtOnce = 4
/** xargs itself stops at what fits into a command line. */
const mostFoldersEach = 1_000

// Each slot of xargs has a descriptor of its own, and one process at a time: what they say does not mix.
const look = `exec ${find} "$@" -maxdepth 1 -type f -links +1 -printf '%D:%i %n %p\\0' >&$((SLOT + 3))`

/**
 * Node asks about a file in 1.5 µs, find in half of that and on several processors: what a large tree costs is this. Nothing
 * where one of the programs is not there, is another one, or could not look at all.
 */
function findByPrograms(folders: readonly string[]): LinkedFile[] | undefined {
  if (folders.length === 0 || !existsSync(xargs) || !existsSync(find)) return undefined
  const slots = Math.min(mostAtOnce, availableParallelism())
  const each = Math.min(mostFoldersEach, Math.ceil(folders.length / slots))
  const words = ['-0', '--process-slot-var=SLOT', `-P${slots}`, `-n${each}`, '/bin/sh', '-c', look, 'sh']
  const ended = spawnSync(xargs, words, {
    input: folders.join('\0'),
    stdio: ['pipe', 'ignore', 'ignore', ...Array.from({ length: slots }, () => 'pipe' as const)],
    env: {},
    cwd: '/',
    maxBuffer: Number.POSITIVE_INFINITY,
  })
  return ended.status === 0 ? saidBy(ended) : undefined
}

function saidBy({ output }: SpawnSyncReturns<Buffer>): LinkedFile[] {
  const said = output.slice(3).map((bytes) => bytes?.toString('utf8') ?? '')
  return said.flatMap((text) => text.split('\0').flatMap(parseFound))
}

function parseFound(line: string): LinkedFile[] {
  const [, device, file, names, path] = /^(\d+):(\d+) (\d+) (.*)$/s.exec(line) ?? []
  if (path === undefined) return []
  // As numbers, so that it is written as `lstat` does.
  return [{ path, file: `${Number(device)}:${Number(file)}`, names: Number(names) }]
}
