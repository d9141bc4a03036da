import { OosError } from '../shared/errors.ts'
import { prlimitWords } from './limits.ts'
import { stageEnv, stageWords } from './network/stage.ts'
import type { MachineFacts, SandboxPlan } from './types.ts'

/** A plan and its bubblewrap line: `argv` is bubblewrap, its options, `--` and the plan's command. */
export interface Launch extends Line {
  readonly plan: Pick<SandboxPlan, 'command' | 'limits' | 'network' | 'interactive'>
}

/** A program to be started: its descriptors above 2 are given by their bytes (the seccomp program, small files). */
export interface Line {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly files: readonly { readonly fd: number; readonly bytes: Uint8Array }[]
}

export interface LaunchContext {
  readonly machine: Pick<MachineFacts, 'prlimit'>
  /** The proxy's Unix socket, where the plan has a network. */
  readonly proxySocket?: string | undefined
  /** GNU `env`, for a command at a terminal. */
  readonly envProgram?: string | undefined
}

export interface ComposedLaunch extends Line {
  /** Where bubblewrap tells the id of its first process and the command's exit code. */
  readonly statusFd: number
  /** The descriptor whose bytes are held back until the run may begin. */
  readonly gateFd: number | undefined
}

/** All that is spawned: bubblewrap with status and limits, and the network stage around it. Pure. */
export function composeLaunch(launch: Launch, context: LaunchContext): ComposedLaunch {
  const { bubblewrap, options, command } = splitLine(launch)
  const statusFd = Math.max(2, ...launch.files.map((file) => file.fd)) + 1
  const env = context.envProgram
  const limited = [...prlimitWords(launch.plan.limits, context.machine.prlimit), ...heedKeys(env), ...command]
  const argv = [
    ...ignoreKeys(env),
    bubblewrap,
    '--json-status-fd',
    `${statusFd}`,
    ...options,
    '--',
    ...limited,
  ]
  const inner: Line = { argv, env: launch.env, files: launch.files }
  return {
    ...withNetwork(inner, bubblewrap, { plan: launch.plan, context }),
    statusFd,
    gateFd: gateOf(options),
  }
}

function splitLine({ argv, plan }: Launch) {
  const end = argv.length - plan.command.length - 1
  const [bubblewrap, ...options] = argv.slice(0, end)
  if (bubblewrap === undefined || plan.command.length === 0 || argv[end] !== '--') {
    throw new OosError('sandbox-failed', 'the sandbox line does not end with `--` and its command')
  }
  return { bubblewrap, options, command: plan.command }
}

function withNetwork(inner: Line, bubblewrap: string, { plan, context }: WithContext): Line {
  if (plan.network.mode === 'none') return inner
  const socket = context.proxySocket
  if (socket === undefined) throw new OosError('sandbox-failed', 'this run has a network, but no proxy')
  const jail = [
    bubblewrap,
    '--unshare-user',
    '--unshare-net',
    '--die-with-parent',
    '--dev-bind',
    '/',
    '/',
    '--',
  ]
  const argv = [...ignoreKeys(context.envProgram), ...jail, ...stageWords(socket), ...inner.argv]
  return { argv, env: stageEnv(inner.env), files: inner.files }
}

interface WithContext {
  readonly plan: Launch['plan']
  readonly context: LaunchContext
}

/**
 * bubblewrap reads its seccomp program after it has bound its life to ours, and dies if it finds nothing there. So those
 * bytes are sent last: whoever kills us before leaves nothing behind, and nothing runs before its limits stand.
 */
function gateOf(options: readonly string[]): number | undefined {
  const at = options.indexOf('--seccomp')
  return at === -1 ? undefined : Number(options[at + 1])
}

// Ctrl-C goes to every process of the terminal's foreground group: bubblewrap must outlive it, the command must not.
const keys = 'INT,QUIT'
const ignoreKeys = (env: string | undefined) => (env === undefined ? [] : [env, `--ignore-signal=${keys}`])
const heedKeys = (env: string | undefined) =>
  env === undefined ? [] : [env, `--default-signal=${keys}`, '--']
