import { OosError } from '../shared/errors.ts'
import { seccompFilter } from './seccomp.ts'
import type { MachineFacts, Mount, SandboxPlan } from './types.ts'

export interface BubblewrapLine {
  readonly argv: readonly string[]
  /** The environment of bubblewrap itself: its first process inside shows it to everyone in `/proc/1/environ`. */
  readonly env: Readonly<Record<string, string>>
  /** What it reads from descriptors. */
  readonly files: readonly { readonly fd: number; readonly bytes: Uint8Array }[]
}

/**
 * A plan as a bubblewrap line. The options go through a descriptor: a command line is seen by everyone inside
 * (`/proc/1/cmdline`) and outside, and it is not for them to read what is hidden where.
 */
export function toBubblewrap(plan: SandboxPlan, machine: MachineFacts): BubblewrapLine {
  const contents = plan.mounts.filter(({ kind }) => kind === 'file')
  const dataFd = (mount: Mount) => firstFd + 2 + contents.indexOf(mount)
  const options = [...sandboxOptions(plan), ...mountOptions(plan.mounts, dataFd), '--chdir', plan.cwd]
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
    env: Object.fromEntries(plan.env.map(({ name, value }) => [name, value])),
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

const firstFd = 3
const encode = (text: string) => new TextEncoder().encode(text)

/** Every namespace of its own; no capability, no new user namespace, no way back into the terminal's session. */
export function sandboxOptions({
  network,
  interactive,
}: Pick<SandboxPlan, 'network' | 'interactive'>): string[] {
  return [
    '--unshare-all',
    ...(network.mode === 'proxy' ? ['--share-net'] : []),
    ...['--unshare-user', '--disable-userns', '--die-with-parent', '--cap-drop', 'ALL', '--hostname', 'oos'],
    // A command at a terminal keeps its job control; what pushes input back into it is filtered.
    ...(interactive ? [] : ['--new-session']),
  ]
}

/** Mounts in the plan's order; what must become read-only only after others were made in it comes last. */
export function mountOptions(mounts: readonly Mount[], dataFd: (mount: Mount) => number): string[] {
  const closed = mounts.filter(({ kind }) => kind === 'mask-folder' || kind === 'dev')
  // Nobody has said how large the file system may grow in which everything else is mounted.
  const top = mounts.some(({ path }) => path === '/') ? [] : ['--remount-ro', '/']
  return [
    ...mounts.flatMap((mount) => mountOption(mount, dataFd)),
    ...closed.flatMap(({ path }) => ['--remount-ro', path]),
    ...top,
  ]
}

function mountOption(mount: Mount, dataFd: (mount: Mount) => number): string[] {
  const { kind, path, source = path } = mount
  switch (kind) {
    case 'read':
      return ['--ro-bind', source, path]
    case 'write':
    case 'pin':
      return ['--bind', source, path]
    case 'mask-file':
      return ['--ro-bind', '/dev/null', path]
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
  }
}

const isShared = (path: string) => path.endsWith('/tmp') || path === '/dev/shm'
