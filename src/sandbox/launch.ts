import { OosError } from '../shared/errors.ts'
import { type Foreground, foregroundWords } from './foreground.ts'
import { prlimitWords } from './limits.ts'
import { stageWords } from './network/stage.ts'
import type { OutputSink } from './output.ts'
import type { MachineFacts, SandboxPlan } from './types.ts'

/** A plan and its bubblewrap line: `argv` is bubblewrap, its options, `--` and the plan's command. */
export interface Launch extends Line {
  readonly plan: Pick<SandboxPlan, 'command' | 'limits' | 'network' | 'interactive'>
}

/** A program to be started: its descriptors above 2 are given by their bytes (the seccomp program, small files). */
export interface Line {
  readonly argv: readonly string[]
  readonly files: readonly { readonly fd: number; readonly bytes: Uint8Array }[]
}

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

export interface ComposedLaunch extends Line {
  /** Where bubblewrap tells the id of its first process and the command's exit code. */
  readonly statusFd: number
  /** The descriptor whose bytes are held back until the run may begin. */
  readonly gateFd: number | undefined
}

/** All that is spawned: bubblewrap with status and limits, and the network stage around it. `foreground`: at a terminal. */
export function composeLaunch(launch: Launch, options: RunOptions, foreground?: Foreground): ComposedLaunch {
  const { bubblewrap, words, command } = splitLine(launch)
  const statusFd = Math.max(2, ...launch.files.map((file) => file.fd)) + 1
  const session = foreground === undefined ? ['--new-session'] : []
  const own = ['--json-status-fd', `${statusFd}`, '--die-with-parent', ...session]
  const limits = prlimitWords(launch.plan.limits, options.machine.prlimit)
  const start = foreground === undefined ? [] : foregroundWords(foreground)
  const argv = [bubblewrap, ...own, ...words, '--', ...limits, ...start, ...command]
  const line: Line = { argv, files: launch.files }
  const whole =
    launch.plan.network.mode === 'none'
      ? line
      : throughStage({ line, bubblewrap, statusFd }, options.proxySocket)
  return { ...whole, statusFd, gateFd: gateOf(words) }
}

function splitLine({ argv, plan }: Launch) {
  const end = argv.length - plan.command.length - 1
  const [bubblewrap, ...words] = argv.slice(0, end)
  if (bubblewrap === undefined || plan.command.length === 0 || argv[end] !== '--') {
    throw new OosError('sandbox-failed', 'the sandbox line does not end with `--` and its command')
  }
  return { bubblewrap, words, command: plan.command }
}

interface Inner {
  readonly line: Line
  readonly bubblewrap: string
  readonly statusFd: number
}

/** An outer bubblewrap that owns an empty network namespace, and in it the forwarder, which starts the inner one. */
function throughStage({ line, bubblewrap, statusFd }: Inner, socket: string | undefined): Line {
  if (socket === undefined) throw new OosError('sandbox-failed', 'this run has a network, but no proxy')
  const jail = ['--unshare-user', '--unshare-net', '--die-with-parent', '--dev-bind', '/', '/', '--']
  const stage = stageWords(socket, [...line.files.map((file) => file.fd), statusFd])
  return { argv: [bubblewrap, ...jail, ...stage, ...line.argv], files: line.files }
}

/**
 * bubblewrap reads its seccomp program after it has bound its life to ours, and dies if it finds nothing there. So those
 * bytes are sent last: whoever kills us before leaves nothing behind, and nothing runs before its limits stand.
 */
function gateOf(words: readonly string[]): number | undefined {
  const at = words.indexOf('--seccomp')
  return at === -1 ? undefined : Number(words[at + 1])
}
