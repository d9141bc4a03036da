import { constants } from 'node:os'
import type { LimitName, LimitPlan } from '../types.ts'

export type EndedBy = 'exit' | 'signal' | LimitName | 'interrupted' | 'stopped'

export interface SandboxEnd {
  /** The command's own exit code; null when it was ended by a signal. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly endedBy: EndedBy
  /** What oos exits with. */
  readonly exitCode: number
  readonly wallMs: number
  /** As far as something measured them: the largest sum of the whole tree. */
  readonly peakMemory?: number
  readonly peakProcesses?: number
  readonly cpuMs?: number
  readonly outputBytes?: number
  /** Why not all of it could be written where oos's own streams lead: a full disk. */
  readonly outputLost?: string
}

export interface Cause {
  readonly by: EndedBy
  readonly signal?: NodeJS.Signals
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Outcome {
  /** As bubblewrap tells it: a command ended by signal n has 128+n, so the two cannot be told apart. */
  readonly status: number
  /** Why oos ended it, if oos did. */
  readonly cause: Cause | undefined
  readonly limits: readonly LimitPlan[]
}

export function describeEnd({
  status,
  cause,
  limits,
}: Outcome): Pick<SandboxEnd, 'code' | 'signal' | 'endedBy' | 'exitCode'> {
  const signal = signalOf(status)
  const code = signal === null ? status : null
  if (cause !== undefined)
    return { code, signal, endedBy: cause.by, exitCode: exitCodeOf(cause.by, status, cause.signal) }
  if (signal === null) return { code, signal, endedBy: 'exit', exitCode: status }
  const limit = limits.find((one) => one.heldBy.includes('prlimit') && prlimitSignals[signal] === one.name)
  if (limit !== undefined)
    return { code, signal, endedBy: limit.name, exitCode: exitCodeOf(limit.name, status) }
  return { code, signal, endedBy: 'signal', exitCode: status }
}

/** How the kernel tells a process that it has reached a resource limit. */
const prlimitSignals: Partial<Record<NodeJS.Signals, LimitName>> = { SIGXCPU: 'cpu', SIGXFSZ: 'disk' }

function exitCodeOf(by: EndedBy, status: number, signal?: NodeJS.Signals): number {
  switch (by) {
    case 'exit':
    case 'signal':
      return status
    case 'timeout':
      return 124
    case 'interrupted':
      return 128 + constants.signals[signal ?? 'SIGINT']
    case 'stopped':
      return 128 + constants.signals[signal ?? 'SIGTERM']
    default:
      return 137
  }
}

function signalOf(status: number): NodeJS.Signals | null {
  const number = status - 128
  const found = Object.entries(constants.signals).find(([, value]) => value === number)
  return found === undefined ? null : (found[0] as NodeJS.Signals)
}

/** Of bubblewrap itself, where it could not tell of the command: it was killed. */
export function statusOf(exit: Exit): number {
  return exit.signal === null ? (exit.code ?? 1) : 128 + constants.signals[exit.signal]
}
