import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogFile } from '../../ops/commits/log-files.ts'
import type { RepositoryPlace, Snapshot } from '../../ops/commits/snapshot.ts'
import type { Agreed } from '../../policy/agreed.ts'
import { readProcess } from '../../sandbox/process/processes.ts'
import { makeFolders } from '../../shared/make-folders.ts'

/** What a run still owes: it has begun, and what it adds to a repository is to be judged when it has ended. */
export interface Unchecked {
  readonly run: string
  readonly agent: string
  /** What a person said yes to before it began. */
  readonly agreed?: readonly Agreed[] | undefined
  readonly repositories: readonly WatchedRepository[]
}

export interface WatchedRepository {
  readonly place: RepositoryPlace
  /** Which folders those of the place were; an older oos did not write them down. */
  readonly folders?: readonly string[] | undefined
  /** Of the first of them. */
  readonly device?: string | undefined
  /** Folders of the project on the way to it that a person has shut; nor did it write these down. */
  readonly shut?: readonly string[] | undefined
  readonly before: Snapshot
  /** How it was when the first of the runs began that have not ended yet, if there are any. */
  readonly earlier?: Snapshot | undefined
}

/** One that another oos owed, and its file: it is gone once the check has been done, and not before. */
export interface TakenCheck {
  readonly owed: Unchecked
  readonly file: string
}

/** Written before the command begins, so that whoever kills oos does not spare the run its check. Answers with the file. */
export function oweCheck(folder: string, owed: Unchecked): string {
  const file = join(folder, nameOf(owed.run))
  makeFolders(folder)
  writeFileSync(file, JSON.stringify(owed, withMaps), { mode: 0o600 })
  return file
}

export function settleCheck(file: string): void {
  rmSync(file, { force: true })
}

/** Of the runs that have not been judged yet, the first. */
export function readFirstUnchecked(folder: string): Unchecked | undefined {
  for (const name of readdirSync(folder)
    .filter((one) => entryName.test(one))
    .sort()) {
    try {
      return JSON.parse(readFileSync(join(folder, name), 'utf8'), asMaps) as Unchecked
    } catch {
      // It has ended meanwhile, or is only about to begin.
    }
  }
  return undefined
}

/** Checks whose oos is gone, now owed by this one. Each is given to one alone, and again where that one is killed, too. */
export function takeUnchecked(folder: string): readonly TakenCheck[] {
  return readdirSync(folder).flatMap((name) => takeEntry(folder, name) ?? [])
}

/** Who owes it stands in the name, so that to take it is one step. */
const entryName = /^(\w+)\.(\d+)-(\d+)\.unchecked$/

function nameOf(run: string): string {
  return `${run}.${process.pid}-${readProcess(process.pid)?.started ?? 0}.unchecked`
}

function takeEntry(folder: string, name: string): TakenCheck | undefined {
  const [, run = '', pid, started] = entryName.exec(name) ?? []
  if (pid === undefined || readProcess(Number(pid))?.started === Number(started)) return undefined
  const file = join(folder, nameOf(run))
  try {
    renameSync(join(folder, name), file)
    return { owed: JSON.parse(readFileSync(file, 'utf8'), asMaps) as Unchecked, file }
  } catch (error) {
    // It was never whole: its command had not begun then. Else another run has just taken it.
    if (error instanceof SyntaxError) settleCheck(file)
    return undefined
  }
}

/** What the index and logs hold can be large and a check does without: then what is staged is only said. */
function withMaps(key: string, value: unknown): unknown {
  if (key === 'bytes') return undefined
  if (key === 'logs' && value instanceof Map) return { map: [...value].map(withoutText) }
  return value instanceof Map ? { map: [...value] } : value
}

function withoutText([path, { size, stamp }]: [string, LogFile]): [string, LogFile] {
  return [path, { size, stamp }]
}

function asMaps(_key: string, value: unknown): unknown {
  const entries = value !== null && typeof value === 'object' && 'map' in value ? value.map : undefined
  return Array.isArray(entries) ? new Map(entries as [unknown, unknown][]) : value
}
