import { isDeepStrictEqual } from 'node:util'
import { genesis, link, readBody } from './chain.ts'
import type { StoredEvent } from './events.ts'
import { foldRun } from './fold.ts'
import type { RecordedRun } from './row.ts'

export interface Verification {
  readonly run: string
  readonly ok: boolean
  readonly events: number
  readonly problems: readonly ChainProblem[]
}

export interface ChainProblem {
  readonly kind: 'changed' | 'missing' | 'reordered' | 'truncated' | 'row'
  /** The event at fault: the first missing one, or the last that there is when the row is at fault. */
  readonly seq: number
  readonly text: string
}

export interface ChainRow {
  readonly seq: number
  readonly body: string
  readonly hash: string
}

/** Compares a run's events with their hashes, and the run's row with its events. Pure. */
export function verifyChain(run: RecordedRun, rows: readonly ChainRow[]): Verification {
  const problems = [...chainProblems(run, rows)]
  if (problems.length === 0 && !rowAgrees(run, rows)) problems.push(rowProblem(run))
  return { run: run.id, ok: problems.length === 0, events: rows.length, problems }
}

function* chainProblems(run: RecordedRun, rows: readonly ChainRow[]): Generator<ChainProblem> {
  let previous = { seq: 0, hash: genesis(run.id) }
  for (const row of rows) {
    const gap = row.seq - previous.seq - 1
    if (gap > 0) yield missing(previous.seq + 1, gap)
    else if (link(previous.hash, row.body) !== row.hash || seqOf(row) !== row.seq) yield wrong(row)
    previous = row
  }
  if (previous.seq < run.events) {
    const text = `the run had ${run.events} events, ${run.events - previous.seq} at its end are gone`
    yield { kind: 'truncated', seq: previous.seq + 1, text }
  } else if (previous.hash !== run.head) {
    yield {
      kind: 'changed',
      seq: previous.seq,
      text: `event ${previous.seq} is not the one the run ended on`,
    }
  }
}

function missing(seq: number, gap: number): ChainProblem {
  const text = gap === 1 ? `event ${seq} is gone` : `events ${seq} to ${seq + gap - 1} are gone`
  return { kind: 'missing', seq, text }
}

function wrong(row: ChainRow): ChainProblem {
  const written = seqOf(row)
  if (written === row.seq || written === undefined) {
    return { kind: 'changed', seq: row.seq, text: `event ${row.seq} is not what was recorded` }
  }
  return { kind: 'reordered', seq: row.seq, text: `event ${row.seq} was recorded as event ${written}` }
}

function rowProblem(run: RecordedRun): ChainProblem {
  return { kind: 'row', seq: run.events, text: 'the run in the list is not what its events say' }
}

function rowAgrees(run: RecordedRun, rows: readonly ChainRow[]): boolean {
  const { head: _, ...recorded } = run
  const events = rows.map((row) => readBody(row.body))
  return isDeepStrictEqual(foldRun(run.id, events), recorded)
}

function seqOf(row: ChainRow): StoredEvent['seq'] | undefined {
  try {
    return readBody(row.body).seq
  } catch {
    return undefined
  }
}
