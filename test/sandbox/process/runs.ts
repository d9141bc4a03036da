import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { SandboxEnd } from '../../../src/sandbox/process/end.ts'
import type { Trace } from '../../../src/sandbox/trace/collect.ts'
import type { Job } from './runner.ts'

export const runner = fileURLToPath(new URL('runner.ts', import.meta.url))

export interface Finished {
  /** `timers`: how many keep oos from ending. */
  readonly end: SandboxEnd & { readonly message?: string; readonly timers?: number }
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** What a traced run was seen to use. */
  readonly trace: Trace
}

/** Starts an oos of its own, which starts the sandbox: as another user, with descriptors of its own, to be killed. */
export function startRun(
  job: Job,
  options: SpawnOptions = {},
): { child: ChildProcess; finished: Promise<Finished> } {
  const stdio = ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'] as const
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', runner, JSON.stringify(job)],
    {
      stdio: [...stdio],
      cwd: '/',
      ...options,
    },
  )
  const streams = [child.stdout, child.stderr, child.stdio[3], child.stdio[4]].map((stream) =>
    stream === null ? '' : text(stream as Readable),
  )
  const exited = new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('exit', (code, signal) => resolve([code, signal])),
  )
  const finished = Promise.all([exited, ...streams]).then(
    ([[code, signal], stdout = '', stderr = '', end = '', trace = '']) => ({
      end: end === '' ? { message: 'no end was told' } : JSON.parse(end),
      ...{ code, signal, stdout, stderr },
      trace: trace === '' ? { touches: [], lost: 0, complete: false } : JSON.parse(trace),
    }),
  )
  return { child, finished }
}

/** Who runs oos: root, where the tests are root, and an ordinary user always. */
export const users =
  process.getuid?.() === 0
    ? [
        { user: 'root', as: {} },
        { user: 'an ordinary user', as: { uid: 65_534, gid: 65_534 } },
      ]
    : [{ user: 'an ordinary user', as: {} }]
