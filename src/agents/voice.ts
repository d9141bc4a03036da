import type { Excess } from '../ops/trust/excess.ts'
import type { Asking } from '../ops/trust/trust.ts'
import type { SandboxEnd } from '../sandbox/process/end.ts'
import type { Unheld } from '../sandbox/types.ts'
import type { Diagnostic } from '../shared/diagnostics.ts'
import type { Cause } from './end/causes.ts'

/** `usual` is what Enter alone means; no if left out. */
export type Confirm = (question: string, usual?: boolean) => Promise<boolean>

export type AskAnswer = 'once' | 'always' | 'no'
/** `always` is the line that a yes for always would write, and where; without it such a yes cannot be given. */
export type AnswerAsk = (question: string, always: string | undefined) => Promise<AskAnswer>

/** How a run speaks to the person who started it. The terminal is one; a service will be another. */
export interface RunVoice {
  /** Absent where there is nobody to ask. */
  readonly confirm: Confirm | undefined
  readonly answerAsk: AnswerAsk | undefined
  readonly warn: (diagnostics: readonly Diagnostic[]) => void
  /** What would now hold, before the question whether it may. */
  readonly showTrust: (change: TrustChange) => Promise<void>
  /** Rules that this run does not hold as written. */
  readonly showUnheld: (unheld: readonly Unheld[]) => void
  readonly note: (text: string) => void
  readonly ended: (summary: RunSummary) => void
}

export interface TrustChange {
  readonly state: Asking
  readonly root: string
  readonly home: string
  readonly excess: Excess
}

export interface RunSummary {
  readonly id: string
  readonly end: SandboxEnd
  readonly denied: number
  /** With their requests as they are typed where the command was. */
  readonly causes: readonly Cause[]
  /** Hosts that were allowed and could not be reached, with what was said. */
  readonly unreached: readonly string[]
}
