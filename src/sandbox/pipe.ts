import { spawnSync } from 'node:child_process'
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCacheFolder } from '../shared/cache-folder.ts'

/** A pipe of the kernel's own. The descriptors for oos do not wait. */
export interface Pipe {
  readonly ours: { readonly reader: number; readonly writer: number }
  /** For the command; to be closed here as soon as it has its own. */
  readonly given: { readonly reader: number; readonly writer: number }
}

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants
const mkfifo = '/usr/bin/mkfifo'

/**
 * What Node gives a child as a pipe is a socket, and on a socket nobody can open `/dev/stdin` or `/dev/stderr`. Node cannot
 * make a pipe: named ones are made, opened and removed. Nothing where that does not work.
 */
export function openPipes(count: number): readonly Pipe[] | undefined {
  if (count === 0) return []
  if (!existsSync(mkfifo)) return undefined
  let names: Names | undefined
  try {
    names = createNames(count)
    const made = spawnSync(mkfifo, ['-m', '0600', ...names.paths], { stdio: 'ignore', env: {} })
    return made.status === 0 ? names.paths.map(openPipe) : undefined
  } catch {
    return undefined
  } finally {
    names?.remove()
  }
}

export function closePipe({ ours, given }: Pipe, keep: readonly number[]): void {
  for (const fd of [ours.reader, ours.writer, given.reader, given.writer])
    if (!keep.includes(fd)) closeSync(fd)
}

function openPipe(path: string): Pipe {
  // Held open at both ends, it lets each end be opened without the other.
  const held = openSync(path, O_RDWR | O_NONBLOCK)
  try {
    return {
      ours: { reader: openSync(path, O_RDONLY | O_NONBLOCK), writer: openSync(path, O_WRONLY | O_NONBLOCK) },
      given: { reader: openSync(path, O_RDONLY), writer: openSync(path, O_WRONLY) },
    }
  } finally {
    closeSync(held)
  }
}

interface Names {
  readonly paths: readonly string[]
  readonly remove: () => void
}

/** In a folder of our own, where what a killed oos left is found; in one for this time alone where there is none. */
function createNames(count: number): Names {
  const own = openCacheFolder('pipes', process.env)
  const numbers = Array.from({ length: count }, (_, number) => String(number))
  if (own === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'oos-pipes-'))
    const remove = () => rmSync(folder, { recursive: true, force: true })
    return { paths: numbers.map((number) => join(folder, number)), remove }
  }
  sweepOld(own)
  const paths = numbers.map((number) => join(own, `${process.pid}-${process.hrtime.bigint()}-${number}`))
  const remove = () => {
    for (const path of paths) rmSync(path, { force: true })
  }
  return { paths, remove }
}

const oldMs = 60_000

/** They are needed for some ms: older ones belong to an oos that was killed. */
function sweepOld(folder: string): void {
  const now = Date.now()
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats !== undefined && now - stats.mtimeMs > oldMs) rmSync(path, { force: true })
  }
}
