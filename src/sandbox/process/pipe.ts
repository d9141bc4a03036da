import { spawnSync } from 'node:child_process'
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { openCacheFolder } from '../../shared/cache-folder.ts'

/** A pipe of the kernel's own. The descriptors for oos do not wait. */
export interface Pipe {
  readonly ours: { readonly reader: number; readonly writer: number }
  /** For the command; to be closed here as soon as it has its own. */
  readonly given: { readonly reader: number; readonly writer: number }
}

const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = constants
/** Not by name: it runs outside of the sandbox, and the project could have one in the PATH. */
const mkfifoPlaces = ['/usr/bin/mkfifo', '/bin/mkfifo']

/**
 * What Node gives a child as a pipe is a socket, and on a socket nobody can open `/dev/stdin` or `/dev/stderr`. Node cannot
 * make a pipe: named ones are made, opened and removed. Nothing where that does not work.
 */
export function openPipes(count: number): readonly Pipe[] | undefined {
  if (count === 0) return []
  const opened: Pipe[] = []
  let named: Named | undefined
  try {
    named = nameFolder()
    for (const path of named.make(count)) opened.push(openPipe(path))
    return opened
  } catch {
    for (const pipe of opened) closePipe(pipe, [])
    return undefined
  } finally {
    named?.remove()
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

interface Named {
  /** Paths of pipes that nobody else opens. */
  readonly make: (count: number) => readonly string[]
  readonly remove: () => void
}

/** A folder of our own, where spare ones lie and what a killed oos left is found; one for this time alone without it. */
function nameFolder(): Named {
  const own = openCacheFolder('pipes', process.env)
  if (own === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'oos-pipes-'))
    const make = (count: number) => makePipes(numbered(folder, count))
    return { make, remove: () => rmSync(folder, { recursive: true, force: true }) }
  }
  const spares = lookIn(own)
  let paths: readonly string[] = []
  const make = (count: number) => {
    paths = numbered(own, count)
    const missing = paths.filter((path) => !takeSpare(spares, path))
    if (missing.length > 0) makePipes([...missing, ...numbered(own, sparesAtOnce, spare)])
    return paths
  }
  const remove = () => {
    for (const path of paths) rmSync(path, { force: true })
  }
  return { make, remove }
}

const spare = 'spare-'
/** mkfifo takes some ms to start, and a run takes up to three pipes. */
const sparesAtOnce = 30

function numbered(folder: string, count: number, prefix = ''): readonly string[] {
  const name = `${prefix}${process.pid}-${process.hrtime.bigint()}`
  return Array.from({ length: count }, (_, number) => join(folder, `${name}-${number}`))
}

/** @throws Error where there is no program that could, or no place for them */
export function makePipes(paths: readonly string[]): readonly string[] {
  const program = mkfifoPlaces.find((place) => existsSync(place))
  const words = ['-m', '0600', ...paths]
  if (program !== undefined && spawnSync(program, words, { stdio: 'ignore', env: {} }).status === 0)
    return paths
  throw new Error('named pipes could not be made')
}

/** Whoever renames it has it. */
function takeSpare(spares: string[], path: string): boolean {
  for (let one = spares.pop(); one !== undefined; one = spares.pop()) {
    try {
      // First, so that nobody takes it for one that was left.
      utimesSync(one, new Date(), new Date())
      renameSync(one, path)
      if (lstatSync(path).isFIFO()) return true
      rmSync(path, { force: true })
    } catch {
      // Another run has taken it.
    }
  }
  return false
}

const oldMs = 60_000

/** The spare ones. What else is there is needed for some ms: what is older belongs to an oos that was killed. */
function lookIn(folder: string): string[] {
  const paths = readdirSync(folder).map((name) => join(folder, name))
  const isSpare = (path: string) => basename(path).startsWith(spare)
  const now = Date.now()
  for (const path of paths.filter((one) => !isSpare(one))) {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats !== undefined && now - stats.mtimeMs > oldMs) rmSync(path, { force: true })
  }
  return paths.filter(isSpare)
}
