import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type Database from 'better-sqlite3'
import { OosError } from '../shared/errors.ts'
import { makeFolders } from '../shared/make-folders.ts'
import { loadDriver } from './driver.ts'
import { inspectDatabase } from './inspect.ts'
import { type Migration, migrations } from './migrations.ts'
import { defaultPragmas, type Pragmas } from './pragmas.ts'
import { createStatements } from './statements.ts'

export interface DatabaseOptions {
  readonly now: () => number
  readonly pragmas?: Pragmas
  readonly migrations?: readonly Migration[]
}

/** `oos1`: tells our databases from those of other programs. */
const applicationId = 0x6f6f7331

/**
 * Opens the database, made or migrated first where that is needed. WAL with synchronous NORMAL: whatever was acknowledged
 * survives the death of every process; a power cut may cost the last transactions, never the ones before, nor the file.
 */
export function openDatabase(path: string, options: DatabaseOptions): Database.Database {
  if (!inspectDatabase(path)) createFile(path)
  const { busy_timeout, journal_mode, ...pragmas } = { ...defaultPragmas, ...options.pragmas }
  const db = new (loadDriver())(path, { timeout: Number(busy_timeout) })
  try {
    const list = options.migrations ?? migrations
    const version = readVersion(db, path, list.length)
    db.pragma('trusted_schema = OFF')
    enterJournal(db, journal_mode, Number(busy_timeout))
    for (const [name, value] of Object.entries(pragmas)) db.pragma(`${name} = ${value}`)
    if (version < list.length) migrate(db, list, options.now)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Made by us, since SQLite would let the group and others read it. */
function createFile(path: string): void {
  makeFolders(dirname(path))
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function readVersion(db: Database.Database, path: string, known: number): number {
  // At one moment: another oos may be making this database.
  const { version, ours } = db.transaction(() => {
    const version = Number(db.pragma('user_version', { simple: true }))
    const application = Number(db.pragma('application_id', { simple: true }))
    const isNew = version === 0 && application === 0 && isEmpty(db)
    return { version, ours: application === applicationId || isNew }
  })()
  if (!ours) {
    throw new OosError('store-refused', `\`${path}\` is a database of another program`, {
      hint: `move it away: mv '${path}' '${path}.other'`,
    })
  }
  if (version > known) {
    throw new OosError(
      'store-newer',
      `the record \`${path}\` was written by a newer oos (schema ${version}, this one knows ${known})`,
      {
        hint: 'npm install -g oos@latest',
      },
    )
  }
  return version
}

function isEmpty(db: Database.Database): boolean {
  return db.prepare('select 1 from sqlite_schema limit 1').get() === undefined
}

/** Entering WAL needs the file for itself and SQLite does not wait for that: two oos that make one database would collide. */
function enterJournal(db: Database.Database, mode: string | number, timeout: number): void {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let waited = 0; ; waited += 5) {
    try {
      db.pragma(`journal_mode = ${mode}`)
      return
    } catch (error) {
      if (waited >= timeout || (error as { code?: string }).code !== 'SQLITE_BUSY') throw error
      Atomics.wait(pause, 0, 0, 5)
    }
  }
}

/** All that are missing in one transaction: a kill in the middle leaves the old schema, never half of a new one. */
function migrate(db: Database.Database, list: readonly Migration[], now: () => number): void {
  const apply = db.transaction(() => {
    const done = Number(db.pragma('user_version', { simple: true }))
    for (const { name, sql } of list.slice(done)) {
      db.exec(sql)
      createStatements(db)('insertMigration').run({ name, applied_at: now() })
    }
    db.pragma(`application_id = ${applicationId}`)
    db.pragma(`user_version = ${Math.max(done, list.length)}`)
  })
  apply.immediate()
}
