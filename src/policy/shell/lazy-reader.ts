import { once } from '../remembered.ts'
import type { ProgramReader } from './types.ts'

/** A reader that is made when its program is first met. */
export function lazyReader(make: () => ProgramReader): ProgramReader {
  const reader = once(make)
  return (words, walk) => reader()(words, walk)
}
