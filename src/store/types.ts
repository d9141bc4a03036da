import type { EventOf, EventType, OosEvent, StoredEvent, Supervisor } from './events.ts'
import type { Run } from './fold.ts'
import type { Pragmas } from './pragmas.ts'
import type { RecordedEvent, StreamRange } from './stream.ts'
import type { Verification } from './verify.ts'

export interface StoreOptions {
  /** ms since 1970. */
  readonly now: () => number
  /** Where the secrets stand that must not be stored; the process's own environment if left out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Where the project's settings differ from the usual. */
  readonly pragmas?: Pragmas
}

export interface NewRun {
  /** A ULID, where it had to be known before; made if left out. */
  readonly id?: string
  readonly agent: string
  readonly command: readonly string[]
  readonly cwd: string
  /** Content hash of the policy. */
  readonly policy: string
  readonly learning?: boolean
  /** The process that runs it; this one if left out. */
  readonly supervisor?: Supervisor
}

export type RunEnd = Omit<EventOf<'run.ended'>, 'type'>

export interface Page {
  /** Default 20. */
  readonly limit?: number
  /** Id of the last run seen: the page goes on below it. */
  readonly before?: string
}

export interface EventRange {
  /** Only events with a higher `seq`. */
  readonly after?: number
  readonly limit?: number
}

export interface FoundEvent<Type extends EventType = EventType> {
  readonly run: Run
  readonly event: EventOf<Type>
}

/**
 * The record. What `createRun`, `append` and `finishRun` return from is recorded: an event that cannot be throws, so that
 * a run never goes on unseen.
 */
export interface Store {
  readonly path: string
  createRun(run: NewRun): Run
  /** Says the event's `seq`. */
  append(runId: string, event: OosEvent): number
  finishRun(runId: string, end: RunEnd): Run
  /** By its id, or by any ending of it that no other run shares. */
  getRun(idOrEnding: string): Run
  /** Newest first. */
  listRuns(page?: Page): Run[]
  events(runId: string, range?: EventRange): StoredEvent[]
  /** All that was recorded, the newest run first, its events as they happened; never all of it in memory. */
  stream(range?: StreamRange): Iterable<RecordedEvent>
  /** Events of a type whose text has such a field, the newest first. */
  findEvents<Type extends EventType>(type: Type, field: Readonly<Record<string, string>>): FoundEvent<Type>[]
  verifyRun(runId: string): Verification
  /** Marks runs whose oos is gone as ended (`lost`), and returns them. */
  settleDeadRuns(): Run[]
  /** Optional at the end of a process: it only tidies up, and costs a sync of the disk. */
  close(): void
}
