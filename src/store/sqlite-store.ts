import { randomBytes } from 'node:crypto'
import type Database from 'better-sqlite3'
import { OosError } from '../shared/errors.ts'
import { eventBody, genesis, link, readBody } from './chain.ts'
import { openDatabase } from './database.ts'
import type { EventOf, EventType, OosEvent, StoredEvent } from './events.ts'
import { storeFailure } from './failure.ts'
import { applyEvent, createdRun, type Run } from './fold.ts'
import { createRedactor, type Redactor } from './redact.ts'
import { countsOf, fromRow, progressOf, type RecordedRun, reverse, toRow } from './row.ts'
import { createStatements, type Statements } from './statements.ts'
import { type RecordedEvent, type StreamRange, streamRecord } from './stream.ts'
import { isGone, thisSupervisor } from './supervisor.ts'
import type { EventRange, FoundEvent, NewRun, Page, RunEnd, Store, StoreOptions } from './types.ts'
import { nextUlid, shortId } from './ulid.ts'
import { type ChainRow, type Verification, verifyChain } from './verify.ts'

const idLength = 26
/** Sorts behind every id. */
const behindAll = '~'
const mostCandidates = 5
const mostFound = 100

/** The record in SQLite. Every write is one short synchronous transaction. */
export class SqliteStore implements Store {
  readonly path: string
  readonly #db: Database.Database
  readonly #now: () => number
  readonly #redact: Redactor
  readonly #statement: Statements
  /** Runs that this process writes to, as it left them: spares reading the row for every event. */
  readonly #open = new Map<string, RecordedRun>()
  readonly #appendTransaction: Database.Transaction<(runId: string, event: OosEvent) => RecordedRun>
  #lastId: string | undefined

  constructor(path: string, options: StoreOptions) {
    this.path = path
    this.#now = options.now
    this.#redact = createRedactor(options.env ?? process.env)
    this.#db = openDatabase(path, options)
    this.#statement = createStatements(this.#db)
    this.#appendTransaction = this.#db.transaction((runId, event) => this.#extend(runId, event))
  }

