import { fstatSync } from 'node:fs'
import { type OutputSink, ownOutput } from '../sandbox/output.ts'

/** The end of what a command says on stderr, kept on its way through oos. */
export interface ErrorTail {
  readonly sink: OutputSink
  /** stdout and stderr lead to one place: they must take one way there, or their order is lost. */
  readonly merged: boolean
  readonly text: () => string
}

const most = 16_384

/**
 * What a mount refuses leaves no event, so the command's own words are all there is to tell why it failed. At a terminal
 * (or any device) there is no tail: the command's streams are the terminal itself, and stay so.
 */
export function tailErrors(): ErrorTail | undefined {
  const [out, errors] = [fstatSync(1), fstatSync(2)]
  if (out.isCharacterDevice() || errors.isCharacterDevice()) return undefined
  const merged = out.dev === errors.dev && out.ino === errors.ino
  let kept = Buffer.alloc(0)
  return {
    merged,
    text: () => kept.toString('utf8'),
    sink: (name, chunk) => {
      if (merged || name === 'stderr') kept = Buffer.concat([kept, chunk]).subarray(-most)
      return ownOutput(name, chunk)
    },
  }
}
