import type { ChildProcess } from 'node:child_process'
import type { Duplex, Writable } from 'node:stream'
import { OosError } from '../../shared/errors.ts'
import { limitFailure } from '../../shared/limit-failure.ts'
import { limitHeld } from '../limits.ts'
import { untilForwarded } from '../network/forwarded.ts'
import { forwarderFd } from '../network/stage.ts'
import { afterMs } from '../timer.ts'
import type { RunGroup } from './cgroup.ts'
import { describeEnd, type Exit, type SandboxEnd, statusOf } from './end.ts'
import { type Foreground, followStops } from './foreground.ts'
import { gateFd, waitAtGate } from './gate.ts'
import { requireLanded } from './landed.ts'
import type { Launch, RunOptions } from './launch.ts'
import { type OutputCount, ownOutput, passOutput } from './output.ts'
import type { ProcessFacts } from './processes.ts'
import { type Stopper, untilGone } from './stop.ts'
import type { Handed } from './streams.ts'
import { startWatchdog, type Watchdog } from './watchdog.ts'

export interface Supervised extends Handed {
  readonly launch: Launch
  readonly options: RunOptions
  readonly child: ChildProcess
  readonly stopper: Stopper
  /** ns; not of `performance`, which takes a ms to load. */
  readonly startedAt: bigint
  readonly foreground: Foreground | undefined
  readonly group: RunGroup | undefined
}

/** From the spawn until nothing is left inside: lets the command begin once its limits stand, holds them, and tells the end. */
export async function supervise(run: Supervised): Promise<SandboxEnd> {
  const { launch, options, child, stopper, feed } = run
  const exited = exitOf(child)
  const output = countOutput(run)
  const gate = child.stdio[gateFd] as Duplex
  const forwarded = wayOut(run)
  const timeout = limitHeld(launch.plan.limits, 'timeout', 'timer')
  const callOff = timeout === undefined ? () => {} : afterMs(timeout, () => stopper.ask('timeout', 'SIGTERM'))
  const watch = createWatch(run)
  let first: ProcessFacts | undefined
  try {
    sendFiles(child, launch.files)
    const arrival = waitAtGate(gate, child.pid ?? 0)
    first = await Promise.race([arrival, exited.then(() => undefined)])
    if (first !== undefined) {
      requireLanded(launch.plan.mounts, first.pid)
      watch.begin(first.pid)
      if (stopper.cause() === undefined) {
        options.tracer?.begin(child.pid ?? 0, first.pid)
        await options.mayBegin
        await Promise.race([forwarded, exited])
      }
    }
    gate.end(first === undefined || stopper.cause() !== undefined ? '' : 'go\n')
    const exit = await Promise.race([
      exited,
      ...(options.tracer === undefined ? [] : [options.tracer.broken]),
    ])
    await (first === undefined ? orTired(arrival) : untilGone(first))
    await output.settle()
    return tellEnd(run, { exit, first, watch, output })
  } catch (error) {
    // Also when a limit could not be set up: the command has not begun, and does not.
    gate.destroy()
    stopper.kill('stopped')
    await exited.catch(() => undefined)
    if (first !== undefined) await untilGone(first)
    await output.settle()
    throw error
  } finally {
    // The forwarder ends with its own. What is left of a bubblewrap that was killed would hold them open, and oos with them.
    for (const stream of child.stdio) stream?.destroy()
    await feed?.stop()
    callOff()
    watch.stop()
    stopper.clear()
  }
}

/**
 * Killed by somebody else, bubblewrap leaves a half that is still at work until it hears of that, and makes mount points:
 * it has the gate, too. One that waits for the other half does so for ever.
 */
async function orTired(arrival: Promise<unknown>): Promise<void> {
  const tired = Promise.withResolvers<void>()
  const callOff = afterMs(patienceMs, tired.resolve)
  await Promise.race([arrival, tired.promise])
  callOff()
}

const patienceMs = 1000

/** When there is what the command's connections go through, if it has a network. */
function wayOut({ launch, child }: Supervised): Promise<void> {
  if (launch.plan.network.mode === 'none') return Promise.resolve()
  const forwarded = untilForwarded(child.stdio[forwarderFd] as Duplex)
  // What fails before anyone waits for it is told to whoever waits later.
  forwarded.catch(() => undefined)
  return forwarded
}

interface Watch {
  readonly begin: (first: number) => void
  readonly stop: () => void
  readonly watchdog: () => Watchdog | undefined
}

/** What looks after the tree from before the command begins. */
function createWatch({ launch, options, stopper, foreground, group }: Supervised): Watch {
  const { limits, mounts } = launch.plan
  let watchdog: Watchdog | undefined
  let unfollow = () => {}
  return {
    begin: (first) => {
      stopper.began(first)
      watchdog = startWatchdog(first, {
        limits,
        group,
        folder: options.folder ?? '/',
        private: mounts.filter(({ kind }) => kind === 'tmpfs').map(({ path }) => path),
        exceeded: stopper.kill,
      })
      if (foreground !== undefined) unfollow = followStops(first, foreground)
    },
    stop: () => {
      unfollow()
      watchdog?.stop()
      group?.remove()
    },
    watchdog: () => watchdog,
  }
}

function sendFiles(child: ChildProcess, files: Launch['files']): void {
  for (const { fd, bytes } of files) {
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

function countOutput({ launch, options, outputs, stopper }: Supervised): OutputCount {
  const limit = limitHeld(launch.plan.limits, 'output', 'pipe') ?? Number.POSITIVE_INFINITY
  const { sink = ownOutput, seen } = options
  return passOutput(outputs, { sink, seen, limit, exceeded: () => stopper.kill('output') })
}

interface Told {
  readonly exit: Exit
  /** The namespace's first process, if the command has begun. */
  readonly first: ProcessFacts | undefined
  readonly watch: Watch
  readonly output: OutputCount
}

function tellEnd(
  { launch, outputs, stopper, startedAt, group }: Supervised,
  { exit, first, watch, output }: Told,
): SandboxEnd {
  const watchdog = watch.watchdog()
  const overrun = group?.exceeded()
  const cause = stopper.cause() ?? (overrun === undefined ? undefined : { by: overrun })
  if (first === undefined && cause === undefined && exit.signal === null) throw failedSetUp()
  const peaks = watchdog?.peaks()
  const peakMemory = group?.peakMemory() ?? peaks?.peakMemory
  const outputLost = output.lost()
  const end = describeEnd({ status: statusOf(exit), cause, limits: launch.plan.limits })
  return {
    ...end,
    ...(outputLost === undefined ? {} : { outputLost, exitCode: end.exitCode || 1 }),
    wallMs: Number(process.hrtime.bigint() - startedAt) / 1e6,
    ...peaks,
    ...(peakMemory === undefined ? {} : { peakMemory }),
    ...(isWhole(outputs) ? { outputBytes: output.bytes() } : {}),
  }
}

/** Of half of what it printed a count would say little. */
const isWhole = ({ stdout, stderr }: Handed['outputs']) => stdout !== undefined && stderr !== undefined

export function missingProgram(program: string, cause: unknown): OosError {
  const limit = limitFailure(cause)
  const why = limit === undefined ? '' : `: ${limit.why}`
  return new OosError('sandbox-missing', `\`${program}\` could not be started${why}`, {
    hint: limit?.hint ?? 'oos doctor',
    cause,
  })
}

const failedSetUp = () =>
  new OosError('sandbox-failed', 'bubblewrap could not set the sandbox up', { hint: 'oos doctor' })
