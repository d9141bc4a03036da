import type { Place } from './diagnostics.ts'

/**
 * Exit codes of oos itself. Once the command of `oos run` has started, its own code is used instead
 * (128+n on a signal, 124 on the time limit, 137 on another limit).
 */
export const exitCodes = { done: 0, failed: 1, invalid: 2, refused: 3, unable: 4, interrupted: 130 } as const
export type ExitName = keyof typeof exitCodes

/** Every code an `OosError` can carry, with the exit it leads to. Codes are stable: scripts compare them. */
export const errorCodes = {
  usage: 'invalid',
  'project-missing': 'invalid',
  'project-unreadable': 'invalid',
  'project-unwritable': 'failed',
  'spec-invalid': 'invalid',
  'capability-invalid': 'invalid',
  'agent-unknown': 'invalid',
  'run-unknown': 'invalid',
  'command-missing': 'invalid',
  denied: 'refused',
  unasked: 'refused',
  untrusted: 'refused',
  'sandbox-missing': 'unable',
  'sandbox-failed': 'unable',
  'tracer-missing': 'unable',
  'rule-unheld': 'unable',
  platform: 'unable',
  'store-locked': 'failed',
  'store-corrupt': 'failed',
  'store-newer': 'failed',
  'store-full': 'failed',
  'store-refused': 'failed',
  'store-unwritable': 'failed',
  'record-broken': 'failed',
  'home-missing': 'unable',
  'init-failed': 'failed',
  'hooks-refused': 'failed',
  'hooks-unwritable': 'failed',
  interrupted: 'interrupted',
  failed: 'failed',
} as const satisfies Record<string, ExitName>
export type ErrorCode = keyof typeof errorCodes

export interface ErrorDetail {
  /** The next command to type, or a valid example. */
  readonly hint?: string
  readonly place?: Place
  readonly cause?: unknown
}

/** An operation failed. Message: lower case, no full stop, what a person typed in backticks. */
export class OosError extends Error {
  override readonly name = 'OosError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly place: Place | undefined

  /** By its name: a bundle of one command has a copy of this class besides that of what it imports rarely. */
  static override [Symbol.hasInstance](value: unknown): value is OosError {
    return value instanceof Error && value.name === 'OosError'
  }

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.code = code
    this.hint = detail.hint
    this.place = detail.place
  }

  get exitCode(): number {
    return exitCodes[errorCodes[this.code]]
  }
}
