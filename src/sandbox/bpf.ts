/** One classic-BPF instruction as the kernel's `sock_filter` has it. */
export interface Instruction {
  readonly code: number
  readonly jt: number
  readonly jf: number
  readonly k: number
}

const load = 0x20 // BPF_LD | BPF_W | BPF_ABS
const jumpIfEqual = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
const jumpIfAtLeast = 0x35 // BPF_JMP | BPF_JGE | BPF_K
const jumpIfAnyBit = 0x45 // BPF_JMP | BPF_JSET | BPF_K
const mask = 0x54 // BPF_ALU | BPF_AND | BPF_K
const give = 0x06 // BPF_RET | BPF_K

/** Where `struct seccomp_data` has what a filter may read. Little endian: an argument's low half comes first. */
export const offsets = { number: 0, architecture: 4, argument: (index: number) => 16 + 8 * index } as const

export const verdicts = {
  allow: 0x7fff0000,
  kill: 0x80000000,
  errno: (errno: number) => 0x00050000 | errno,
} as const

export const loadWord = (offset: number): Instruction => ({ code: load, jt: 0, jf: 0, k: offset })
export const keepBits = (bits: number): Instruction => ({ code: mask, jt: 0, jf: 0, k: bits })
export const answer = (verdict: number): Instruction => ({ code: give, jt: 0, jf: 0, k: verdict >>> 0 })

/** Runs `then` if the loaded word is `value`, else goes on after it. Offsets are 8 bits, so `then` stays short. */
export const ifEqual = (value: number, then: readonly Instruction[]) => when(jumpIfEqual, value, then)
export const ifAtLeast = (value: number, then: readonly Instruction[]) => when(jumpIfAtLeast, value, then)
export const ifAnyBit = (bits: number, then: readonly Instruction[]) => when(jumpIfAnyBit, bits, then)
/** Runs `then` unless the loaded word is `value`. */
export const unlessEqual = (value: number, then: readonly Instruction[]): Instruction[] => [
  { code: jumpIfEqual, jt: then.length, jf: 0, k: value >>> 0 },
  ...then,
]

function when(code: number, value: number, then: readonly Instruction[]): Instruction[] {
  if (then.length > 255) throw new RangeError('a jump of a BPF program is too long')
  return [{ code, jt: 0, jf: then.length, k: value >>> 0 }, ...then]
}

/** The bytes that `bwrap --seccomp` reads: eight a instruction, little endian on both architectures. */
export function encodeProgram(program: readonly Instruction[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(program.length * 8))
  program.forEach(({ code, jt, jf, k }, index) => {
    view.setUint16(index * 8, code, true)
    view.setUint8(index * 8 + 2, jt)
    view.setUint8(index * 8 + 3, jf)
    view.setUint32(index * 8 + 4, k, true)
  })
  return new Uint8Array(view.buffer)
}
