import { STATUS_CODES } from 'node:http'
import type { Asked } from './asked.ts'
import { printAuthority } from './authority.ts'
import { renderDenial } from './denial.ts'
import type { Reached } from './reach.ts'

/** What the client is told about a request that did not go through. */
export interface Answer {
  readonly status: number
  readonly line: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

export function answerFor(asked: Asked, reached: Exclude<Reached, { kind: 'open' }>): Answer {
  if (reached.kind === 'denied') {
    const { line, body } = renderDenial(asked, reached)
    return { status: 403, line, body, headers: { 'x-oos-decision': line } }
  }
  const status = reached.code === 'ETIMEDOUT' ? 504 : 502
  const body = `${printAuthority(asked.authority)} is allowed, and cannot be reached: ${reached.error}\n`
  return { status, line: STATUS_CODES[status] ?? '', body, headers: { 'x-oos-decision': 'failed' } }
}

/** A whole response as bytes, for a connection that is no longer HTTP's own. */
export function plainAnswer(
  status: number,
  body: string,
  line = STATUS_CODES[status] ?? '',
  headers: Readonly<Record<string, string>> = {},
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length = Buffer.byteLength(body)
  return `HTTP/1.1 ${status} ${line}\r\n${lines.join('')}content-type: text/plain; charset=utf-8\r\ncontent-length: ${length}\r\nconnection: close\r\n\r\n${body}`
}
