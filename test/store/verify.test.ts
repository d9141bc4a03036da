import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/store.ts'
import { denial, newRun, scratchPath } from './scratch.ts'

const events = 6
const swap = (a: number, b: number, columns: string) => `
  create temp table two as select seq, body, hash from events where run = :run and seq in (${a}, ${b});
  update events set ${columns
    .split(',')
    .map((column) => `${column} = (select ${column} from two where two.seq = ${a + b} - events.seq)`)
    .join(', ')} where run = :run and seq in (${a}, ${b});`

const cases = [
  {
    name: 'a changed event',
    sql: `update events set body = replace(body, 'deny', 'allow') where run = :run and seq = 3`,
    found: ['changed 3'],
  },
  {
    name: 'a changed time',
    sql: `update events set body = json_set(body, '$.at', 1) where run = :run and seq = 2`,
    found: ['changed 2'],
  },
  {
    name: 'a changed hash',
    sql: `update events set hash = '00' where run = :run and seq = 3`,
    found: ['changed 3', 'changed 4'],
  },
  {
    name: 'a body that is no JSON',
    sql: `update events set body = 'x' where run = :run and seq = 3`,
    found: ['changed 3'],
  },
  { name: 'a missing event', sql: 'delete from events where run = :run and seq = 3', found: ['missing 3'] },
  {
    name: 'several missing events',
    sql: 'delete from events where run = :run and seq in (1, 2, 5)',
    found: ['missing 1', 'missing 5'],
  },
  { name: 'a cut tail', sql: 'delete from events where run = :run and seq > 4', found: ['truncated 5'] },
  { name: 'no events at all', sql: 'delete from events where run = :run', found: ['truncated 1'] },
  { name: 'reordered bodies', sql: swap(3, 4, 'body'), found: ['reordered 3', 'reordered 4'] },
  {
    name: 'reordered events',
    sql: swap(3, 5, 'body,hash'),
    found: ['reordered 3', 'changed 4', 'reordered 5', 'changed 6'],
  },
  {
    name: 'numbers closed over a gap',
    sql: `delete from events where run = :run and seq = 3; update events set seq = seq - 1 where run = :run and seq > 3; update runs set events = events - 1 where id = :run`,
    found: ['reordered 3', 'reordered 4', 'reordered 5'],
  },
  {
    name: 'an event behind the end',
    sql: `insert into events values (:run, 7, '{"seq":7}', '00')`,
    found: ['changed 7', 'changed 7'],
  },
  {
    name: 'another end of the chain',
    sql: `update runs set head = '00' where id = :run`,
    found: ['changed 6'],
  },
  {
    name: 'a changed run',
    sql: `update runs set exit_code = 0, state = 'completed' where id = :run`,
    found: ['row 6'],
  },
  {
    name: 'a changed command',
    sql: `update runs set command = '["true"]' where id = :run`,
    found: ['row 6'],
  },
  { name: 'another policy', sql: `update runs set policy = 'lax' where id = :run`, found: ['row 6'] },
]

describe('verifying a run', () => {
  it('finds nothing wrong with what was left alone', () => {
    const { store, id } = recorded()
    expect(store.verifyRun(id)).toEqual({ run: id, ok: true, events, problems: [] })
  })

  it.each(cases)('finds $name', ({ sql, found }) => {
    const { store, id, path } = recorded()
    tamper(path, sql.replaceAll(':run', `'${id}'`))
    const { ok, problems } = store.verifyRun(id)
    expect(problems.map(({ kind, seq }) => `${kind} ${seq}`)).toEqual(found)
    expect(ok).toBe(false)
  })

  it('finds events that were taken from another run', () => {
    const { store, id, path } = recorded()
    const other = store.createRun(newRun).id
    for (let i = 1; i < events; i++) store.append(other, denial)
    tamper(
      path,
      `delete from events where run = '${id}' and seq = 4;
      insert into events select '${id}', seq, body, hash from events where run = '${other}' and seq = 4`,
    )
    expect(store.verifyRun(id).problems[0]).toMatchObject({ kind: 'changed', seq: 4 })
  })

  it('finds a run that was put in the place of another as a whole', () => {
    const { store, id, path } = recorded()
    const other = store.createRun(newRun).id
    const [mine, theirs] = [id, other].map((one) => `'${one}'`)
    tamper(
      path,
      `pragma foreign_keys = off;
      delete from events where run = ${mine};
      delete from runs where id = ${mine};
      update events set run = ${mine} where run = ${theirs};
      update runs set id = ${mine} where id = ${theirs}`,
    )
    expect(store.verifyRun(id).problems[0]).toMatchObject({ kind: 'changed', seq: 1 })
  })
})

function recorded() {
  const path = scratchPath()
  let now = 1000
  const store = openStore(path, { now: () => now++, env: {} })
  const { id } = store.createRun(newRun)
  for (let seq = 2; seq < events; seq++) store.append(id, denial)
  store.finishRun(id, { endedBy: 'exit', code: 1 })
  return { store, id, path }
}

function tamper(path: string, sql: string): void {
  const db = new Database(path)
  db.exec(sql)
  db.close()
}