  createRun(run: NewRun): Run {
    return this.#guard(() => {
      const created = this.#db.transaction(() => this.#insert(run)).immediate()
      this.#lastId = created.id
      this.#open.set(created.id, created)
      return created
    })
  }

  append(runId: string, event: OosEvent): number {
    return this.#guard(() => this.#append(runId, event).events)
  }

  finishRun(runId: string, end: RunEnd): Run {
    return this.#guard(() => {
      const run = this.#append(runId, { type: 'run.ended', ...end })
      this.#open.delete(runId)
      return run
    })
  }

  getRun(idOrEnding: string): Run {
    return this.#guard(() => this.#find(idOrEnding))
  }

  listRuns({ limit = 20, before = behindAll }: Page = {}): Run[] {
    return this.#guard(() => this.#runsBefore(before, limit))
  }

  events(runId: string, { after = 0, limit = -1 }: EventRange = {}): StoredEvent[] {
    return this.#guard(() =>
      this.#eventRows(this.#find(runId).id, after, limit).map(({ body }) => readBody(body)),
    )
  }

  stream(range: StreamRange = {}): Iterable<RecordedEvent> {
    const runs = (before = behindAll, limit: number) => this.#guard(() => this.#runsBefore(before, limit))
    const events = (run: string, after: number, limit: number) =>
      this.#guard(() => this.#statement('bodiesAfter').all({ run, after, limit }))
    return streamRecord({ runs, events }, range)
  }

  findEvents<Type extends EventType>(
    type: Type,
    field: Readonly<Record<string, string>>,
  ): FoundEvent<Type>[] {
    const [name = '', value = ''] = Object.entries(field)[0] ?? []
    // `_` and `%` in it match more than themselves: each event is looked at again.
    const pattern = `%${JSON.stringify({ [name]: value }).slice(1, -1)}%`
    return this.#guard(() =>
      this.#statement('eventsLike')
        .all({ pattern, limit: mostFound })
        .flatMap(({ run, body }) => {
          const event = readBody(body) as StoredEvent & Readonly<Record<string, unknown>>
          if (event.type !== type || event[name] !== value) return []
          return [{ run: this.#find(run), event: event as unknown as EventOf<Type> }]
        }),
    )
  }

  verifyRun(runId: string): Verification {
    const verify = this.#db.transaction(() => {
      const run = this.#find(runId)
      return verifyChain(run, this.#eventRows(run.id, 0, -1))
    })
    return this.#guard(() => verify.deferred())
  }

  settleDeadRuns(): Run[] {
    const settle = this.#db.transaction((id: string) => {
      const still = this.#find(id).endedAt === null
      return still ? [this.#extend(id, { type: 'run.ended', endedBy: 'lost' })] : []
    })
    return this.#guard(() => {
      const open = this.#statement('runsUnfinished').all({}).map(fromRow)
      return open.filter((run) => isGone(run.supervisor)).flatMap((run) => settle.immediate(run.id))
    })
  }

  close(): void {
    this.#db.close()
  }

  #insert(run: NewRun): RecordedRun {
    const at = this.#now()
    const id = run.id ?? nextUlid(this.#lastId, at, randomBytes(16))
    const event: EventOf<'run.created'> = {
      type: 'run.created',
      agent: run.agent,
      command: [...run.command],
      cwd: run.cwd,
      policy: run.policy,
      supervisor: run.supervisor ?? thisSupervisor(),
      ...(run.learning === true && { learning: true }),
    }
    const body = eventBody(event, 1, at, this.#redact)
    const head = link(genesis(id), body)
    // Read back, so that the row has what was redacted and nothing else.
    const created = { ...createdRun(id, JSON.parse(body), at), head }
    this.#statement('insertRun').run(toRow(created))
    this.#statement('insertEvent').run({ run: id, seq: 1, body, hash: head })
    return created
  }

  #append(runId: string, event: OosEvent): RecordedRun {
    const run = this.#appendTransaction.immediate(runId, event)
    this.#open.set(runId, run)
    return run
  }

  /** INVARIANT: in a write transaction. What this process knows of the run is tried first, then what the row says. */
  #extend(runId: string, event: OosEvent): RecordedRun {
    const known = this.#open.get(runId)
    const extended = (known && this.#tryExtend(known, event)) ?? this.#tryExtend(this.#find(runId), event)
    if (extended !== undefined) return extended
    throw new OosError('record-broken', `the record of run \`${shortId(runId)}\` cannot be continued`, {
      hint: `oos runs verify ${shortId(runId)}`,
    })
  }

  #tryExtend(run: RecordedRun, event: OosEvent): RecordedRun | undefined {
    const at = this.#now()
    const next = applyEvent(run, event, at)
    const body = eventBody(event, next.events, at, this.#redact)
    const extended = { ...next, head: link(run.head, body) }
    if (this.#update(extended, event, run.head) === 0) return undefined
    refuseSecondEnd(run, event)
    this.#statement('insertEvent').run({ run: run.id, seq: extended.events, body, hash: extended.head })
    return extended
  }

  #update(run: RecordedRun, event: OosEvent, previous: string): number {
    if (!event.type.startsWith('run.'))
      return this.#statement('countEvent').run({ ...countsOf(run), previous })
    return this.#statement('updateRun').run({ ...progressOf(run), previous })
  }

  #find(idOrEnding: string): RecordedRun {
    const ending = idOrEnding.toUpperCase()
    const ids = ending.length === idLength ? [ending] : this.#idsEnding(ending)
    const [row] = ids.length === 1 ? this.#statement('runById').all({ id: ids[0] ?? '' }) : []
    if (row === undefined) throw unknownRun(idOrEnding, ids.length === 1 ? [] : ids)
    return fromRow(row)
  }

  #idsEnding(ending: string): string[] {
    const range = { ...endingRange(ending), limit: mostCandidates + 1 }
    return this.#statement('idsByEnding')
      .all(range)
      .map(({ id }) => id)
  }

  #runsBefore(before: string, limit: number): RecordedRun[] {
    return this.#statement('runsBefore').all({ before, limit }).map(fromRow)
  }

  #eventRows(run: string, after: number, limit: number): ChainRow[] {
    return this.#statement('eventsAfter').all({ run, after, limit })
  }

  #guard<Value>(work: () => Value): Value {
    try {
      return work()
    } catch (error) {
      throw storeFailure(error, this.path)
    }
  }
}

/** A run that was taken for lost may still tell how it really ended. */
function refuseSecondEnd(run: RecordedRun, event: OosEvent): void {
  if (event.type !== 'run.ended' || run.endedAt === null || run.endedBy === 'lost') return
  throw new OosError('record-broken', `run \`${shortId(run.id)}\` has already ended`, {
    hint: `oos runs show ${shortId(run.id)}`,
  })
}

function endingRange(ending: string): { from: string; to: string } {
  const from = reverse(ending)
  return { from, to: from + behindAll }
}

function unknownRun(typed: string, candidates: readonly string[]): OosError {
  if (candidates.length === 0)
    return new OosError('run-unknown', `no run ends in \`${typed}\``, { hint: 'oos runs' })
  const shown = candidates.slice(0, mostCandidates).map(shortId).join(', ')
  const more = candidates.length > mostCandidates ? ' and more' : ''
  return new OosError('run-unknown', `several runs end in \`${typed}\`: ${shown}${more}`, {
    hint: `oos runs show ${shortId(candidates[0] ?? '')}`,
  })
}
