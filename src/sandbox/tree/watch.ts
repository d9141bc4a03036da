import { type FSWatcher, lstatSync, readFileSync, unlinkSync, watch, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { makeFolders } from '../../shared/make-folders.ts'
import type { TreeFacts } from '../types.ts'
import type { FileGlob } from './access.ts'
import { findPoints, openedFolders } from './points.ts'
import { sweepTree } from './sweep.ts'
import type { SweepOptions } from './sweep-state.ts'

/** Keeps what a sweep found, for a process that starts many runs in one project. */
export interface TreeWatch {
  /** The tree as it is now: whatever happened before the call is in it. */
  readonly facts: () => Promise<TreeFacts>
  readonly close: () => void
}

export interface WatchOptions extends Omit<SweepOptions, 'onFolder'> {
  /** A folder of ours, outside of the project: what is written there comes back through the same queue of events. */
  readonly cookies: string
}

/**
 * Sweeps again only when something happened that could matter: a folder, a socket or a link came, something that was
 * found went, or a name appeared that a rule is about. Trees that a sweep does not walk (the system's) are not watched.
 */
export function watchTree(globs: readonly FileGlob[], options: WatchOptions): TreeWatch {
  const points = findPoints(globs, openedFolders(globs), options.caseSensitive)
  const folders = new Map<string, { readonly watcher: FSWatcher; readonly every: boolean }>()
  const found = new Set<string>()
  const queue = watchCookies(options.cookies, () => spoil())
  let known: TreeFacts | undefined
  let spoilt = 0
  const spoil = () => {
    known = undefined
    spoilt += 1
  }

  function matters(folder: string, name: string): boolean {
    const path = join(folder, name)
    if (points.names.test(name) || points.named.get(folder)?.has(name) || name === '.git') return true
    if (points.endings.get(basename(folder))?.has(name)) return true
    if (found.has(path) || folders.has(path) || folders.get(folder)?.every) return true
    const stats = lstatSync(path, { throwIfNoEntry: false })
    return stats !== undefined && (stats.isDirectory() || stats.isSocket() || stats.nlink > 1)
  }

  function onFolder(folder: string, every: boolean): void {
    if (folders.has(folder)) return
    const watcher = watch(folder, { persistent: false }, (type, name) => {
      queue.count()
      // While a sweep goes on, nobody knows yet what matters.
      if (type === 'rename' && (known === undefined || name === null || matters(folder, name))) spoil()
    })
    // Gone, or no longer to be watched: its parent says so, too.
    watcher.on('error', spoil)
    folders.set(folder, { watcher, every })
  }

  function forget(): void {
    for (const { watcher } of folders.values()) watcher.close()
    folders.clear()
    found.clear()
  }

  async function look(): Promise<TreeFacts> {
    if (known !== undefined && !(await queue.drained())) spoil()
    if (known !== undefined) return known
    forget()
    const before = spoilt
    const facts = await sweepTree(globs, { ...options, onFolder })
    for (const { path } of facts.entries) found.add(path)
    if (spoilt === before) known = facts
    return facts
  }

  return {
    // A second sweep would take the first one's watchers away, and nobody hear what they were to say.
    facts: inTurn(look),
    close: () => {
      forget()
      queue.close()
    },
  }
}

function inTurn<Answer>(act: () => Promise<Answer>): () => Promise<Answer> {
  let acting: Promise<unknown> | undefined
  return async () => {
    while (acting !== undefined) await acting
    const answer = act()
    acting = answer.catch(() => undefined).finally(() => (acting = undefined))
    return answer
  }
}

interface EventQueue {
  readonly count: () => void
  /** False if events may have been lost. */
  readonly drained: () => Promise<boolean>
  readonly close: () => void
}

const patienceMs = 1_000

/**
 * Events come in the order in which things happened, so once that of a file made now has come, all earlier ones have.
 * When the kernel's queue is full it drops events, and nobody says so: that many in one turn of the loop count as lost.
 */
function watchCookies(folder: string, lost: () => void): EventQueue {
  makeFolders(folder)
  const most = queueLength() / 2
  const waiting = new Map<string, () => void>()
  let turn = 0
  let made = 0
  const watcher = watch(folder, { persistent: false }, (_type, name) => waiting.get(name ?? '')?.())
  return {
    count: () => {
      if (turn === 0) setImmediate(() => (turn = 0))
      turn += 1
      if (turn >= most) lost()
    },
    drained: async () => {
      const name = `${process.pid}-${++made}`
      const path = join(folder, name)
      const { promise, resolve } = Promise.withResolvers<boolean>()
      const timer = setTimeout(() => resolve(false), patienceMs)
      waiting.set(name, () => resolve(true))
      writeFileSync(path, '')
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        waiting.delete(name)
        unlinkSync(path)
      }
    },
    close: () => watcher.close(),
  }
}

function queueLength(): number {
  try {
    return Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8')) || 0
  } catch {
    return 0
  }
}
