import type { ChildProcess } from 'node:child_process'
import { afterMs } from '../timer.ts'
import type { Cause, EndedBy } from './end.ts'
import { type ProcessFacts, readProcess, readProcessTree } from './processes.ts'

export interface Stopper {
  /** Why oos ended the run; the first cause counts. */
  readonly cause: () => Cause | undefined
  /** The namespace's first process is there. */
  readonly began: (first: number) => void
  /** Asks everything inside to end, and after a while does not ask. Asked again, it does not wait. */
  readonly ask: (by: EndedBy, signal: NodeJS.Signals) => void
  readonly kill: (by: EndedBy) => void
  /** The run is over. */
  readonly clear: () => void
}

/**
 * Before the namespace's first process is there, a kill waits for it, also when it is asked for again: bubblewrap's first
 * process is bound to nobody yet, and killed by halves, it would wait for the other half forever.
 */
export function createStopper(child: ChildProcess, graceMs: number): Stopper {
  let cause: Cause | undefined
  let first: number | undefined
  let callOff = () => {}
  const kill = (by: EndedBy) => {
    const isAgain = cause !== undefined
    cause ??= { by }
    if (hasEnded(child)) return
    if (first === undefined) {
      if (!isAgain) callOff = afterMs(graceMs, () => killHalves(child))
      return
    }
    // The kernel kills a pid namespace with its first process: daemons, new sessions, and what ignores TERM.
    signalQuietly(first, 'SIGKILL')
    child.kill('SIGKILL')
  }
  return {
    cause: () => cause,
    began: (pid) => {
      first = pid
    },
    ask: (by, signal) => {
      if (cause !== undefined || first === undefined) return kill(by)
      cause = { by, signal }
      signalInside(first, signal)
      callOff = afterMs(graceMs, () => kill(by))
    },
    kill,
    clear: () => {
      first = undefined
      callOff()
    },
  }
}

/** Its pid may be another's by then. */
const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

/** What has come up of a sandbox that never gets ready. */
function killHalves(child: ChildProcess): void {
  const { pid } = child
  if (pid !== undefined && !hasEnded(child))
    for (const half of readProcessTree(pid)) signalQuietly(half.pid, 'SIGKILL')
}

/** The namespace's first process is bubblewrap's, which has a handler for none of these: the kernel keeps them from it. */
function signalInside(first: number, signal: NodeJS.Signals): void {
  for (const { pid } of readProcessTree(first)) signalQuietly(pid, signal)
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself.
  }
}

/**
 * bubblewrap reports the command's end before the kernel has taken down the rest. What is done after a run (removing
 * mount points, looking at changed files) must not race with a daemon that is still being killed.
 */
export async function untilGone(first: ProcessFacts): Promise<void> {
  // Mostly a tenth of a ms: shorter than any timer.
  for (let looks = 1; isAlive(first); looks += 1) {
    await new Promise((resolve) => (looks < 5 ? setImmediate(resolve) : setTimeout(resolve, 1)))
  }
}

/** As a zombie it is over: the kernel lets a first process become one only when its namespace is empty. */
function isAlive({ pid, started }: ProcessFacts): boolean {
  const now = readProcess(pid)
  return now !== undefined && now.started === started && now.state !== 'Z'
}
