import type { RunOptions } from '../../sandbox/process/launch.ts'
import { ownOutput } from '../../sandbox/process/output.ts'
import { readOutputs } from '../../sandbox/process/standard.ts'

/** The end of what a command says on stderr. */
export interface ErrorTail {
  readonly passing: Pick<RunOptions, 'seen' | 'sink' | 'merged'>
  /** Nothing where it was not kept. */
  readonly text: () => string | undefined
}

const most = 16_384

/**
 * What a mount refuses leaves no event, so the command's own words are all there is to tell why it failed. What goes to a
 * file goes through oos anyway, and two sockets are led there, as programs give them that read what a command says. At a
 * terminal, and in a pipe, there is no tail: the command's streams stay what they are.
 */
export function tailErrors(): ErrorTail {
  const { out, errors, areOne: merged } = readOutputs()
  let kept = Buffer.alloc(0)
  const seen: RunOptions['seen'] = (name, chunk) => {
    if (merged || name === 'stderr') kept = Buffer.concat([kept, chunk]).subarray(-most)
  }
  const isRead = out?.isSocket() === true && errors?.isSocket() === true
  return {
    passing: { seen, ...(isRead ? { sink: ownOutput, merged } : {}) },
    text: () => (isRead || errors?.isFile() ? kept.toString('utf8') : undefined),
  }
}
