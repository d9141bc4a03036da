import { OosError } from '../../shared/errors.ts'

/** Whoever was asked went away. */
export function notAgreed(cause?: unknown): OosError {
  return new OosError('interrupted', 'interrupted, and nothing was agreed to', { cause })
}
