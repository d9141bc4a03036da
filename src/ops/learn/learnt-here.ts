import { hash } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileNameOf } from '../../shared/file-name.ts'
import { makeFolders } from '../../shared/make-folders.ts'
import type { Run } from '../../store/fold.ts'
import type { Store } from '../../store/store.ts'
import type { Project } from '../project/project.ts'
import { stateHomeOf } from '../trust/record.ts'

type Place = Pick<Project, 'root' | 'home'>

/**
 * Keeps outside of every project what a run that learnt has in the record: a repository can ship a record of its own, and
 * what stands in that nobody has run. Throws where it cannot be written.
 */
export function keepLearnt(store: Store, id: string, { place, env }: Keeping): void {
  const path = pathOf(place, env)
  makeFolders(dirname(path))
  appendFileSync(path, `${lineOf(store, store.getRun(id))}\n`, { mode: 0o600 })
}

export interface Keeping {
  readonly place: Place
  readonly env: NodeJS.ProcessEnv
}

/** Whether the run was run here, and is recorded as it was then. */
export function isLearntHere(store: Store, run: Run, { place, env }: Keeping): boolean {
  try {
    return readFileSync(pathOf(place, env), 'utf8').split('\n').includes(lineOf(store, run))
  } catch {
    return false
  }
}

function pathOf({ root, home }: Place, env: NodeJS.ProcessEnv): string {
  return join(stateHomeOf(env, home), 'oos', 'learnt', fileNameOf(root))
}

function lineOf(store: Store, { id, command, cwd, agent, exitCode }: Run): string {
  return `${id} ${hash('sha256', JSON.stringify([command, cwd, agent, exitCode, store.events(id)]), 'hex')}`
}
