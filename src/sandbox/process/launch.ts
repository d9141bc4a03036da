import { OosError } from '../../shared/errors.ts'
import { prlimitWords } from '../limits.ts'
import { stageWords } from '../network/stage.ts'
import type { Tracer } from '../trace/tracer.ts'
import type { MachineFacts, SandboxPlan } from '../types.ts'
import { type Foreground, foregroundWords } from './foreground.ts'
import { gateWords } from './gate.ts'
import type { OutputName, OutputSink } from './output.ts'
import type { Ways } from './standard.ts'

/** A plan and its bubblewrap line: `argv` is bubblewrap, its options, `--` and the plan's command. */
export interface Launch extends Line {
  readonly plan: Pick<SandboxPlan, 'command' | 'mounts' | 'limits' | 'network' | 'interactive'>
}

/** A program to be started: its descriptors above 2 are given by their bytes (the seccomp program, small files). */
export interface Line {
  readonly argv: readonly string[]
  readonly files: readonly { readonly fd: number; readonly bytes: Uint8Array }[]
}

export interface RunOptions {
  readonly machine: Pick<MachineFacts, 'prlimit' | 'cgroup' | 'devices'>
  /** Default `inherit`. */
  readonly stdin?: 'inherit' | 'ignore'
  /** Takes what the command prints; without it that goes to oos's own standard streams, straight where they are no files. */
  readonly sink?: OutputSink
  /** stderr takes stdout's way to the sink. */
  readonly merged?: boolean
  /** Sees what goes through oos, whatever takes it. */
  readonly seen?: (name: OutputName, chunk: Buffer) => void
  /** The proxy's Unix socket; needed where the plan has a network. */
  readonly proxySocket?: string
  /** The command does not begin before this; if it rejects, never. */
  readonly mayBegin?: Promise<void>
  /** Whose disk the `disk` limit looks at. */
  readonly folder?: string
  /** Sees which files the command uses. */
  readonly tracer?: Pick<Tracer, 'words' | 'begin' | 'broken'>
}

export interface Surroundings {
  /** The run's terminal, if it has one. */
  readonly foreground?: Foreground | undefined
  /** Puts bubblewrap into the run's control group. */
  readonly joinWords?: readonly string[] | undefined
  readonly ways?: Ways
}

/** All that is spawned: bubblewrap with gate and limits, and the network stage around it. Pure. */
export function composeLaunch(
  launch: Launch,
  options: RunOptions,
  { foreground, joinWords = [], ways }: Surroundings = {},
): Line {
  const { bubblewrap, words, command } = splitLine(launch)
  const own = ['--die-with-parent', ...(foreground === undefined ? ['--new-session'] : [])]
  const limits = prlimitWords(launch.plan.limits, options.machine.prlimit)
  const start = foreground === undefined ? [] : foregroundWords(foreground)
  const argv = [
    // Outside of the run's control group, which counts the run alone.
    ...(options.tracer?.words ?? []),
    ...joinWords,
    ...(launch.plan.network.mode === 'none' ? [] : childWords),
    bubblewrap,
    ...own,
    ...words,
    '--',
    ...gateWords(ways),
    ...limits,
    ...start,
    ...command,
  ]
  const line: Line = { argv, files: launch.files }
  return launch.plan.network.mode === 'none' ? line : throughStage(line, bubblewrap, options.proxySocket)
}

/**
 * The outer bubblewrap's own child dies with it from its first moment on, and so would the inner one, killed by halves: the
 * one that waits for the other would do so for ever. As a child of that child it binds itself when neither has to wait.
 */
const childWords = ['/bin/sh', '-c', '"$@"; exit $?', 'sh']

function splitLine({ argv, plan }: Launch) {
  const end = argv.length - plan.command.length - 1
  const [bubblewrap, ...words] = argv.slice(0, end)
  if (bubblewrap === undefined || plan.command.length === 0 || argv[end] !== '--') {
    throw new OosError('sandbox-failed', 'the sandbox line does not end with `--` and its command')
  }
  return { bubblewrap, words, command: plan.command }
}

/** An outer bubblewrap that owns an empty network namespace, and in it the forwarder and the inner one. */
function throughStage(line: Line, bubblewrap: string, socket: string | undefined): Line {
  if (socket === undefined) throw new OosError('sandbox-failed', 'this run has a network, but no proxy')
  const jail = ['--unshare-user', '--unshare-net', '--die-with-parent', '--dev-bind', '/', '/', '--']
  return { argv: [bubblewrap, ...jail, ...stageWords(socket), ...line.argv], files: line.files }
}
