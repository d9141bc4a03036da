import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OosError } from '../../shared/errors.ts'
import { limitHeld } from '../limits.ts'
import type { CgroupFacts, LimitName, LimitPlan } from '../types.ts'

export interface RunGroup {
  /** The words in front of a command that let it join by itself, or end: from its first instruction on it is counted. */
  readonly joinWords: readonly string[]
  /** A limit that the kernel has already enforced, by killing or by refusing a new process. */
  readonly exceeded: () => LimitName | undefined
  readonly peakMemory: () => number | undefined
  /** When nothing is left inside. */
  readonly remove: () => void
}

/** A group for one run in each hierarchy that holds one of its limits; none when no limit asks for it. */
export function createGroup(
  facts: CgroupFacts | undefined,
  limits: readonly LimitPlan[],
): RunGroup | undefined {
  const held = {
    memory: limitHeld(limits, 'memory', 'cgroup'),
    pids: limitHeld(limits, 'processes', 'cgroup'),
  }
  if (facts === undefined || (held.memory === undefined && held.pids === undefined)) return undefined
  // Version 2 has one hierarchy for all: the same parent must lead to the same group.
  const made = new Map<string, string>()
  const groupFor = (parent: string) =>
    made.get(parent) ?? made.set(parent, makeFolder(parent)).get(parent) ?? parent
  const memory = held.memory === undefined ? undefined : groupFor(parentOf(facts, 'memory'))
  const pids = held.pids === undefined ? undefined : groupFor(parentOf(facts, 'pids'))
  if (memory !== undefined && held.memory !== undefined)
    writeAll(memory, memoryFiles[facts.version], held.memory)
  // Two more: bubblewrap, and the namespace's first process.
  if (pids !== undefined && held.pids !== undefined) writeAll(pids, ['pids.max'], held.pids + 2)
  const folders = [...made.values()]
  return {
    joinWords: joinWords(folders.map((folder) => join(folder, joinFiles[facts.version]))),
    exceeded: () => {
      if (memory !== undefined && countIn(memory, eventFiles[facts.version], 'oom_kill') > 0) return 'memory'
      return pids !== undefined && countIn(pids, 'pids.events', 'max') > 0 ? 'processes' : undefined
    },
    peakMemory: () => (memory === undefined ? undefined : peakIn(memory)),
    remove: () => folders.forEach(removeQuietly),
  }
}

/** Through `tasks` a single thread moves itself at once; every other way waits some 10 ms until the kernel has seen all forks. */
const joinFiles = { 1: 'tasks', 2: 'cgroup.procs' } as const

/** The script is fixed: what differs are its arguments. Not by name, since the project could have a `sh` in its PATH. */
function joinWords(files: readonly string[]): readonly string[] {
  const script = [...files.map((_, index) => `echo 0 >"$${index + 1}"`), `shift ${files.length}`, 'exec "$@"']
  return ['/bin/sh', '-c', script.join(' && '), 'sh', ...files]
}

function parentOf(facts: CgroupFacts, controller: 'memory' | 'pids'): string {
  const parent = facts.folders[controller]
  if (parent === undefined)
    throw new OosError('sandbox-failed', `this machine has no cgroup for ${controller}`)
  return parent
}

/** The folder's name carries our pid, so that the next run can remove what a killed one left. */
function makeFolder(parent: string): string {
  for (const name of readdirSync(parent)) if (isLeftOver(name)) removeQuietly(join(parent, name))
  for (let number = 1; ; number += 1) {
    const folder = join(parent, `oos-${process.pid}-${number}`)
    if (existsSync(folder)) continue
    mkdirSync(folder)
    return folder
  }
}

function isLeftOver(name: string): boolean {
  const owner = /^oos-(\d+)-\d+$/.exec(name)?.[1]
  return owner !== undefined && !existsSync(`/proc/${owner}`)
}

// The first must be there; swap, which would be a way around the limit, is not accounted everywhere.
const memoryFiles = {
  1: ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'],
  2: ['memory.max', 'memory.swap.max'],
} as const
const eventFiles = { 1: 'memory.oom_control', 2: 'memory.events' } as const

function writeAll(
  folder: string,
  [first, ...others]: readonly [string, ...string[]] | readonly string[],
  value: number,
): void {
  if (first !== undefined) writeFileSync(join(folder, first), String(value))
  for (const name of others) {
    const path = join(folder, name)
    if (existsSync(path)) writeFileSync(path, name === 'memory.swap.max' ? '0' : String(value))
  }
}

/** A line `name count` of a cgroup's event file. */
function countIn(folder: string, file: string, name: string): number {
  const path = join(folder, file)
  if (!existsSync(path)) return 0
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(readFileSync(path, 'latin1'))?.[1] ?? 0)
}

function peakIn(folder: string): number | undefined {
  const path = ['memory.max_usage_in_bytes', 'memory.peak']
    .map((name) => join(folder, name))
    .find((one) => existsSync(one))
  return path === undefined ? undefined : Number(readFileSync(path, 'latin1'))
}

function removeQuietly(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Still in use, or gone: the next run tries again.
  }
}
