import { isDeepStrictEqual } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createScene, people, type RunOptions, runIn } from './scene.ts'

// Numbers of x86-64, written down here once more: a wrong one in the filter's own table would let a call through.
const refused = {
  ...{ ptrace: 101, process_vm_readv: 310, process_vm_writev: 311, process_madvise: 440, pidfd_getfd: 438 },
  ...{ kcmp: 312, keyctl: 250, add_key: 248, request_key: 249, bpf: 321, perf_event_open: 298 },
  ...{ userfaultfd: 323, io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427 },
  ...{ setns: 308, mount: 165, umount2: 166, pivot_root: 155, open_tree: 428, open_tree_attr: 467 },
  ...{ move_mount: 429, fsopen: 430, fsconfig: 431, fsmount: 432, fspick: 433, mount_setattr: 442 },
  ...{ name_to_handle_at: 303, open_by_handle_at: 304, kexec_load: 246, kexec_file_load: 320 },
  ...{ init_module: 175, finit_module: 313, delete_module: 176, reboot: 169, swapon: 167, swapoff: 168 },
  ...{ acct: 163, quotactl: 179, quotactl_fd: 443, iopl: 172, ioperm: 173, syslog: 103, uselib: 134 },
  ...{ lookup_dcookie: 212 },
}
const missing = { clone3: 435, openat2: 437, memfd_create: 319, memfd_secret: 447 }

/** What a kernel may answer in the same way, by its version, its settings, or to whoever is not root outside of all namespaces. */
const alikeWithout = [
  ...[
    'pivot_root',
    'move_mount',
    'fsopen',
    'fsmount',
    'fspick',
    'open_by_handle_at',
    'bpf',
    'perf_event_open',
  ],
  ...['userfaultfd', 'kexec_load', 'kexec_file_load', 'init_module', 'finit_module', 'delete_module'],
  ...['reboot', 'swapon', 'swapoff', 'acct', 'quotactl', 'iopl', 'ioperm', 'syslog', 'memfd_secret'],
]

const [EPERM, ENOMEM, EINVAL, ENOSYS, EAFNOSUPPORT] = [1, 12, 22, 38, 97]

interface Judged {
  readonly call: string
  readonly number: number
  readonly args: readonly (number | string)[]
  /** What the filter answers; none where the call is made. */
  readonly error: number
}

const newUser = 0x10000000
const judged: readonly Judged[] = [
  // Threads without shared memory: what is no refusal of the filter is one of the kernel's, and nothing is forked.
  { call: 'clone', number: 56, args: [newUser | 0x10000], error: EPERM },
  { call: 'clone', number: 56, args: [0x10000], error: EINVAL },
  { call: 'unshare', number: 272, args: [newUser], error: EPERM },
  { call: 'unshare', number: 272, args: [0x200], error: 0 },
  { call: 'ioctl TIOCSTI', number: 16, args: [0, 0x5412, 'x'], error: EPERM },
  { call: 'ioctl TIOCLINUX', number: 16, args: [0, 0x541c, 'x'], error: EPERM },
  { call: 'shmget', number: 29, args: [0, 4096, 0o1600], error: 0 },
  { call: 'shmget', number: 29, args: [0, 65_537, 0o1600], error: ENOMEM },
  { call: 'shmget', number: 29, args: [0, 2 ** 32 + 4096, 0o1600], error: ENOMEM },
  { call: 'creat', number: 85, args: ['a', 0o644], error: 0 },
  ...[0o2755, 0o4755].flatMap((mode): Judged[] => [
    { call: 'chmod', number: 90, args: ['a', mode], error: EPERM },
    { call: 'fchmod', number: 91, args: [5, mode], error: EPERM },
    { call: 'fchmodat', number: 268, args: [-100, 'a', mode], error: EPERM },
    { call: 'fchmodat2', number: 452, args: [-100, 'a', mode, 0], error: EPERM },
    { call: 'creat', number: 85, args: ['b', mode], error: EPERM },
    { call: 'open', number: 2, args: ['c', 0x41, mode], error: EPERM },
    { call: 'open O_TMPFILE', number: 2, args: ['.', 0x410002, mode], error: EPERM },
    { call: 'openat', number: 257, args: [-100, 'd', 0x41, mode], error: EPERM },
    { call: 'openat O_TMPFILE', number: 257, args: [-100, '.', 0x410002, mode], error: EPERM },
    { call: 'mknod', number: 133, args: [`e${mode}`, 0o100000 | mode, 0], error: EPERM },
    { call: 'mknodat', number: 259, args: [-100, `f${mode}`, 0o100000 | mode, 0], error: EPERM },
  ]),
  { call: 'openat', number: 257, args: [-100, 'a', 0x1, 0o4755], error: 0 },
  { call: 'mknodat', number: 259, args: [-100, 'g', 0o100644, 0], error: 0 },
  { call: 'socket AF_NETLINK, routes', number: 41, args: [16, 3, 0], error: 0 },
  { call: 'socket AF_NETLINK, another', number: 41, args: [16, 3, 2], error: EAFNOSUPPORT },
  { call: 'socket AF_VSOCK', number: 41, args: [40, 1, 0], error: EAFNOSUPPORT },
  { call: 'socketpair AF_UNIX', number: 53, args: [1, 1, 0, '00000000'], error: 0 },
]

// Arguments that no call can do anything with, so that one that is let through does no harm.
const script = `
import ctypes, json, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def errno(number, args):
  words = [ctypes.c_char_p(one.encode()) if isinstance(one, str) else ctypes.c_long(one) for one in args]
  return ctypes.get_errno() if libc.syscall(ctypes.c_long(number), *words) == -1 else 0
os.dup2(os.open('a', os.O_CREAT | os.O_RDWR, 0o644), 5)
calls, judged = json.loads(sys.argv[1])
print(json.dumps([{name: errno(number, [-1] * 6) for name, number in calls.items()}, [errno(*one) for one in judged]]))
`

describe.runIf(process.arch === 'x64').each(people)('as $who, with every capability,', ({ id }) => {
  const able = (options: readonly string[]) => [...options, '--cap-add', 'ALL']
  const promised = { ...refusedWith(refused, EPERM), ...refusedWith(missing, ENOSYS) }
  async function answers(options: RunOptions = {}) {
    const scene = createScene({ id })
    try {
      const calls = [{ ...refused, ...missing }, judged.map(({ number, args }) => [number, args])]
      const command = ['/usr/bin/python3', '-c', script, JSON.stringify(calls)]
      const { out } = await runIn(scene, command, { ...options, without: able })
      const [named, byArguments] = JSON.parse(out) as [Record<string, number>, number[]]
      return { named, byArguments: judged.map((one, at) => ({ ...one, error: byArguments[at] })) }
    } finally {
      scene.remove()
    }
  }

  it('every call that the filter names is answered by it', async () => {
    expect(await answers()).toEqual({ named: promised, byArguments: judged })
  })

  it('would be answered otherwise without it', async () => {
    const { named, byArguments } = await answers({ withoutFilter: true })
    const alike = Object.keys(named).filter((name) => named[name] === promised[name])
    expect(alikeWithout).toEqual(expect.arrayContaining(alike))
    const refusals = judged.filter(({ error }) => error !== 0 && error !== EINVAL)
    expect(byArguments.filter((one) => refusals.some((other) => isDeepStrictEqual(one, other)))).toEqual([])
  })
})

const refusedWith = (calls: object, error: number): Record<string, number> =>
  Object.fromEntries(Object.keys(calls).map((name) => [name, error]))
