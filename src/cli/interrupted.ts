import { exitCodes } from '../shared/errors.ts'

/** Until Ctrl-C; the second one ends at once, as ever. */
export function untilInterrupted(): Promise<number> {
  return new Promise((resolve) => process.once('SIGINT', () => resolve(exitCodes.interrupted)))
}
