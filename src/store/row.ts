import type { Run } from './fold.ts'
import type { Tables } from './tables.ts'

/** A run as its row has it, with the hash of its last event. */
export interface RecordedRun extends Run {
  readonly head: string
}

export function fromRow(row: Tables['runs']): RecordedRun {
  return {
    id: row.id,
    agent: row.agent,
    command: JSON.parse(row.command),
    cwd: row.cwd,
    policy: row.policy,
    supervisor: JSON.parse(row.supervisor),
    state: row.state,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    endedBy: row.ended_by,
    exitCode: row.exit_code,
    signal: row.signal,
    denied: row.denied,
    connections: row.connections,
    files: row.files,
    events: row.events,
    head: row.head,
    duration: row.duration,
  }
}

/** The columns that any event can change. */
export function countsOf({ id, denied, connections, files, events, head }: RecordedRun) {
  return { id, denied, connections, files, events, head }
}

/** These and the ones that an event of the run itself changes. */
export function progressOf(run: RecordedRun) {
  return {
    ...countsOf(run),
    state: run.state,
    started_at: run.startedAt,
    ended_at: run.endedAt,
    ended_by: run.endedBy,
    exit_code: run.exitCode,
    signal: run.signal,
    duration: run.duration,
  }
}

export function toRow(run: RecordedRun): Tables['runs'] {
  return {
    ...progressOf(run),
    reversed: reverse(run.id),
    agent: run.agent,
    command: JSON.stringify(run.command),
    cwd: run.cwd,
    policy: run.policy,
    supervisor: JSON.stringify(run.supervisor),
    created_at: run.createdAt,
  }
}

export function reverse(id: string): string {
  return Array.from(id).reverse().join('')
}
