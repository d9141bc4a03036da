import { lstatSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/store/database.ts'
import { migrations } from '../../src/store/migrations.ts'
import { pragmasOf } from '../../src/store/pragmas.ts'
import { openStore } from '../../src/store/store.ts'
import { shortId } from '../../src/store/ulid.ts'
import { denial, newRun, scratchPath, scratchStore } from './scratch.ts'

describe('the record', () => {
  it('keeps a run from its creation to its end', () => {
    let now = 0
    const store = scratchStore({ now: () => now++ })
    now = 1000
    const { id } = store.createRun(newRun)
    store.append(id, { type: 'run.started' })
    store.append(id, denial)
    store.finishRun(id, { endedBy: 'exit', code: 3 })
    expect(store.getRun(id)).toMatchObject({
      ...newRun,
      state: 'failed',
      createdAt: 1000,
      startedAt: 1001,
      endedAt: 1003,
    })
    expect(store.getRun(id)).toMatchObject({ exitCode: 3, endedBy: 'exit', denied: 1, events: 4 })
    expect(store.events(id).map(({ type }) => type)).toEqual([
      'run.created',
      'run.started',
      'decision',
      'run.ended',
    ])
  })

  it('is for its owner alone', () => {
    const { path } = scratchStore()
    expect(lstatSync(path).mode & 0o777).toBe(0o600)
    expect(lstatSync(dirname(path)).mode & 0o777).toBe(0o700)
  })

  it('is there again when opened again', () => {
    const path = scratchPath()
    const first = openStore(path, { now: Date.now })
    const { id } = first.createRun(newRun)
    first.close()
    expect(openStore(path, { now: Date.now }).getRun(id).command).toEqual(['npm', 'test'])
  })

  it('lists the newest runs first, in pages', () => {
    const store = scratchStore()
    const ids = Array.from({ length: 5 }, () => store.createRun(newRun).id)
    const page = store.listRuns({ limit: 2 }).map(({ id }) => id)
    expect(page).toEqual([ids[4], ids[3]])
    expect(store.listRuns({ limit: 10, before: ids[3] ?? '' }).map(({ id }) => id)).toEqual([
      ids[2],
      ids[1],
      ids[0],
    ])
  })

  it('gives events in parts', () => {
    const store = scratchStore()
    const { id } = store.createRun(newRun)
    for (let i = 0; i < 5; i++) store.append(id, denial)
    expect(store.events(id, { after: 2, limit: 2 }).map(({ seq }) => seq)).toEqual([3, 4])
  })

  it('refuses a second end', () => {
    const store = scratchStore()
    const { id } = store.createRun(newRun)
    store.finishRun(id, { endedBy: 'exit', code: 0 })
    expect(() => store.finishRun(id, { endedBy: 'exit', code: 1 })).toThrow(/has already ended/)
    expect(store.getRun(id)).toMatchObject({ exitCode: 0, events: 2 })
    expect(store.verifyRun(id).ok).toBe(true)
  })

  it('takes secrets out of everything before it is stored', () => {
    const store = scratchStore({ env: { SHOP_TOKEN: 'correct"horse\\battery' } })
    const { id } = store.createRun({ ...newRun, command: ['curl', '-H', 'x: correct"horse\\battery'] })
    store.append(id, { type: 'note', level: 'note', text: 'it said correct"horse\\battery' })
    const stored = JSON.stringify([store.getRun(id), store.events(id)])
    expect(stored).not.toContain('horse')
    expect(store.getRun(id).command[2]).toBe('x: [redacted SHOP_TOKEN]')
    expect(store.verifyRun(id).ok).toBe(true)
  })
})

describe('the settings of a project', () => {
  it.each([
    { settings: [], pragma: 'synchronous', value: 1 },
    { settings: [{ key: 'database.synchronous', value: 'full' }], pragma: 'synchronous', value: 2 },
    { settings: [{ key: 'database.cache_size', value: -4000 }], pragma: 'cache_size', value: -4000 },
    {
      settings: [{ key: 'database.journal_mode', value: 'delete' }],
      pragma: 'journal_mode',
      value: 'delete',
    },
    { settings: [], pragma: 'journal_mode', value: 'wal' },
    { settings: [], pragma: 'cache_size', value: 10_000 },
    { settings: [], pragma: 'busy_timeout', value: 30_000 },
    {
      settings: [{ key: 'database.cache_size', value: '1; drop table runs' }],
      pragma: 'cache_size',
      value: 10_000,
    },
    {
      settings: [{ key: 'database.user_version', value: 99 }],
      pragma: 'user_version',
      value: migrations.length,
    },
    { settings: [{ key: 'database.path', value: 'x' }], pragma: 'foreign_keys', value: 1 },
  ])('$settings make $pragma $value', ({ settings, pragma, value }) => {
    const db = openDatabase(scratchPath(), { now: Date.now, pragmas: pragmasOf(settings) })
    expect(db.pragma(pragma, { simple: true })).toBe(value)
  })
})

describe('finding events', () => {
  it('takes the words of a field as they are', () => {
    const store = scratchStore()
    const { id } = store.createRun(newRun)
    const paths = ['a_c', 'abc', 'a%', '%']
    for (const path of paths) store.append(id, { type: 'file.changed', path, change: 'created' })
    store.append(id, { type: 'note', level: 'note', text: '"path":"a_c"' })
    for (const path of paths)
      expect(
        store.findEvents('file.changed', { path }).map(({ run, event }) => [run.id, event.path]),
      ).toEqual([[id, path]])
  })
})

describe('finding a run', () => {
  const store = scratchStore()
  const ids = Array.from({ length: 40 }, () => store.createRun(newRun).id)
  const id = ids[0] ?? ''

  it.each([26, 20, 12, 8])('takes the last %i characters', (length) => {
    expect(store.getRun(id.slice(-length)).id).toBe(id)
    expect(store.getRun(id.slice(-length).toLowerCase()).id).toBe(id)
  })

  it.each(['ZZZZZZZZZZ', '', "' or 1=1 --", '%', 'U', '~', '\u{10ffff}'])(
    'finds nothing or several for `%s`',
    (typed) => {
      expect(() => store.getRun(typed)).toThrowError(expect.objectContaining({ code: 'run-unknown' }))
    },
  )

  it('names the candidates of an ending that several share', () => {
    const last =
      ids.map((each) => each.slice(-1)).find((ending, index, all) => all.indexOf(ending) !== index) ?? ''
    const sharing = ids.filter((each) => each.endsWith(last)).map(shortId)
    const message = messageOf(() => store.getRun(last))
    expect(message).toContain('several runs end in')
    expect(sharing.filter((each) => message.includes(each)).length).toBe(Math.min(sharing.length, 5))
  })
})

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}
