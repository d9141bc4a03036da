import { hash } from 'node:crypto'
import type { OosEvent, StoredEvent } from './events.ts'
import type { Redactor } from './redact.ts'

/** What the first event of a run is chained to: an event moved to another run breaks both chains. */
export function genesis(runId: string): string {
  return hash('sha256', `oos run ${runId}`, 'hex')
}

export function link(previous: string, body: string): string {
  return hash('sha256', `${previous}\n${body}`, 'hex')
}

/** Text of an event as it is stored and hashed. The chain is over this very text, so it never has to be made a second time. */
export function eventBody(event: OosEvent, seq: number, at: number, redact: Redactor): string {
  return redact.json(JSON.stringify({ seq, at, ...event }))
}

export function readBody(body: string): StoredEvent {
  return JSON.parse(body)
}
