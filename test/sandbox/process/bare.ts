import { deviceMounts, readDevices } from '../../../src/sandbox/devices.ts'
import type { Launch } from '../../../src/sandbox/process/launch.ts'
import { seccompFilter } from '../../../src/sandbox/seccomp.ts'
import type { LimitPlan, NetworkPlan } from '../../../src/sandbox/types.ts'
import { packageRoot } from '../../../src/shared/package.ts'

export interface BareOptions {
  readonly limits?: readonly LimitPlan[]
  readonly interactive?: boolean
  readonly network?: NetworkPlan
  /** A folder that is writable inside. */
  readonly folder?: string
  readonly env?: Readonly<Record<string, string>>
  /** A program that takes bubblewrap's place. */
  readonly bubblewrap?: string
}

/** A sandbox line written by hand: these tests are about the process, whatever the plan puts into it. */
export function bareLaunch(command: readonly string[], options: BareOptions = {}): Launch {
  const { limits = [], interactive = false, network = { mode: 'none', note: 'no rule' }, folder } = options
  const { bubblewrap = '/usr/bin/bwrap' } = options
  const env = { PATH: '/usr/bin:/bin', TERM: 'xterm', ...options.env }
  const words = [
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--die-with-parent', '--cap-drop', 'ALL'],
    ...(network.mode === 'none' ? [] : ['--share-net']),
    ...(interactive ? [] : ['--new-session']),
    ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp'],
    ...deviceMounts(readDevices('/', { env: process.env, uid: process.getuid?.() ?? -1 })).flatMap(
      ({ source = '', path }) => ['--dev-bind', source, path],
    ),
    // The Node that these tests start lies in the checkout, and that may lie in /tmp.
    ...['--ro-bind', packageRoot, packageRoot],
    ...(folder === undefined ? [] : ['--bind', folder, folder, '--chdir', folder]),
    ...['--ro-bind-data', '8', '/tmp/note'],
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
  ]
  const argv = [bubblewrap, '--args', '7', '--seccomp', '9', '--', ...command]
  const encode = (text: string) => new TextEncoder().encode(text)
  const files = [
    { fd: 7, bytes: encode(words.map((word) => `${word}\0`).join('')) },
    { fd: 8, bytes: encode('a small file') },
    { fd: 9, bytes: seccompFilter(process.arch) },
  ]
  return { plan: { command, mounts: [], limits, network, interactive }, argv, files }
}
