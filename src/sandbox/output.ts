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

/** To oos's own standard streams, waiting for a slow reader. */
export const ownOutput: OutputSink = (name, chunk) =>
  new Promise((resolve, reject) => {
    process[name].write(chunk, (error) => (error ? reject(error) : resolve()))
  })
