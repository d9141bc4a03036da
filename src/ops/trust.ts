import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { fileNameOf } from '../shared/file-name.ts'
import type { Project } from './project.ts'
import { trustLines } from './trust-lines.ts'

/** What a project's specs say, as far as it binds: one printed line per rule, setting, pack and agent command. */
export interface TrustSubject {
  /** Absolute, resolved path of the project. */
  readonly root: string
  /** Content hash of the project's spec files. */
  readonly hash: string
  /** Called only when the hash is not the one that was last seen. */
  readonly lines: () => Promise<readonly string[]>
}

export type TrustState =
  | { readonly state: 'seen' }
  | { readonly state: 'new'; readonly added: readonly string[]; readonly removed: readonly [] }
  | { readonly state: 'changed'; readonly added: readonly string[]; readonly removed: readonly string[] }
  /** Other bytes, the same rules: nothing that binds has changed. */
  | { readonly state: 'reworded' }

interface TrustRecord {
  readonly version: 1
  readonly root: string
  readonly hash: string
  readonly lines: readonly string[]
}

/** What a person has agreed to in this project, against what its specs say now. */
export async function compareTrust(
  record: TrustRecord | undefined,
  subject: TrustSubject,
): Promise<TrustState> {
  if (record?.hash === subject.hash) return { state: 'seen' }
  const now = await subject.lines()
  if (record === undefined) return { state: 'new', added: now, removed: [] }
  const added = without(now, record.lines)
  const removed = without(record.lines, now)
  if (added.length === 0 && removed.length === 0) return { state: 'reworded' }
  return { state: 'changed', added, removed }
}

/** Absent, unreadable, damaged or another user's: all the same, not seen. */
export function readTrust(stateHome: string, root: string): TrustRecord | undefined {
  const path = recordPath(stateHome, root)
  try {
    if (statSync(path).uid !== process.getuid?.()) return undefined
    const record: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isRecord(record) && record.root === root ? record : undefined
  } catch {
    return undefined
  }
}

/** Throws when the state folder cannot be written: the caller says that the question will come again. */
export async function rememberTrust(stateHome: string, subject: TrustSubject): Promise<void> {
  const path = recordPath(stateHome, subject.root)
  const record: TrustRecord = {
    version: 1,
    root: subject.root,
    hash: subject.hash,
    lines: await subject.lines(),
  }
  mkdirSync(trustFolder(stateHome), { recursive: true, mode: 0o700 })
  // A half-written record would read as "not seen", so a crash here only asks again.
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(record), { mode: 0o600 })
  renameSync(draft, path)
}

/** `$XDG_STATE_HOME`: what must outlive a cleared cache, and lies in no project. */
export function stateHomeOf(env: NodeJS.ProcessEnv, home: string): string {
  const { XDG_STATE_HOME: state } = env
  return state !== undefined && isAbsolute(state) ? state : join(home, '.local', 'state')
}

/** The project's own specs, as far as trust goes. */
export function trustSubject(project: Pick<Project, 'root' | 'specHash' | 'loadSpecs'>): TrustSubject {
  const { root, specHash, loadSpecs } = project
  return { root, hash: specHash, lines: async () => trustLines(await loadSpecs()) }
}

function trustFolder(stateHome: string): string {
  return join(stateHome, 'oos', 'trust')
}

function recordPath(stateHome: string, root: string): string {
  return join(trustFolder(stateHome), `${fileNameOf(root)}.json`)
}

function isRecord(value: unknown): value is TrustRecord {
  if (typeof value !== 'object' || value === null) return false
  const record = value as Partial<TrustRecord>
  return record.version === 1 && typeof record.hash === 'string' && Array.isArray(record.lines)
}

/** The lines of `from` that `taken` does not have; repeats count. */
function without(from: readonly string[], taken: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of taken) left.set(line, (left.get(line) ?? 0) + 1)
  return from.filter((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0
  })
}
