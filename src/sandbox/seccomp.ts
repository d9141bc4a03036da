import { OosError } from '../shared/errors.ts'
import {
  answer,
  encodeProgram,
  type Instruction,
  ifAnyBit,
  ifAtLeast,
  ifEqual,
  keepBits,
  loadWord,
  offsets,
  unlessEqual,
  verdicts,
} from './bpf.ts'
import { type Architecture, architectures } from './syscalls.ts'

/** The filter that every process of a run lives under, as `bwrap --seccomp` reads it. */
export function seccompFilter(arch: string): Uint8Array {
  return encodeProgram(seccompProgram(arch))
}

export function seccompProgram(arch: string): readonly Instruction[] {
  const architecture = architectures[arch]
  if (architecture === undefined) {
    throw new OosError('platform', `no system call filter is known for \`${arch}\``, {
      hint: 'run it on an x86-64 or arm64 machine',
    })
  }
  return [
    loadWord(offsets.architecture),
    ...unlessEqual(architecture.audit, [answer(verdicts.kill)]),
    loadWord(offsets.number),
    ...(architecture.foreignFrom ? ifAtLeast(architecture.foreignFrom, [answer(verdicts.kill)]) : []),
    ...search(callsOf(architecture)),
  ]
}

/** What is done about one call; where it comes to no answer, the call is let through. */
interface CallRule {
  readonly number: number
  readonly judge: readonly Instruction[]
}

function callsOf({ numbers }: Architecture): readonly CallRule[] {
  const refusals = refusedCalls.map((name) => [name, [answer(verdicts.errno(EPERM))]] as const)
  const missing = missingCalls.map((name) => [name, [answer(verdicts.errno(ENOSYS))]] as const)
  return [...refusals, ...missing, ...judgedCalls]
    .flatMap(([name, judge]) => (numbers[name] === undefined ? [] : [{ number: numbers[name], judge }]))
    .sort((a, b) => a.number - b.number)
}

/**
 * By halves: every `openat` and `ioctl` of a run comes through here, and at its start the kernel tries each call there
 * is.
 */
function search(calls: readonly CallRule[]): readonly Instruction[] {
  const [first] = calls
  if (first === undefined) return [answer(verdicts.allow)]
  const middle = calls[calls.length >> 1]
  if (calls.length === 1 || middle === undefined) {
    return [...ifEqual(first.number, first.judge), answer(verdicts.allow)]
  }
  return [
    ...ifAtLeast(middle.number, search(calls.slice(calls.length >> 1))),
    ...search(calls.slice(0, calls.length >> 1)),
  ]
}

const EPERM = 1
const ENOMEM = 12
const ENOSYS = 38
const EAFNOSUPPORT = 97

const refusedCalls = [
  // other processes' memory and descriptors
  ...['ptrace', 'process_vm_readv', 'process_vm_writev', 'process_madvise', 'pidfd_getfd', 'kcmp'],
  // the session keyring is inherited
  ...['keyctl', 'add_key', 'request_key'],
  // wide and often broken parts of the kernel
  ...['bpf', 'perf_event_open', 'userfaultfd', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'],
  // other views of the file system
  ...[
    'setns',
    'mount',
    'umount2',
    'pivot_root',
    'open_tree',
    'open_tree_attr',
    'move_mount',
    'fsopen',
    'fsconfig',
  ],
  ...['fsmount', 'fspick', 'mount_setattr', 'name_to_handle_at', 'open_by_handle_at'],
  // the machine itself
  ...['kexec_load', 'kexec_file_load', 'init_module', 'finit_module', 'delete_module', 'reboot', 'swapon'],
  ...['swapoff', 'acct', 'quotactl', 'quotactl_fd', 'iopl', 'ioperm', 'syslog', 'uselib', 'lookup_dcookie'],
]

/**
 * Answered as if the kernel did not have them, so that callers fall back to calls whose arguments the filter can
 * read; memory of `memfd` counts as nobody's.
 */
const missingCalls = ['clone3', 'openat2', 'memfd_create', 'memfd_secret']

const newUserNamespace = 0x10000000
const setIdBits = 0o6000
const createsFile = 0x40 | 0x400000 // O_CREAT, O_TMPFILE
const fileType = 0o170000
const devices = [0o020000, 0o060000] // character, block
const terminalInput = [0x5412, 0x541c] // TIOCSTI, TIOCLINUX
/** Of System V shared memory, which no process has to keep attached, and so nothing that looks at processes counts. */
const largestSegment = 64 * 1024
const families = { unix: 1, inet: 2, inet6: 10, netlink: 16 } as const
const routeProtocol = 0

const refuse = [answer(verdicts.errno(EPERM))]

/** What decides by its arguments. */
const judgedCalls: readonly (readonly [string, readonly Instruction[]])[] = [
  ['clone', refuseBits(0, newUserNamespace)],
  ['unshare', refuseBits(0, newUserNamespace)],
  ['ioctl', refuseValues(1, terminalInput)],
  ['shmget', refuseLarge(1, largestSegment)],
  ['chmod', refuseBits(1, setIdBits)],
  ['fchmod', refuseBits(1, setIdBits)],
  ['fchmodat', refuseBits(2, setIdBits)],
  ['fchmodat2', refuseBits(2, setIdBits)],
  ['creat', refuseBits(1, setIdBits)],
  ['open', refuseSetIdFile(1, 2)],
  ['openat', refuseSetIdFile(2, 3)],
  ['mknod', [...refuseBits(1, setIdBits), ...refuseDevices(1)]],
  ['mknodat', [...refuseBits(2, setIdBits), ...refuseDevices(2)]],
  ['socket', socketFamilies()],
  ['socketpair', socketFamilies()],
]

function refuseBits(argument: number, bits: number): Instruction[] {
  return [loadWord(offsets.argument(argument)), ...ifAnyBit(bits, refuse)]
}

function refuseValues(argument: number, values: readonly number[]): Instruction[] {
  return [loadWord(offsets.argument(argument)), ...values.flatMap((value) => ifEqual(value, refuse))]
}

/** Both halves: what is large may have a small low one. */
function refuseLarge(argument: number, most: number): Instruction[] {
  const none = [answer(verdicts.errno(ENOMEM))]
  return [
    loadWord(offsets.argument(argument) + 4),
    ...ifAtLeast(1, none),
    loadWord(offsets.argument(argument)),
    ...ifAtLeast(most + 1, none),
  ]
}

function refuseSetIdFile(flags: number, mode: number): Instruction[] {
  return [loadWord(offsets.argument(flags)), ...ifAnyBit(createsFile, refuseBits(mode, setIdBits))]
}

function refuseDevices(mode: number): Instruction[] {
  const [character = 0, block = 0] = devices
  return [
    loadWord(offsets.argument(mode)),
    keepBits(fileType),
    ...ifEqual(character, refuse),
    ...ifEqual(block, refuse),
  ]
}

/** Netlink only to read interfaces and routes; anything else than Unix and IP does not exist. */
function socketFamilies(): Instruction[] {
  const absent = [answer(verdicts.errno(EAFNOSUPPORT))]
  const netlink = [
    loadWord(offsets.argument(2)),
    ...unlessEqual(routeProtocol, absent),
    answer(verdicts.allow),
  ]
  const known = [families.unix, families.inet, families.inet6]
  return [
    loadWord(offsets.argument(0)),
    ...known.flatMap((family) => ifEqual(family, [answer(verdicts.allow)])),
    ...ifEqual(families.netlink, netlink),
    ...absent,
  ]
}
