import { write } from 'node:fs'
import type { Readable } from 'node:stream'

export type OutputName = 'stdout' | 'stderr'
/** Takes what the command prints; the command waits while a returned promise is open. */
export type OutputSink = (name: OutputName, chunk: Buffer) => void | Promise<void>

export interface OutputCount {
  /** Bytes seen so far, both streams together. */
  readonly bytes: () => number
  /** Both streams are at their end, and everything is passed on. */
  readonly drained: Promise<unknown>
}

export interface PassOptions {
  readonly sink: OutputSink
  readonly limit: number
  readonly exceeded: () => void
}

/** Passes the command's output on, and says when there is more than the limit; nothing beyond it is passed on. */
export function passOutput(
  streams: Readonly<Record<OutputName, Readable>>,
  options: PassOptions,
): OutputCount {
  let bytes = 0
  const pass = async (name: OutputName) => {
    for await (const chunk of streams[name] as AsyncIterable<Buffer>) {
      const room = options.limit - bytes
      bytes += chunk.length
      if (bytes > options.limit) options.exceeded()
      if (room > 0) await options.sink(name, chunk.subarray(0, room))
    }
  }
  // A sink that fails closes the stream, and the command sees a broken pipe, as it would without us.
  return { bytes: () => bytes, drained: Promise.allSettled([pass('stdout'), pass('stderr')]) }
}

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
