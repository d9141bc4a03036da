import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RepositoryPlace, Snapshot } from '../ops/commits/snapshot.ts'
import { readProcess } from '../sandbox/processes.ts'

/** What a run still owes: it has begun, and what it adds to a repository is to be judged when it has ended. */
export interface Unchecked {
  readonly run: string
  readonly agent: string
  readonly repositories: readonly WatchedRepository[]
}

export interface WatchedRepository {
  readonly place: RepositoryPlace
  readonly before: Snapshot
}

interface Entry extends Unchecked {
  readonly pid: number
  readonly started: number
}

const ending = '.unchecked'

/** Written before the command begins, so that whoever kills oos does not spare the run its check. Says how to take it back. */
export function oweCheck(folder: string, owed: Unchecked): () => void {
  const self = { pid: process.pid, started: readProcess(process.pid)?.started ?? 0 }
  const file = join(folder, `${owed.run}${ending}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(file, JSON.stringify({ ...self, ...owed }, withMaps), { mode: 0o600 })
  return () => rmSync(file, { force: true })
}

/** Checks whose oos is gone. Each is given out once. */
export function takeUnchecked(folder: string): readonly Unchecked[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .flatMap((name) => takeEntry(join(folder, name)) ?? [])
}

function takeEntry(file: string): Unchecked | undefined {
  const taken = `${file}.${process.pid}`
  try {
    const entry = JSON.parse(readFileSync(file, 'utf8'), asMaps) as Entry
    if (readProcess(entry.pid)?.started === entry.started) return undefined
    renameSync(file, taken)
    rmSync(taken)
    return entry
  } catch {
    // Another run has just taken it, or it was never whole: its command had not begun then.
    return undefined
  }
}

/** The index and logs can be large and a check does without: then what is staged is left alone. */
function withMaps(key: string, value: unknown): unknown {
  if (key === 'index' || key === 'bytes') return undefined
  return value instanceof Map ? { map: [...value] } : value
}

function asMaps(_key: string, value: unknown): unknown {
  const entries = value !== null && typeof value === 'object' && 'map' in value ? value.map : undefined
  return Array.isArray(entries) ? new Map(entries as [unknown, unknown][]) : value
}
