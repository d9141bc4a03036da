import { closeSync, read, readFileSync, readSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { promisify } from 'node:util'
import type { Pipe } from './pipe.ts'

export interface Feed {
  /** Once the command has ended: what it did not take is still there for whoever reads the file next. */
  readonly stop: () => Promise<void>
}

const readFrom = promisify(read)
const eachBytes = 262_144
/** What the kernel writes into a pipe as a whole or not at all. */
const atOnce = 4096
/** The most that whoever is no root can make a pipe hold. */
const mostInPipe = 1_048_576

/**
 * Gives the command what stands in oos's standard input, from where that stands. It is read by position, and the place that
 * a shell's loop shares with oos moves only behind what the command took: `while read line; do oos run -- …; done < lines`.
 */
export function feedInput({ ours }: Pick<Pipe, 'ours'>): Feed {
  const start = startOf()
  const pipe = new Socket({ fd: ours.writer, readable: false, writable: true }).on('error', () => undefined)
  let sent = 0
  let moved = 0
  let stopped = false

  async function give(bytes: Buffer): Promise<void> {
    for (let rest = bytes; rest.length > 0 && !stopped; ) {
      const written = writeNow(ours.writer, rest)
      sent += written
      rest = rest.subarray(written)
      if (rest.length === 0 || written > 0) continue
      // It is full: the event loop waits for the reader.
      const next = rest.subarray(0, atOnce)
      if (!(await writeLater(pipe, next))) return
      sent += next.length
      rest = rest.subarray(next.length)
    }
  }

  async function moveTo(place: number): Promise<void> {
    const bytes = Buffer.alloc(Math.min(eachBytes, Math.max(0, place - moved)))
    while (moved < place) {
      const { bytesRead } = await readFrom(0, bytes, 0, Math.min(bytes.length, place - moved), null)
      if (bytesRead === 0) return
      moved += bytesRead
    }
  }

  async function giveAll(): Promise<void> {
    const bytes = Buffer.alloc(eachBytes)
    while (!stopped) {
      const { bytesRead } = await readFrom(0, bytes, 0, bytes.length, start + sent)
      if (bytesRead === 0) break
      await give(bytes.subarray(0, bytesRead))
      await moveTo(sent - mostInPipe)
    }
    pipe.end()
  }

  // What cannot be read (it is open for writing alone) is an empty input.
  const given = giveAll().catch(() => pipe.end())
  return {
    stop: async () => {
      // What the kernel has taken by now is known to us by then.
      await new Promise(setImmediate)
      stopped = true
      pipe.destroy()
      await given
      await moveTo(sent - leftIn(ours.reader)).catch(() => undefined)
      closeSync(ours.reader)
    },
  }
}

function startOf(): number {
  return Number(/^pos:\s+(\d+)/m.exec(readFileSync('/proc/self/fdinfo/0', 'latin1'))?.[1] ?? 0)
}

function writeNow(fd: number, bytes: Buffer): number {
  try {
    return writeSync(fd, bytes)
  } catch (error) {
    if (isAgain(error)) return 0
    throw error
  }
}

function writeLater(pipe: Socket, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const closed = () => resolve(false)
    pipe.once('close', closed)
    pipe.write(bytes, (error) => {
      pipe.off('close', closed)
      resolve(error === undefined || error === null)
    })
  })
}

/** What nobody took. */
function leftIn(reader: number): number {
  const bytes = Buffer.alloc(eachBytes)
  let left = 0
  try {
    for (let read = readSync(reader, bytes); read > 0; read = readSync(reader, bytes)) left += read
  } catch (error) {
    // Somebody else still has it open for writing.
    if (!isAgain(error)) throw error
  }
  return left
}

const isAgain = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EAGAIN'
