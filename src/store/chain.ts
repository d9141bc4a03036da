import { hash } from 'node:crypto'
import type { OosEvent, StoredEvent } from './events.ts'

/** What the first event of a run is chained to: an event moved to another run breaks both chains. */
export function genesis(runId: string): string {
  return hash('sha256', `oos run ${runId}`, 'hex')
}

export function link(previous: string, body: string): string {
  return hash('sha256', `${previous}\n${body}`, 'hex')
}

/** Text of an event as it is stored and hashed: keys sorted, absent ones left out, every string passed through `redact`. */
export function eventBody(
  event: OosEvent,
  seq: number,
  at: number,
  redact: (text: string) => string,
): string {
  return canonicalJson({ ...event, seq, at }, redact)
}

export function readBody(body: string): StoredEvent {
  return JSON.parse(body)
}

export function canonicalJson(value: unknown, redact: (text: string) => string = (text) => text): string {
  if (typeof value === 'string') return JSON.stringify(redact(value))
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, redact)).join(',')}]`
  if (typeof value === 'object') return canonicalObject(value, redact)
  throw new TypeError(`an event cannot hold ${typeof value === 'number' ? value : typeof value}`)
}

function canonicalObject(value: object, redact: (text: string) => string): string {
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field, redact)}`).join(',')}}`
}
