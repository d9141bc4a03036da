import { write } from 'node:fs'
import type { Readable } from 'node:stream'
import { systemFailure } from '../../shared/system-failure.ts'

export type OutputName = 'stdout' | 'stderr'
/** Takes what the command prints; the command waits while a returned promise is open. */
export type OutputSink = (name: OutputName, chunk: Buffer) => void | Promise<void>

export interface OutputCount {
  /** Bytes seen so far, both streams together. */
  readonly bytes: () => number
  /**
   * Everything is passed on, once nothing is left inside that could write. Who was handed a descriptor and lives elsewhere
   * could keep a stream open for ever, so its end is not waited for.
   */
  readonly settle: () => Promise<void>
  /** Why something of it was lost, other than that its reader has gone. */
  readonly lost: () => string | undefined
}

export interface PassOptions {
  readonly sink: OutputSink
  readonly seen: ((name: OutputName, chunk: Buffer) => void) | undefined
  readonly limit: number
  readonly exceeded: () => void
}

/** Passes the command's output on, and says when there is more than the limit; nothing beyond it is passed on. */
export function passOutput(
  streams: Readonly<Partial<Record<OutputName, Readable>>>,
  options: PassOptions,
): OutputCount {
  let bytes = 0
  let busy = 0
  let lost: string | undefined
  let isOver = false
  const take = async (name: OutputName, chunk: Buffer) => {
    busy += 1
    options.seen?.(name, chunk)
    try {
      await options.sink(name, chunk)
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException
      if (code !== 'EPIPE') lost ??= systemFailure(error) ?? code
      throw error
    } finally {
      busy -= 1
    }
  }
  const pass = async (name: OutputName, stream: Readable) => {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const room = options.limit - bytes
      bytes += chunk.length
      if (bytes > options.limit) options.exceeded()
      if (room > 0) await take(name, chunk.subarray(0, room))
    }
  }
  const open = Object.entries(streams) as [OutputName, Readable][]
  // A sink that fails closes the stream, and the command sees a broken pipe, as it would without us.
  const drained = Promise.allSettled(open.map(([name, stream]) => pass(name, stream))).then(() => {
    isOver = true
  })
  const settle = async () => {
    const most = bytes + mostInPipe
    for (let turns = 0, quiet = 0; !isOver && quiet < enoughQuiet && bytes < most; turns += 1) {
      const before = bytes
      await new Promise((resolve) => (turns < enoughQuiet ? setImmediate(resolve) : setTimeout(resolve, 1)))
      quiet = busy === 0 && bytes === before ? quiet + 1 : 0
    }
    for (const [, stream] of open) stream.destroy()
    await drained
  }
  return { bytes: () => bytes, settle, lost: () => lost }
}

const mostInPipe = 1_048_576
/** Turns of the event loop in which a stream that has something would have given it. */
const enoughQuiet = 5

/**
 * To oos's own standard streams, waiting for a slow reader. Not through Node's: they would hold up the whole of oos with
 * it, its limits and its proxy, and a reader that has gone would end oos in the middle of its run.
 */
export const ownOutput: OutputSink = async (name, chunk) => {
  for (let rest = chunk; rest.length > 0; ) rest = rest.subarray(await writeSome(name, rest))
}

const againMs = 5

/** How many bytes were taken. */
function writeSome(name: OutputName, chunk: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(name === 'stdout' ? 1 : 2, chunk, (error, written) => {
      if (error === null) resolve(written)
      // Who shares the stream has made it one that does not wait.
      else if (error.code === 'EAGAIN') setTimeout(resolve, againMs, 0)
      else reject(error)
    })
  })
}
