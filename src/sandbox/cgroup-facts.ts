import { accessSync, constants, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CgroupFacts } from './types.ts'

type Controller = keyof CgroupFacts['folders']
const controllers: readonly Controller[] = ['memory', 'pids', 'cpu']

/** Folders in which this process may make a group of its own, or undefined where there is none. */
export function readCgroup(mount = '/sys/fs/cgroup', self = '/proc/self/cgroup'): CgroupFacts | undefined {
  const lines = readLines(self).map((line) => line.split(':'))
  return version1(mount, lines) ?? version2(mount, lines)
}

function version1(mount: string, lines: readonly string[][]): CgroupFacts | undefined {
  const folders = controllers.flatMap((controller) => {
    const [, , path] = lines.find(([, names]) => names?.split(',').includes(controller)) ?? []
    if (path === undefined) return []
    const own = [resolve(mount, controller, `.${path}`), join(mount, controller)].find(isWritable)
    return own === undefined ? [] : [[controller, own] as const]
  })
  return folders.length === 0 ? undefined : { version: 1, folders: Object.fromEntries(folders) }
}

/**
 * A group with processes in it cannot hand controllers on, so the new one is a neighbour of our own, in the folder that
 * hands them on already.
 */
function version2(mount: string, lines: readonly string[][]): CgroupFacts | undefined {
  const [, , path] = lines.find(([number, names]) => number === '0' && names === '') ?? []
  if (path === undefined || path === '/') return undefined
  const parent = join(mount, path, '..')
  if (!isWritable(parent) || !isWritable(join(parent, 'cgroup.procs'))) return undefined
  const handed = readLines(join(parent, 'cgroup.subtree_control')).flatMap((line) => line.split(' '))
  const folders = controllers
    .filter((controller) => handed.includes(controller))
    .map((controller) => [controller, parent])
  return folders.length === 0 ? undefined : { version: 2, folders: Object.fromEntries(folders) }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n')
  } catch {
    return []
  }
}
