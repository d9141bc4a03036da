import type { EndedBy, EventOf, OosEvent, StoredEvent, Supervisor } from './events.ts'
import type { RunState } from './tables.ts'

/** A run as its events make it. */
export interface Run {
  readonly id: string
  readonly agent: string
  readonly command: readonly string[]
  readonly cwd: string
  readonly policy: string
  readonly supervisor: Supervisor
  readonly state: RunState
  readonly createdAt: number
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly endedBy: EndedBy | null
  readonly exitCode: number | null
  readonly signal: string | null
  /** ms; null where nobody saw the end. */
  readonly duration: number | null
  readonly denied: number
  readonly connections: number
  readonly files: number
  readonly events: number
}

/** What a run is after `events`, the first of which is its `run.created`. Pure: the record alone decides. */
export function foldRun(id: string, events: readonly StoredEvent[]): Run | undefined {
  const [first, ...rest] = events
  if (first?.type !== 'run.created') return undefined
  return rest.reduce((run, event) => applyEvent(run, event, event.at), createdRun(id, first, first.at))
}

export function createdRun(id: string, event: EventOf<'run.created'>, at: number): Run {
  const { agent, command, cwd, policy, supervisor } = event
  return { ...untouched, id, agent, command, cwd, policy, supervisor, createdAt: at }
}

export function applyEvent(run: Run, event: OosEvent, at: number): Run {
  return { ...run, ...change(run, event, at), events: run.events + 1 }
}

const untouched = {
  state: 'pending',
  startedAt: null,
  endedAt: null,
  endedBy: null,
  exitCode: null,
  signal: null,
  duration: null,
  denied: 0,
  connections: 0,
  files: 0,
  events: 1,
} as const

function change(run: Run, event: OosEvent, at: number): Partial<Run> {
  switch (event.type) {
    case 'run.started':
      return { state: 'running', startedAt: at }
    case 'run.ended':
      return ended(event, at)
    case 'decision':
      return { denied: run.denied + (event.answer === 'yes' ? 0 : notAllowed(event.effect)) }
    case 'network.request':
      return { connections: run.connections + 1, denied: run.denied + notAllowed(event.effect) }
    case 'file.changed':
      return { files: run.files + 1 }
    case 'git.commit':
    case 'git.ref':
    case 'git.staged':
      return { denied: run.denied + notAllowed(event.effect) }
    case 'run.created':
    case 'learn.access':
    case 'limit.hit':
    case 'note':
      return {}
  }
}

function ended(event: EventOf<'run.ended'>, at: number): Partial<Run> {
  return {
    state: event.endedBy === 'exit' && event.code === 0 ? 'completed' : 'failed',
    endedAt: at,
    endedBy: event.endedBy,
    exitCode: event.code ?? null,
    signal: event.signal ?? null,
    duration: event.duration === undefined ? null : Math.round(event.duration),
  }
}

function notAllowed(effect: 'allow' | 'ask' | 'deny'): number {
  return effect === 'allow' ? 0 : 1
}
