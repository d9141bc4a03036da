import { describe, expect, it } from 'vitest'
import type { Instruction } from '../../src/sandbox/bpf.ts'
import { seccompFilter, seccompProgram } from '../../src/sandbox/seccomp.ts'
import { architectures } from '../../src/sandbox/syscalls.ts'

const allow = 0x7fff0000
const kill = 0x80000000
const errno = (code: number) => 0x50000 + code
const [EPERM, ENOSYS, EAFNOSUPPORT] = [errno(1), errno(38), errno(97)]

interface Call {
  readonly arch?: number
  readonly number: number
  readonly args?: readonly number[]
}

const jumps: Readonly<Record<number, (loaded: number, k: number) => boolean>> = {
  21: (loaded, k) => loaded === k,
  53: (loaded, k) => loaded >= k,
  69: (loaded, k) => (loaded & k) !== 0,
}

const interpret = (program: readonly Instruction[], call: Call) => trace(program, call).answer

/** What the kernel answers, and after how many instructions: the classic BPF machine, as far as the filter uses it. */
function trace(program: readonly Instruction[], { arch = 0, number, args = [] }: Call) {
  const places = [
    [0, number] as const,
    [4, arch] as const,
    ...args.map((value, at) => [16 + 8 * at, value] as const),
  ]
  const words = new Map(places)
  let loaded = 0
  for (let at = 0, steps = 1; ; at += 1, steps += 1) {
    const instruction = program[at]
    if (instruction === undefined) throw new Error('ran off the end')
    const { code, jt, jf, k } = instruction
    if (code === 0x06) return { answer: k, steps }
    const jump = jumps[code]
    if (jump) at += jump(loaded, k) ? jt : jf
    else if (code === 0x20) loaded = (words.get(k) ?? 0) >>> 0
    else if (code === 0x54) loaded = (loaded & k) >>> 0
    else throw new Error(`no such instruction: ${code}`)
  }
}

const rows: { call: string; args?: number[]; answer: number }[] = [
  { call: 'ptrace', answer: EPERM },
  { call: 'keyctl', answer: EPERM },
  { call: 'add_key', answer: EPERM },
  { call: 'bpf', answer: EPERM },
  { call: 'perf_event_open', answer: EPERM },
  { call: 'userfaultfd', answer: EPERM },
  { call: 'io_uring_setup', answer: EPERM },
  { call: 'mount', answer: EPERM },
  { call: 'fsopen', answer: EPERM },
  { call: 'open_by_handle_at', answer: EPERM },
  { call: 'pidfd_getfd', answer: EPERM },
  { call: 'clone3', answer: ENOSYS },
  { call: 'openat2', answer: ENOSYS },
  { call: 'memfd_create', answer: ENOSYS },
  { call: 'clone', args: [0x11], answer: allow },
  { call: 'clone', args: [0x10000011], answer: EPERM },
  { call: 'unshare', args: [0x10000000], answer: EPERM },
  { call: 'unshare', args: [0x200], answer: allow },
  { call: 'ioctl', args: [0, 0x5401], answer: allow },
  { call: 'ioctl', args: [0, 0x5412], answer: EPERM },
  { call: 'ioctl', args: [0, 0x541c], answer: EPERM },
  { call: 'shmget', args: [0, 65_536], answer: allow },
  { call: 'shmget', args: [0, 65_537], answer: errno(12) },
  { call: 'chmod', args: [0, 0o4755], answer: EPERM },
  { call: 'creat', args: [0, 0o2755], answer: EPERM },
  { call: 'open', args: [0, 0x41, 0o4755], answer: EPERM },
  { call: 'mknod', args: [0, 0o104755], answer: EPERM },
  { call: 'mknod', args: [0, 0o020644], answer: EPERM },
  { call: 'mknod', args: [0, 0o060644], answer: EPERM },
  { call: 'fchmod', args: [3, 0o755], answer: allow },
  { call: 'fchmod', args: [3, 0o4755], answer: EPERM },
  { call: 'fchmodat', args: [3, 0, 0o2755], answer: EPERM },
  { call: 'fchmodat2', args: [3, 0, 0o2755], answer: EPERM },
  { call: 'openat', args: [3, 0, 0x41, 0o644], answer: allow },
  { call: 'openat', args: [3, 0, 0x41, 0o4755], answer: EPERM },
  { call: 'openat', args: [3, 0, 0x400002, 0o4755], answer: EPERM },
  { call: 'openat', args: [3, 0, 0x1, 0o4755], answer: allow },
  { call: 'mknodat', args: [3, 0, 0o100644], answer: allow },
  { call: 'mknodat', args: [3, 0, 0o020644], answer: EPERM },
  { call: 'mknodat', args: [3, 0, 0o060644], answer: EPERM },
  { call: 'mknodat', args: [3, 0, 0o104755], answer: EPERM },
  { call: 'socket', args: [1], answer: allow },
  { call: 'socket', args: [2], answer: allow },
  { call: 'socket', args: [10], answer: allow },
  { call: 'socket', args: [16, 3, 0], answer: allow },
  { call: 'socket', args: [16, 3, 15], answer: EAFNOSUPPORT },
  { call: 'socket', args: [17], answer: EAFNOSUPPORT },
  { call: 'socket', args: [38], answer: EAFNOSUPPORT },
  { call: 'socket', args: [40], answer: EAFNOSUPPORT },
  { call: 'socketpair', args: [1], answer: allow },
  { call: 'socketpair', args: [17], answer: EAFNOSUPPORT },
]
const byArguments = rows.flatMap(({ call, args }) => (args === undefined ? [] : call))

describe.each(Object.entries(architectures))(
  'the system call filter on %s',
  (arch, { audit, numbers, foreignFrom }) => {
    const program = seccompProgram(arch)

    it.each(rows.filter(({ call }) => call in numbers))('$call $args', ({ call, args = [], answer }) => {
      const number = numbers[call] ?? Number.NaN
      expect(interpret(program, { arch: audit, number, args })).toBe(answer)
    })

    it('refuses every call that it names, or judges it by its arguments', () => {
      const named = Object.keys(numbers).filter((call) => !byArguments.includes(call))
      for (const call of named) {
        const answer = interpret(program, { arch: audit, number: numbers[call] ?? Number.NaN })
        expect([EPERM, ENOSYS], call).toContain(answer)
      }
    })

    it('kills what comes through another architecture', () => {
      expect(interpret(program, { arch: 0x40000003, number: 20 })).toBe(kill)
    })

    it('kills x32 calls, where there are any', () => {
      if (foreignFrom !== undefined)
        expect(interpret(program, { arch: audit, number: foreignFrom + 39 })).toBe(kill)
    })

    it('lets every call through that it does not name', () => {
      const named = new Set(Object.values(numbers))
      for (let number = 0; number < 1000; number += 1) {
        if (!named.has(number)) expect(interpret(program, { arch: audit, number })).toBe(allow)
      }
    })

    it('comes to an answer about any call soon, however many it names', () => {
      const calls = [...Array(1000).keys(), ...Object.values(numbers)]
      const steps = calls.map((number) => trace(program, { arch: audit, number, args: [1, 1, 1, 1] }).steps)
      expect(Math.max(...steps)).toBeLessThan(20)
    })

    it('encodes eight bytes an instruction', () => {
      expect(seccompFilter(arch).length).toBe(program.length * 8)
    })
  },
)

it('refuses an architecture that it has no table for', () => {
  expect(() => seccompFilter('mips')).toThrow('no system call filter is known for `mips`')
})
