import { mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { renderEventsDoc, renderSchemaDoc } from '../../src/store/docs.ts'
import { eventSchemas } from '../../src/store/events.ts'
import { migrations } from '../../src/store/migrations.ts'
import { renderCompiledQueries } from '../../src/store/queries.ts'
import { openStore } from '../../src/store/store.ts'
import { tables } from '../../src/store/tables.ts'
import { newRun, scratchPath } from './scratch.ts'

const now = () => 1_800_000_000_000
const later = { name: '999-later', sql: 'create table later (x text) strict' }
const broken = { name: '999-broken', sql: 'create table later (x text) strict; create table runs (x text)' }

describe('the schema', () => {
  it.each(Object.entries(tables))('has the table %s as its type says', (name, schema) => {
    const db = openDatabase(scratchPath(), { now })
    const columns = db.prepare('select name, type, "notnull" as required from pragma_table_info(?)').all(name)
    expect(columns).toEqual(Object.entries(schema.shape).map(([column, type]) => columnOf(column, type)))
  })

  it('has its queries compiled as they are written', () => {
    const file = new URL('../../src/store/compiled.ts', import.meta.url)
    expect(readFileSync(file, 'utf8'), 'run npm run docs').toBe(renderCompiledQueries())
  })

  it.each(migrations.map(({ name }, index) => ({ name, index })))(
    'numbers $name in the order of the list',
    ({ name, index }) => {
      expect(Number(name.slice(0, 3))).toBe(index + 1)
    },
  )

  it('is described field by field', () => {
    const text = renderEventsDoc() + renderSchemaDoc()
    for (const type of Object.keys(eventSchemas)) expect(text).toContain(`## \`${type}\``)
    expect(text).not.toMatch(/undefined|\| any/)
  })
})

describe('a record of schema 1', () => {
  it('opens, verifies, and takes new runs', () => {
    const store = openStore(fromDump('schema-1.sql'), { now })
    expect(store.listRuns().map(({ id, state }) => [id, state])).toEqual([
      ['01M7Q5CQG7H865EK8DB9XYGNCG', 'failed'],
      ['01M7Q5CQG1DHGTTE7MN9M5JZAW', 'completed'],
    ])
    expect(store.listRuns().flatMap(({ id }) => store.verifyRun(id).problems)).toEqual([])
    expect(store.createRun(newRun).events).toBe(1)
  })

  it('tells how long its runs took, where they said so', () => {
    const path = fromDump('schema-1.sql')
    const db = new Database(path)
    db.exec(
      `update events set body = json_set(body, '$.duration', 1234.5)
       where run = '01M7Q5CQG1DHGTTE7MN9M5JZAW' and json_extract(body, '$.type') = 'run.ended'`,
    )
    db.close()
    const runs = openStore(path, { now }).listRuns()
    expect(runs.map(({ duration }) => duration)).toEqual([null, 1235])
  })
})

describe('a migration', () => {
  it('takes an older record along, once', () => {
    const path = scratchPath()
    openStore(path, { now }).createRun(newRun)
    for (let i = 0; i < 2; i++) {
      const db = openDatabase(path, { now, migrations: [...migrations, later] })
      expect(db.prepare('select count(*) from runs').pluck().get()).toBe(1)
      expect(db.prepare('select name from migrations').pluck().all()).toEqual(
        [...migrations, later].map(({ name }) => name),
      )
      db.close()
    }
    expect(() => openStore(path, { now })).toThrowError(expect.objectContaining({ code: 'store-newer' }))
  })

  it('that fails leaves the record as it was', () => {
    const path = scratchPath()
    const { id } = openStore(path, { now }).createRun(newRun)
    expect(() => openDatabase(path, { now, migrations: [...migrations, broken] })).toThrow(/already exists/)
    expect(openStore(path, { now }).verifyRun(id).ok).toBe(true)
  })
})

function columnOf(name: string, type: { safeParse(value: unknown): { success: boolean } }) {
  const accepts = (value: unknown) => type.safeParse(value).success
  const isText = accepts('x') || accepts('failed') || accepts('exit')
  return { name, type: isText ? 'TEXT' : 'INTEGER', required: accepts(null) ? 0 : 1 }
}

function fromDump(name: string): string {
  const path = scratchPath()
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const db = new Database(path)
  db.exec(readFileSync(new URL(`../fixtures/store/${name}`, import.meta.url), 'utf8'))
  db.close()
  return path
}
