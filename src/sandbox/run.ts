import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { OosError } from '../shared/errors.ts'
import { limitHeld } from './limits.ts'
import { forwarderFd } from './network/stage.ts'
import { createGroup } from './process/cgroup.ts'
import { closeInherited } from './process/descriptors.ts'
import type { SandboxEnd } from './process/end.ts'
import { findForeground, hasTerminal } from './process/foreground.ts'
import { gateFd } from './process/gate.ts'
import { composeLaunch, type Launch, type Line, type RunOptions } from './process/launch.ts'
import { findWays, type Ways } from './process/standard.ts'
import { createStopper } from './process/stop.ts'
import { openStreams, type Streams } from './process/streams.ts'
import { missingProgram, supervise } from './process/supervise.ts'
import { keepAccess, keepTerminal } from './process/terminal.ts'

export interface RunningSandbox {
  readonly pid: number | undefined
  /** When nothing is left inside. Rejects with `sandbox-missing` or `sandbox-failed` if the command never started. */
  readonly ended: Promise<SandboxEnd>
  /** Asks everything inside to end, and after two seconds does not ask. A second call does not wait. */
  readonly stop: (by: 'interrupted' | 'stopped', signal?: NodeJS.Signals) => void
}

const graceMs = 2000

/** Starts a confined process. The one place from which anything of an agent is ever spawned; never through a shell. */
export function runSandbox(launch: Launch, options: RunOptions): RunningSandbox {
  const startedAt = process.hrtime.bigint()
  const { interactive } = launch.plan
  const foreground = interactive ? findForeground() : undefined
  const group = createGroup(options.machine.cgroup, launch.plan.limits)
  const ways = waysOf(launch, options)
  const line = composeLaunch(launch, options, { foreground, joinWords: group?.joinWords, ways })
  const terminal = interactive ? keepTerminal(foreground) : undefined
  const giveAccessBack = keepAccess()
  closeInherited()
  const streams = openStreams(ways, options.machine)
  const undo = () => {
    streams.handed()
    group?.remove()
  }
  const child = spawnLine(line, launch, { streams, undo })
  const { outputs, feed } = streams.handed(child)
  const stopper = createStopper(child, graceMs)
  const ended = supervise({
    launch,
    options,
    child,
    outputs,
    feed,
    stopper,
    startedAt,
    foreground,
    group,
  }).finally(async () => {
    try {
      giveAccessBack()
    } finally {
      await terminal?.restore()
    }
  })
  return { pid: child.pid, ended, stop: (by, signal = 'SIGTERM') => stopper.ask(by, signal) }
}

function waysOf({ plan }: Launch, { stdin = 'inherit', sink, merged = false }: RunOptions): Ways {
  const through = sink !== undefined || limitHeld(plan.limits, 'output', 'pipe') !== undefined
  return findWays({ stdin, through, merged })
}

/**
 * bubblewrap must be our direct child, spawned from the main thread: its life ends with the thread that started it. Where
 * there is a terminal but the command is not at it, it gets a session of its own, so that Ctrl-C reaches oos alone, which
 * then ends the run in order. Only there: a new session costs some 3 ms.
 */
function spawnLine(
  { argv, files }: Line,
  launch: Launch,
  { streams, undo }: { streams: Streams; undo: () => void },
): ChildProcess {
  const [program, ...words] = argv
  if (program === undefined) throw new OosError('sandbox-failed', 'the sandbox line is empty')
  const hasNetwork = launch.plan.network.mode !== 'none'
  const fds = [gateFd, ...(hasNetwork ? [forwarderFd] : []), ...files.map((file) => file.fd)]
  const stdio: StdioOptions = Array.from({ length: Math.max(...fds) + 1 }, () => 'ignore' as const)
  stdio.splice(0, 3, ...streams.stdio)
  for (const fd of fds) stdio[fd] = 'pipe'
  try {
    const child = spawn(program, words, {
      stdio,
      // Empty: everyone inside can read it in `/proc/1/environ`, and an `LD_PRELOAD` would work on bubblewrap itself.
      env: {},
      cwd: '/',
      detached: !launch.plan.interactive && hasTerminal(),
    })
    return withStreams(child)
  } catch (error) {
    undo()
    throw missingProgram(program, error)
  }
}

/** Where no descriptor is left Node makes a child without streams, whose error comes when nobody waits for it yet. */
function withStreams(child: ChildProcess): ChildProcess {
  if ((child.stdio as unknown) !== undefined) return child
  child.once('error', () => undefined)
  throw Object.assign(new Error('no descriptor is left'), { code: 'EMFILE' })
}
