import { fstatSync, type Stats } from 'node:fs'

/**
 * How a standard stream reaches the command: as it is; not at all, which the command sees as its own `/dev/null`; or
 * through oos.
 */
export type Way = 'as it is' | 'nothing' | 'through'

export interface Ways {
  readonly stdin: Way
  readonly stdout: Way
  readonly stderr: Way
  /** stderr takes stdout's way: they lead to one place, and in two ways their order would be lost. */
  readonly merged: boolean
}

export interface WayOptions {
  readonly stdin: 'inherit' | 'ignore'
  /** All that the command prints goes through oos, to more than its own streams. */
  readonly through: boolean
  readonly merged: boolean
}

/**
 * Whoever holds a descriptor of a file can open it again for more than it was opened for (`>> /dev/stdin`), and change its
 * mode and its owner, whatever the mounts say. So no file that has a place outside is handed in.
 */
export function findWays({ stdin, through, merged }: WayOptions): Ways {
  const input = stdin === 'ignore' ? 'nothing' : wayOf(statOf(0))
  if (through) return { stdin: input, stdout: 'through', stderr: 'through', merged }
  const { out, errors, areOne } = readOutputs()
  const ways = { stdin: input, stdout: wayOf(out), stderr: wayOf(errors) }
  return { ...ways, merged: ways.stdout === 'through' && areOne }
}

export interface Outputs {
  readonly out: Stats | undefined
  readonly errors: Stats | undefined
  /** They lead to one place. */
  readonly areOne: boolean
}

/** Where oos's own stdout and stderr lead. */
export function readOutputs(): Outputs {
  const [out, errors] = [statOf(1), statOf(2)]
  const areOne = out !== undefined && out.dev === errors?.dev && out.ino === errors.ino
  return { out, errors, areOne }
}

/** Terminals, pipes and sockets are ways to somebody, and no file. */
function wayOf(stats: Stats | undefined): Way {
  if (stats === undefined || stats.isDirectory()) return 'nothing'
  const isMemory = stats.isCharacterDevice() && stats.rdev >> 8 === memoryDevices
  if (isMemory && (stats.rdev & 0xff) === nullDevice) return 'nothing'
  return stats.isFile() || stats.isBlockDevice() || isMemory ? 'through' : 'as it is'
}

const memoryDevices = 1
const nullDevice = 3

function statOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd)
  } catch {
    return undefined
  }
}
