import { readBody } from './chain.ts'
import type { StoredEvent } from './events.ts'
import type { Run } from './fold.ts'
import type { RecordedRun } from './row.ts'
import type { ChainRow } from './verify.ts'

export interface StreamRange {
  /** At most so many runs, the newest ones. */
  readonly runs?: number
  /** ms since 1970: only runs that were created then or later. */
  readonly since?: number
}

/** One line of the record, with the run it belongs to. */
export interface RecordedEvent {
  readonly run: Run
  readonly seq: number
  /** Missing where what lies there is no event any more. */
  readonly event?: StoredEvent
}

/** A page of the record each: what comes behind the last one that was seen. */
export interface RecordPages {
  readonly runs: (before: string | undefined, limit: number) => readonly RecordedRun[]
  readonly events: (run: string, after: number, limit: number) => readonly Omit<ChainRow, 'hash'>[]
}

const runsInPage = 100
const eventsInPage = 1000

/** The newest run first, its events as they happened. By keyset: a record of any size fits, and nobody who writes has to wait. */
export function* streamRecord(
  pages: RecordPages,
  { runs = Number.POSITIVE_INFINITY, since = Number.NEGATIVE_INFINITY }: StreamRange = {},
): Generator<RecordedEvent> {
  let left = runs
  for (const run of runsOf(pages)) {
    if (left-- <= 0 || run.createdAt < since) return
    for (const { seq, body } of bodiesOf(pages, run.id)) yield recorded(run, seq, body)
  }
}

function* runsOf({ runs }: RecordPages): Generator<RecordedRun> {
  let page: readonly RecordedRun[] = []
  do {
    page = runs(page.at(-1)?.id, runsInPage)
    yield* page
  } while (page.length === runsInPage)
}

function* bodiesOf({ events }: RecordPages, run: string): Generator<Omit<ChainRow, 'hash'>> {
  let page: readonly Omit<ChainRow, 'hash'>[] = []
  do {
    page = events(run, page.at(-1)?.seq ?? 0, eventsInPage)
    yield* page
  } while (page.length === eventsInPage)
}

/** Somebody may have written into the record: one line that nobody can read must not hide the others. */
function recorded(run: Run, seq: number, body: string): RecordedEvent {
  try {
    return { run, seq, event: readBody(body) }
  } catch {
    return { run, seq }
  }
}
