import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type OutputSink, ownOutput } from '../sandbox/output.ts'

/** The end of what a command says on stderr. */
export interface ErrorTail {
  /** Where it can be kept only on its way through oos. */
  readonly passing?: {
    readonly sink: OutputSink
    /** stdout and stderr lead to one place: they must take one way there, or their order is lost. */
    readonly merged: boolean
  }
  readonly text: () => string
}

const most = 16_384

/**
 * What a mount refuses leaves no event, so the command's own words are all there is to tell why it failed. A file is read
 * afterwards. Two sockets lead through oos, as programs give them that read what a command says. At a terminal, and in a
 * pipe, there is no tail: the command's streams stay what they are.
 */
export function tailErrors(): ErrorTail | undefined {
  const [out, errors] = [fstatSync(1), fstatSync(2)]
  if (errors.isFile()) return { text: () => readAdded(errors.size) }
  if (!out.isSocket() || !errors.isSocket()) return undefined
  const merged = out.dev === errors.dev && out.ino === errors.ino
  let kept = Buffer.alloc(0)
  const sink: OutputSink = (name, chunk) => {
    if (merged || name === 'stderr') kept = Buffer.concat([kept, chunk]).subarray(-most)
    return ownOutput(name, chunk)
  }
  return { passing: { sink, merged }, text: () => kept.toString('utf8') }
}

/** What stands in stderr's file since it had that size. */
function readAdded(before: number): string {
  const { size } = fstatSync(2)
  const bytes = Buffer.alloc(Math.min(most, Math.max(0, size - before)))
  let file: number
  try {
    // Descriptor 2 itself is open for writing alone.
    file = openSync('/proc/self/fd/2', 'r')
  } catch {
    return ''
  }
  try {
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, size - bytes.length))
  } finally {
    closeSync(file)
  }
}
