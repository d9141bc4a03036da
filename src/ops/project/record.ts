import { existsSync } from 'node:fs'
import { isAbsolute, join, normalize } from 'node:path'
import { OosError } from '../../shared/errors.ts'
import { isEmptied } from '../../store/inspect.ts'
import { pragmasOf } from '../../store/pragmas.ts'
import { openStore, type Store } from '../../store/store.ts'
import type { Project } from './project.ts'
import { resolveFolder } from './root.ts'

/** Where the record lies if nothing says otherwise. */
export const usualRecord = '.oos/data/atlas.db'

/** Where the project's record lies: where PREFERRED_STACK.md says, else in its own folder. */
export function recordPath({ root, home, settings }: Pick<Project, 'root' | 'home' | 'settings'>): string {
  const written = settings.find(({ key }) => key === 'database.path')
  const path = String(written?.value ?? usualRecord)
  if (/^\w+:\/\//.test(path)) {
    throw new OosError(
      'store-refused',
      `the record cannot lie at \`${path}\` yet: only SQLite files are kept so far`,
      {
        hint: `set the database's path to \`${usualRecord}\``,
        ...(written === undefined ? {} : { place: written.place }),
      },
    )
  }
  if (path.startsWith('~/')) return join(home, path.slice(2))
  return isAbsolute(path) ? path : join(root, path)
}

/** A record that lies elsewhere may be one that several projects keep. */
export function isSharedRecord(project: Pick<Project, 'root' | 'home' | 'settings'>): boolean {
  return !normalize(recordPath(project)).startsWith(`${project.root}/`)
}

/** The project's record, made if need be. */
export function openRecord(project: Project): Store {
  // Somebody may have moved the project since: nothing is made in its old place.
  resolveFolder(project.root)
  return openStore(recordPath(project), { now: Date.now, pragmas: pragmasOf(project.settings) })
}

/** The record for a look: none is made, and runs whose oos is gone are marked as over first. */
export function readRecord(project: Project): Store | undefined {
  const path = recordPath(project)
  if (!existsSync(path)) return undefined
  const emptied = tellEmptied(project)
  if (emptied !== undefined)
    throw new OosError('store-corrupt', emptied, {
      hint: 'put a copy in its place if you have one; the next run begins a new record',
    })
  const store = openRecord(project)
  store.settleDeadRuns()
  return store
}

/** What there is to say of a record that something has cut to nothing: SQLite takes it for a new one. */
export function tellEmptied(project: Project): string | undefined {
  const path = recordPath(project)
  return isEmptied(path) ? `the record \`${path}\` has been emptied: what runs it held is gone` : undefined
}
