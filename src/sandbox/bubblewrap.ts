import { OosError } from '../shared/errors.ts'
import { isBelow } from '../shared/within.ts'
import { forwarderFd } from './network/stage.ts'
import { seccompFilter } from './seccomp.ts'
import type { MachineFacts, Mount, SandboxPlan } from './types.ts'

export interface BubblewrapLine {
  readonly argv: readonly string[]
  /** What it reads from descriptors. */
  readonly files: readonly { readonly fd: number; readonly bytes: Uint8Array }[]
}

/**
 * A plan as a bubblewrap line. The options go through a descriptor: a command line is seen by everyone inside
 * (`/proc/1/cmdline`) and outside, and it is not for them to read what is hidden where.
 */
export function toBubblewrap(plan: SandboxPlan, machine: MachineFacts): BubblewrapLine {
  const contents = plan.mounts.filter(({ kind }) => kind === 'file' || kind === 'copy')
  const dataFd = (mount: Mount) => firstFd + 2 + contents.indexOf(mount)
  const options = [
    ...sandboxOptions(plan),
    ...environmentOptions(plan.env),
    ...mountOptions(plan.mounts, dataFd),
    '--chdir',
    plan.cwd,
  ]
  return {
    argv: [
      requireBubblewrap(machine).path,
      '--args',
      String(firstFd),
      '--seccomp',
      String(firstFd + 1),
      '--',
      ...plan.command,
    ],
    files: [
      { fd: firstFd, bytes: encode(options.map((option) => `${option}\0`).join('')) },
      { fd: firstFd + 1, bytes: seccompFilter(machine.arch) },
      ...contents.map((mount) => ({ fd: dataFd(mount), bytes: encode(mount.content ?? '') })),
    ],
  }
}

/** The bubblewrap of this machine, or the way to get one. Older ones lack options that hold the sandbox closed. */
export function requireBubblewrap({ bubblewrap }: Pick<MachineFacts, 'bubblewrap'>): {
  readonly path: string
} {
  if (bubblewrap === undefined) {
    throw new OosError('sandbox-missing', 'bubblewrap is not installed, and nothing runs without it', {
      hint: 'sudo apt install bubblewrap',
    })
  }
  const [major = 0, minor = 0] = bubblewrap.version.split('.').map(Number)
  if (major > 0 || minor >= 8) return bubblewrap
  throw new OosError(
    'sandbox-missing',
    `bubblewrap ${bubblewrap.version} is too old: 0.8 is the first that will do`,
    {
      hint: 'sudo apt install bubblewrap',
    },
  )
}

/** 3 is the gate's, and 4 the forwarder's. */
const firstFd = forwarderFd + 1
const encode = (text: string) => new TextEncoder().encode(text)

/** Set inside and not passed through: an `LD_PRELOAD` that a rule allows would otherwise work on bubblewrap, outside. */
function environmentOptions(env: SandboxPlan['env']): string[] {
  return env.flatMap(({ name, value }) => ['--setenv', name, value])
}

/** Every namespace of its own; no capability, no new user namespace, no way back into the terminal's session. */
function sandboxOptions({ network, interactive }: Pick<SandboxPlan, 'network' | 'interactive'>): string[] {
  return [
    '--unshare-all',
    ...(network.mode === 'proxy' ? ['--share-net'] : []),
    ...['--unshare-user', '--disable-userns', '--die-with-parent', '--cap-drop', 'ALL', '--hostname', 'oos'],
    // A command at a terminal keeps its job control; what pushes input back into it is filtered.
    ...(interactive ? [] : ['--new-session']),
  ]
}

/**
 * Mounts in the plan's order. What must become read-only only after others were made in it comes last; else at once,
 * because bubblewrap reads the list of all mounts for each such step.
 */
function mountOptions(mounts: readonly Mount[], dataFd: (mount: Mount) => number): string[] {
  const closed = mounts.filter(({ kind }) => kind === 'mask-folder' || kind === 'dev')
  const later = closed.filter(({ path }) => mounts.some((mount) => isBelow(mount.path, path)))
  const closeNow = (mount: Mount) => closed.includes(mount) && !later.includes(mount)
  // Nobody has said how large the file system may grow in which everything else is mounted.
  const top = mounts.some(({ path }) => path === '/') ? [] : ['/']
  return [
    ...mounts.flatMap((mount) => [
      ...mountOption(mount, dataFd),
      ...(closeNow(mount) ? ['--remount-ro', mount.path] : []),
    ]),
    ...[...later.map(({ path }) => path), ...top].flatMap((path) => ['--remount-ro', path]),
  ]
}

function mountOption(mount: Mount, dataFd: (mount: Mount) => number): string[] {
  const { kind, path, source = path } = mount
  switch (kind) {
    case 'read':
    case 'stand-in':
      return ['--ro-bind', source, path]
    case 'write':
    case 'pin':
      return ['--bind', source, path]
    case 'device':
      return ['--dev-bind', source, path]
    case 'mask-file':
      return ['--ro-bind', mount.source ?? '/dev/null', path]
    case 'mask-folder':
      return ['--perms', '0555', '--size', '4096', '--tmpfs', path]
    case 'tmpfs':
      return [
        '--perms',
        isShared(path) ? '1777' : '0755',
        '--size',
        String(mount.bytes ?? 4096),
        '--tmpfs',
        path,
      ]
    case 'link':
      return ['--symlink', mount.target ?? '', path]
    case 'proc':
      return ['--proc', path]
    case 'dev':
      return ['--dev', path]
    case 'file':
      return ['--ro-bind-data', String(dataFd(mount)), path]
    case 'copy':
      return ['--perms', '0644', '--file', String(dataFd(mount)), path]
  }
}

const isShared = (path: string) => path.endsWith('/tmp') || path === '/dev/shm'
