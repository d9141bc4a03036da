import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { fileNameOf } from '../../shared/file-name.ts'
import { makeFolders } from '../../shared/make-folders.ts'
import type { SpecSource } from '../../spec/types.ts'
import { isSameProject, type ProjectIdentity } from '../project/identity.ts'

/** What a person has agreed to in a project. It lies outside of every project, and is found by the project's path. */
export interface TrustRecord {
  readonly root: string
  readonly identity: ProjectIdentity
  /** The specs that people wrote, the project's and the user's, as they were when they were agreed to. */
  readonly agreed: readonly SpecSource[]
  /** Content hash of the specs that were last found to give no more than that. */
  readonly seen: string
}

interface Kept extends Omit<TrustRecord, 'agreed'> {
  readonly version: 2
  /** `bytes` in base64. */
  readonly agreed: readonly (Omit<SpecSource, 'bytes'> & { readonly bytes: string })[]
}

/** Absent, unreadable, damaged, another user's, or about another project in the same place: all the same, nothing was agreed to. */
export function readTrust(
  stateHome: string,
  place: Pick<TrustRecord, 'root' | 'identity'>,
): TrustRecord | undefined {
  const path = recordPath(stateHome, place.root)
  try {
    if (statSync(path).uid !== process.getuid?.()) return undefined
    const kept: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (!isKept(kept) || kept.root !== place.root || !isSameProject(kept.identity, place.identity))
      return undefined
    return {
      ...kept,
      agreed: kept.agreed.map((source) => ({ ...source, bytes: Buffer.from(source.bytes, 'base64') })),
    }
  } catch {
    return undefined
  }
}

/** Throws when the state folder cannot be written: the caller says that the question will come again. */
export function writeTrust(stateHome: string, record: TrustRecord): void {
  const path = recordPath(stateHome, record.root)
  const agreed = record.agreed.map((source) => ({
    ...source,
    bytes: Buffer.from(source.bytes).toString('base64'),
  }))
  const kept: Kept = { ...record, version: 2, agreed }
  makeFolders(trustFolder(stateHome))
  // A half-written record would read as none, so a crash here only asks again.
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(kept), { mode: 0o600 })
  renameSync(draft, path)
}

export function removeTrust(stateHome: string, root: string): void {
  rmSync(recordPath(stateHome, root), { force: true })
}

/** `$XDG_STATE_HOME`: what must outlive a cleared cache, and lies in no project. */
export function stateHomeOf(env: NodeJS.ProcessEnv, home: string): string {
  const { XDG_STATE_HOME: state } = env
  return state !== undefined && isAbsolute(state) ? state : join(home, '.local', 'state')
}

function trustFolder(stateHome: string): string {
  return join(stateHome, 'oos', 'trust')
}

function recordPath(stateHome: string, root: string): string {
  return join(trustFolder(stateHome), `${fileNameOf(root)}.json`)
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false
  const kept = value as Partial<Kept>
  return (
    kept.version === 2 &&
    typeof kept.seen === 'string' &&
    typeof kept.identity?.folder === 'string' &&
    typeof kept.identity.remotes === 'object' &&
    Array.isArray(kept.agreed)
  )
}
