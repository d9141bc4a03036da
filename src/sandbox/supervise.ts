import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { OosError } from '../shared/errors.ts'
import { createGroup, type RunGroup } from './cgroup.ts'
import { describeEnd, type Exit, type SandboxEnd, statusOf } from './end.ts'
import { type Foreground, followStops } from './foreground.ts'
import type { ComposedLaunch, Launch, RunOptions } from './launch.ts'
import { limitHeld } from './limits.ts'
import { type OutputCount, ownOutput, passOutput } from './output.ts'
import { type ProcessFacts, readProcess } from './processes.ts'
import { readStatus } from './status.ts'
import { type Stopper, untilGone } from './stop.ts'
import { afterMs } from './timer.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

export interface Supervised {
  readonly launch: Launch
  readonly options: RunOptions
  readonly composed: ComposedLaunch
  readonly child: ChildProcess
  readonly stopper: Stopper
  readonly startedAt: number
  readonly foreground: Foreground | undefined
}

/** From the spawn until nothing is left inside: lets the command begin once its limits stand, holds them, and tells the end. */
export async function supervise(run: Supervised): Promise<SandboxEnd> {
  const { launch, composed, child, stopper } = run
  const exited = exitOf(child)
  const output = countOutput(run)
  const timeout = limitHeld(launch.plan.limits, 'timeout', 'timer')
  const callOff = timeout === undefined ? () => {} : afterMs(timeout, () => stopper.ask('timeout', 'SIGTERM'))
  const watch = createWatch(run)
  try {
    send(child, composed, (fd) => fd !== composed.gateFd)
    const told = await readStatus(child.stdio[composed.statusFd] as Readable, watch.begin)
    const exit = await exited
    await watch.over()
    await output?.drained
    return tellEnd(run, { exit, told: told.exitCode, watch, output })
  } catch (error) {
    // Also when a limit could not be set up: the command has not begun, and does not.
    stopper.kill('stopped')
    throw await exited.then(
      () => error,
      (missing) => missing,
    )
  } finally {
    callOff()
    watch.stop()
    stopper.clear()
  }
}

interface Watch {
  readonly begin: (first: number) => void
  readonly over: () => Promise<void>
  readonly stop: () => void
  readonly seen: () => { readonly group: RunGroup | undefined; readonly watchdog: Watchdog | undefined }
}

/** What looks after the tree from bubblewrap's first word on. */
function createWatch({ launch, options, composed, child, stopper, foreground }: Supervised): Watch {
  const { limits } = launch.plan
  let first: ProcessFacts | undefined
  let group: RunGroup | undefined
  let watchdog: Watchdog | undefined
  let unfollow = () => {}
  return {
    begin: (pid) => {
      first = readProcess(pid)
      stopper.began(pid)
      group = createGroup(options.machine.cgroup, limits)
      if (group !== undefined && composed.gateFd === undefined) throw ungated()
      group?.add(pid)
      watchdog = startWatchdog(pid, { limits, group, folder: options.folder ?? '/', exceeded: stopper.kill })
      if (foreground !== undefined) unfollow = followStops(pid, foreground)
      send(child, composed, (fd) => fd === composed.gateFd)
    },
    over: async () => {
      if (first !== undefined) await untilGone(first)
    },
    stop: () => {
      unfollow()
      watchdog?.stop()
      group?.remove()
    },
    seen: () => ({ group, watchdog }),
  }
}

function send(child: ChildProcess, { files }: ComposedLaunch, which: (fd: number) => boolean): void {
  for (const { fd, bytes } of files.filter((file) => which(file.fd))) {
    const pipe = child.stdio[fd] as Writable
    // bubblewrap may have ended before it read them; its exit tells.
    pipe.on('error', () => undefined).end(bytes)
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', (cause) => reject(missingProgram(child.spawnfile, cause)))
  })
  exited.catch(() => undefined)
  return exited
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

interface Told {
  readonly exit: Exit
  /** The command's exit code, if it has begun. */
  readonly told: number | undefined
  readonly watch: Watch
  readonly output: OutputCount | undefined
}

function tellEnd(
  { launch, stopper, startedAt }: Supervised,
  { exit, told, watch, output }: Told,
): SandboxEnd {
  const { group, watchdog } = watch.seen()
  const overrun = group?.exceeded()
  const cause = stopper.cause() ?? (overrun === undefined ? undefined : { by: overrun })
  if (told === undefined && cause === undefined && exit.signal === null) throw failedSetUp()
  const peaks = watchdog?.peaks()
  const peakMemory = group?.peakMemory() ?? peaks?.peakMemory
  return {
    ...describeEnd({ status: told ?? statusOf(exit), cause, limits: launch.plan.limits }),
    wallMs: performance.now() - startedAt,
    ...peaks,
    ...(peakMemory === undefined ? {} : { peakMemory }),
    ...(output === undefined ? {} : { outputBytes: output.bytes() }),
  }
}

const missingProgram = (program: string, cause: Error) =>
  new OosError('sandbox-missing', `\`${program}\` could not be started`, { hint: 'oos doctor', cause })

const failedSetUp = () =>
  new OosError('sandbox-failed', 'bubblewrap could not set the sandbox up', { hint: 'oos doctor' })

const ungated = () =>
  new OosError(
    'sandbox-failed',
    'a cgroup needs the system call filter, which holds the command back until it is counted',
  )
