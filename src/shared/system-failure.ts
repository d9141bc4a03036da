import { diskFailure } from './disk-failure.ts'
import { limitFailure } from './limit-failure.ts'

/** Why the system did not do it, in words: the disk, or a limit. */
export function systemFailure(error: unknown): string | undefined {
  return limitFailure(error)?.why ?? diskFailure(error)
}
