import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { OosError } from '../shared/errors.ts'
import { createGroup } from './cgroup.ts'
import { closeInherited } from './descriptors.ts'
import { describeEnd, type SandboxEnd, statusOf } from './end.ts'
import { type ComposedLaunch, composeLaunch, type Launch } from './launch.ts'
import { limitHeld } from './limits.ts'
import { type OutputCount, type OutputSink, ownOutput, passOutput } from './output.ts'
import { type ProcessFacts, readProcess } from './processes.ts'
import { readStatus } from './status.ts'
import { createStopper, type Stopper, untilGone } from './stop.ts'
import { keepTerminal, signalEnv } from './terminal.ts'
import { afterMs } from './timer.ts'
import type { MachineFacts } from './types.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

export interface RunOptions {
  readonly machine: Pick<MachineFacts, 'prlimit' | 'cgroup'>
  /** Default `inherit`. */
  readonly stdin?: 'inherit' | 'ignore'
  /** Takes what the command prints; without it the command writes straight to oos's own standard streams. */
  readonly sink?: OutputSink
  /** The proxy's Unix socket; needed where the plan has a network. */
  readonly proxySocket?: string
  /** Whose disk the `disk` limit looks at. */
  readonly folder?: string
}

export interface RunningSandbox {
  readonly pid: number | undefined
  /** Rejects with `sandbox-missing` or `sandbox-failed` if the command never started. */
  readonly ended: Promise<SandboxEnd>
  /** Asks everything inside to end, and after two seconds does not ask. A second call does not wait. */
  readonly stop: (by: 'interrupted' | 'stopped', signal?: NodeJS.Signals) => void
}

const graceMs = 2000

/** Starts a confined process. The one place from which anything of an agent is ever spawned; never through a shell. */
export function runSandbox(launch: Launch, options: RunOptions): RunningSandbox {
  const startedAt = performance.now()
  const { interactive } = launch.plan
  const composed = composeLaunch(launch, { ...options, envProgram: interactive ? signalEnv() : undefined })
  const terminal = interactive ? keepTerminal() : undefined
  closeInherited()
  const child = spawnLine(composed, launch, options)
  const stopper = createStopper(child, graceMs)
  const ended = supervise({ launch, options, composed, child, stopper })
    .then((end) => ({ ...end, wallMs: performance.now() - startedAt }))
    .finally(() => terminal?.restore())
  return { pid: child.pid, ended, stop: (by, signal = 'SIGTERM') => stopper.ask(by, signal) }
}

/**
 * bubblewrap must be our direct child, spawned from the main thread: its life ends with the thread that started it. Away
 * from a terminal it gets a session of its own, so that Ctrl-C reaches oos alone, which then ends the run in order.
 */
function spawnLine(composed: ComposedLaunch, { plan }: Launch, options: RunOptions): ChildProcess {
  const { argv, env, files } = composed
  const [program, ...words] = argv
  if (program === undefined) throw new OosError('failed', 'the sandbox line is empty')
  const output = isPiped(plan.limits, options) ? 'pipe' : 'inherit'
  const stdio: StdioOptions = Array.from({ length: composed.statusFd + 1 }, () => 'ignore' as const)
  stdio.splice(0, 3, options.stdin ?? 'inherit', output, output)
  for (const fd of [composed.statusFd, ...files.map((file) => file.fd)]) stdio[fd] = 'pipe'
  return spawn(program, words, { stdio, env: { ...env }, cwd: '/', detached: !plan.interactive })
}

const isPiped = (limits: Launch['plan']['limits'], { sink }: RunOptions) =>
  sink !== undefined || limitHeld(limits, 'output', 'pipe') !== undefined

interface Supervised {
  readonly launch: Launch
  readonly options: RunOptions
  readonly composed: ComposedLaunch
  readonly child: ChildProcess
  readonly stopper: Stopper
}

async function supervise(run: Supervised): Promise<SandboxEnd> {
  const { launch, options, composed, child, stopper } = run
  const { limits } = launch.plan
  const exited = exitOf(child)
  const group = createGroup(options.machine.cgroup, limits)
  const output = countOutput(run)
  let first: ProcessFacts | undefined
  let watchdog: Watchdog | undefined
  const begin = (pid: number) => {
    first = readProcess(pid)
    stopper.began(pid)
    group?.add(pid)
    const folder = options.folder ?? '/'
    watchdog = startWatchdog(pid, { limits, group, folder, exceeded: stopper.kill })
    sendFiles(
      child,
      composed.files.filter((file) => file.fd === composed.gateFd),
    )
  }
  sendFiles(
    child,
    composed.files.filter((file) => file.fd !== composed.gateFd),
  )
  const timeout = limitHeld(limits, 'timeout', 'timer')
  const callOff = timeout === undefined ? () => {} : afterMs(timeout, () => stopper.ask('timeout', 'SIGTERM'))
  try {
    const status = child.stdio[composed.statusFd] as Readable
    const [exit, { exitCode }] = await Promise.all([exited, readStatus(status, begin)])
    if (first !== undefined) await untilGone(first)
    await output?.drained
    const overrun = group?.exceeded()
    const cause = stopper.cause() ?? (overrun === undefined ? undefined : { by: overrun })
    if (exitCode === undefined && cause === undefined && exit.signal === null) throw failedSetUp()
    const peaks = watchdog?.peaks()
    const peakMemory = group?.peakMemory() ?? peaks?.peakMemory
    return {
      ...describeEnd({ status: exitCode ?? statusOf(exit), cause, limits }),
      wallMs: 0,
      ...(peaks ?? {}),
      ...(peakMemory === undefined ? {} : { peakMemory }),
      ...(output === undefined ? {} : { outputBytes: output.bytes() }),
    }
  } finally {
    callOff()
    watchdog?.stop()
    stopper.clear()
    group?.remove()
  }
}

interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', (cause) => reject(missingProgram(child.spawnfile, cause)))
  })
}

function countOutput({ launch, options, child, stopper }: Supervised): OutputCount | undefined {
  const { stdout, stderr } = child
  if (stdout === null || stderr === null) return undefined
  const limit = limitHeld(launch.plan.limits, 'output', 'pipe') ?? Number.POSITIVE_INFINITY
  return passOutput(
    { stdout, stderr },
    { sink: options.sink ?? ownOutput, limit, exceeded: () => stopper.kill('output') },
  )
}

function sendFiles(child: ChildProcess, files: Launch['files']): void {
  for (const { fd, bytes } of files) {
    const pipe = child.stdio[fd] as Writable
    // bubblewrap may have ended before it read them; its exit tells.
    pipe.on('error', () => undefined).end(bytes)
  }
}

const missingProgram = (program: string, cause: Error) =>
  new OosError('sandbox-missing', `\`${program}\` could not be started`, { hint: 'type `oos doctor`', cause })

const failedSetUp = () =>
  new OosError('sandbox-failed', 'bubblewrap could not set the sandbox up', { hint: 'type `oos doctor`' })
