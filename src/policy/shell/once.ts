import type { ProgramReader } from './types.ts'

/** Makes the value when it is first asked for, and keeps it: of the hundreds of programs here a text names a few. */
export function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** A reader that is made when its program is first met. */
export function lazyReader(make: () => ProgramReader): ProgramReader {
  const reader = once(make)
  return (words, walk) => reader()(words, walk)
}
