import { OosError } from '../../shared/errors.ts'
import { tracedCalls } from './touches.ts'

/** The first that says where a relative path stands. */
const [firstMajor, firstMinor] = [5, 15]

const fix = 'sudo apt install strace'

export interface Strace {
  readonly path: string
  readonly version: string
}

/** The strace of this machine, or the way to get one. */
export function requireStrace(strace: Strace | undefined): Strace {
  if (strace === undefined) {
    throw new OosError('tracer-missing', 'strace is not installed, and without it no run can learn', {
      hint: fix,
    })
  }
  if (isNewEnough(strace)) return strace
  throw new OosError(
    'tracer-missing',
    `strace ${strace.version} is too old: ${firstMajor}.${firstMinor} is the first that will do`,
    { hint: fix },
  )
}

function isNewEnough({ version }: Strace): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > firstMajor || (major === firstMajor && minor >= firstMinor)
}

/**
 * The words in front of bubblewrap. The tracer is a process apart (`--daemonize`), so that bubblewrap stays what oos, or
 * the network stage, has started, and dies with it. Calls that are not asked for never stop (`--seccomp-bpf`). `output`
 * is opened by its name: no descriptor of it can get inside.
 */
export function straceWords({ path }: Strace, output: string): readonly string[] {
  return [
    path,
    ...['--daemonize', '--follow-forks', '--seccomp-bpf', '--decode-fds=path', '-q', '-e', 'signal=KILL'],
    ...['-e', `trace=${tracedCalls.join(',')}`, '-o', output, '--'],
  ]
}
