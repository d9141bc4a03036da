import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { reverse } from '../src/store/row.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { median, type Row } from './row.ts'

/** Events a second: ours, and the bare driver's. */
interface AppendFigures {
  readonly ours: number
  readonly driver: number
}

const leastOfDriver = 0.6
const mostToList = 300
const mostToGet = 50
const rounds = 5
const runsInList = 100_000
const reads = 2_000

export function bench(): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'oos-bench-store-'))
  try {
    const { list, get } = measureReads(folder)
    return [
      appendRow(
        'events appended, each synced to the disk',
        measureAppends(folder, 'power-cut'),
        'the same rows in autocommit',
      ),
      appendRow(
        'events appended, as a run does',
        measureAppends(folder, 'kill'),
        'event and head of the chain in a transaction',
      ),
      readRow('20 of 100,000 runs listed, p99', list, mostToList),
      readRow('one of 100,000 runs found by its ending, p99', get, mostToGet),
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function appendRow(what: string, { ours, driver }: AppendFigures, peer: string): Row {
  const ratio = ours / driver
  return {
    what,
    must: `≥ ${leastOfDriver} × the driver`,
    measured: `${ratio.toFixed(2)} ×, ${(ours / 1000).toFixed(1)} k/s`,
    peer: `${(driver / 1000).toFixed(1)} k/s, ${peer}`,
    holds: ratio >= leastOfDriver,
  }
}

function readRow(what: string, micros: number, most: number): Row {
  return { what, must: `≤ ${most} µs`, measured: `${micros.toFixed(0)} µs`, peer: '', holds: micros <= most }
}

/** Ours and the driver's in turns, so that a busy machine slows both; the medians are compared. */
function measureAppends(folder: string, survives: 'kill' | 'power-cut'): AppendFigures {
  const pragmas = { synchronous: survives === 'kill' ? 'normal' : 'full' }
  const store = openStore(join(folder, survives, 'atlas.db'), { now: Date.now, env: {}, pragmas })
  const { id } = store.createRun(exampleRun)
  const insert = survives === 'kill' ? bareTransaction(folder) : bareInsert(folder)
  const events = survives === 'kill' ? 2_000 : 300
  const ours: number[] = []
  const driver: number[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(perSecond(events, () => store.append(id, exampleEvent)))
    driver.push(perSecond(events, insert))
  }
  return { ours: median(ours), driver: median(driver) }
}

function bareInsert(folder: string): () => void {
  const { insert } = bareStatements(join(folder, 'bare-full.db'), 'FULL')
  return insert
}

function bareTransaction(folder: string): () => void {
  const { db, insert, update } = bareStatements(join(folder, 'bare-normal.db'), 'NORMAL')
  const both = db.transaction(() => {
    update()
    insert()
  })
  return () => both.immediate()
}

function bareStatements(path: string, synchronous: 'FULL' | 'NORMAL') {
  const db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.pragma(`synchronous = ${synchronous}`)
  db.exec('create table heads (run text primary key, seq integer, head text) strict, without rowid')
  db.exec(
    'create table events (run text, seq integer, body text, hash text, primary key (run, seq)) strict, without rowid',
  )
  db.prepare('insert into heads values (?, 0, ?)').run(exampleId, exampleHash)
  const insertion = db.prepare('insert into events values (?, ?, ?, ?)')
  const updating = db.prepare('update heads set seq = ?, head = ? where run = ?')
  const body = JSON.stringify({ ...exampleEvent, seq: 1, at: Date.now() })
  let seq = 0
  return {
    db,
    insert: () => void insertion.run(exampleId, seq++, body, exampleHash),
    update: () => void updating.run(seq, exampleHash, exampleId),
  }
}

/** In µs. */
function measureReads(folder: string): { list: number; get: number } {
  const path = join(folder, 'many', 'atlas.db')
  const store = openStore(path, { now: Date.now, env: {} })
  store.createRun(exampleRun)
  copyRuns(path)
  const ids = allIds(store)
  const pick = (index: number) => ids[(index * 7919) % ids.length] ?? ''
  for (let i = 0; i < 500; i++) store.getRun(pick(i).slice(-8)) && store.listRuns({ before: pick(i) })
  return {
    list: p99((i) => store.listRuns({ before: pick(i) })),
    get: p99((i) => store.getRun(pick(i).slice(-8))),
  }
}

/** Copies of the first run under other ids: 100,000 created one by one would take the time of the whole benchmark. */
function copyRuns(path: string): void {
  const db = new Database(path)
  const row = db.prepare('select * from runs').get() as Record<string, unknown>
  const columns = Object.keys(row)
  const insert = db.prepare(`insert into runs values (${columns.map((name) => `@${name}`).join(', ')})`)
  db.transaction(() => {
    for (let i = 1; i < runsInList; i++) {
      const id = `01M8${i.toString(36).toUpperCase().padStart(6, '0')}${String(i * 7_919_317).padStart(16, '0')}`
      insert.run({ ...row, id, reversed: reverse(id) })
    }
  })()
  db.close()
}

function allIds(store: Store): string[] {
  return store.listRuns({ limit: runsInList }).map(({ id }) => id)
}

function perSecond(events: number, work: () => unknown): number {
  const start = performance.now()
  for (let i = 0; i < events; i++) work()
  return (events / (performance.now() - start)) * 1000
}

/** The median of some rounds: one moment in which the machine did something else is not ours. */
function p99(work: (index: number) => unknown): number {
  const ofRound = (round: number) =>
    percentile(
      times(reads, (index) => work(round * reads + index)),
      0.99,
    )
  return median(Array.from({ length: rounds }, (_, round) => ofRound(round)))
}

function times(count: number, work: (index: number) => unknown): number[] {
  return Array.from({ length: count }, (_, index) => {
    const start = performance.now()
    work(index)
    return (performance.now() - start) * 1000
  })
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN
}

const exampleId = '01M7XZ8M2VARBPS7Q0JK74KBTG'
const exampleHash = 'a'.repeat(64)
const exampleRun = { agent: 'command', command: ['npm', 'test'], cwd: '/work/shop', policy: 'f'.repeat(64) }
const exampleEvent = {
  type: 'decision',
  resource: 'file',
  action: 'read',
  target: '/work/shop/src/components/Button.tsx',
  effect: 'deny',
  rule: { file: '.agent-os/AGENT.md', line: 12, text: '**Deny** `file:**/.env*:*`' },
} as const
