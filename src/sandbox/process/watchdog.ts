import { statfsSync } from 'node:fs'
import type { LimitName, LimitPlan } from '../types.ts'
import type { RunGroup } from './cgroup.ts'
import {
  type ProcessFacts,
  pageBytes,
  proportionalBytes,
  readProcessTree,
  writtenBytes,
} from './processes.ts'

export interface Watchdog {
  /** The largest sums of the whole tree that were seen. */
  readonly peaks: () => Peaks
  readonly stop: () => void
}

export interface Peaks {
  readonly peakMemory: number
  readonly peakProcesses: number
  readonly cpuMs: number
}

export interface WatchOptions {
  readonly limits: readonly LimitPlan[]
  readonly group: RunGroup | undefined
  /** Whose disk fills up. */
  readonly folder: string
  /** The run's own file systems in memory, as they are called inside. */
  readonly private: readonly string[]
  readonly exceeded: (limit: LimitName) => void
}

const everyMs = 100
/** Where nothing but us stops new processes, they must not get far between two looks. */
const hastyMs = 10

/** Looks at the whole tree again and again, and tells of a limit that it is over. Without one to watch there is none. */
export function startWatchdog(first: number, options: WatchOptions): Watchdog | undefined {
  const watched = options.limits.filter((limit) => limit.heldBy.includes('watchdog'))
  if (watched.length === 0 && options.group === undefined) return undefined
  const processes = watched.find((limit) => limit.name === 'processes')
  const memory = watched.find((limit) => limit.name === 'memory')
  const page = pageBytes()
  const freeAtStart = freeBytes(options.folder)
  let peaks: Peaks = { peakMemory: 0, peakProcesses: 0, cpuMs: 0 }
  const look = () => {
    // More than are allowed need not be counted to the last: a bomb must not slow down its own discovery.
    const inside = readProcessTree(first, processes === undefined ? undefined : processes.value + 2)
    const now = sumsOf(inside, page)
    const held = memory === undefined ? 0 : privateBytes(first, options.private)
    peaks = largest(peaks, now)
    const sight: Sight = { inside, now, page, held, taken: () => freeAtStart - freeBytes(options.folder) }
    const over = options.group?.exceeded() ?? watched.find((limit) => isOver(limit, sight))?.name
    if (over !== undefined) options.exceeded(over)
  }
  const timer = setInterval(look, processes?.heldBy.length === 1 ? hastyMs : everyMs)
  return { peaks: () => peaks, stop: () => clearInterval(timer) }
}

function sumsOf(inside: readonly ProcessFacts[], page: number): Peaks {
  const sum = (figure: (one: ProcessFacts) => number) => inside.reduce((total, one) => total + figure(one), 0)
  return {
    peakMemory: sum((one) => one.residentPages) * page,
    // Threads, too; not the namespace's first process, which is bubblewrap's.
    peakProcesses: Math.max(0, sum((one) => one.threads) - 1),
    cpuMs: sum((one) => one.cpuMs),
  }
}

function largest(one: Peaks, other: Peaks): Peaks {
  return {
    peakMemory: Math.max(one.peakMemory, other.peakMemory),
    peakProcesses: Math.max(one.peakProcesses, other.peakProcesses),
    cpuMs: Math.max(one.cpuMs, other.cpuMs),
  }
}

interface Sight {
  readonly inside: readonly ProcessFacts[]
  readonly now: Peaks
  readonly page: number
  /** Memory that is files. */
  readonly held: number
  /** How much less is free on the disk than at the start. */
  readonly taken: () => number
}

function isOver({ name, value }: LimitPlan, { inside, now, page, held, taken }: Sight): boolean {
  switch (name) {
    // Resident pages that are shared count once for each who shares them: only beyond the limit is the dearer figure read.
    case 'memory':
      return now.peakMemory + held > value && proportionalSum(inside, page) + held > value
    case 'processes':
      return now.peakProcesses > value
    case 'cpu':
      return now.cpuMs > value
    // Neither alone: others fill the disk, too, and a file that is written twice takes its room once.
    case 'disk':
      return taken() > value && inside.reduce((total, one) => total + writtenBytes(one.pid), 0) > value
    case 'timeout':
    case 'output':
      return false
  }
}

function proportionalSum(inside: readonly ProcessFacts[], page: number): number {
  return inside.reduce((total, one) => total + (proportionalBytes(one.pid) ?? one.residentPages * page), 0)
}

function freeBytes(folder: string): number {
  const { bfree, bsize } = statfsSync(folder)
  return bfree * bsize
}

function privateBytes(first: number, folders: readonly string[]): number {
  return folders.reduce((total, folder) => total + usedBytes(`/proc/${first}/root${folder}`), 0)
}

function usedBytes(folder: string): number {
  try {
    const { blocks, bfree, bsize } = statfsSync(folder)
    return (blocks - bfree) * bsize
  } catch {
    // The run is over.
    return 0
  }
}
