import type { ProgramReader } from './types.ts'

/** Looks a program up by its name, and makes its reader. */
export type FindReader = (program: string) => ProgramReader | undefined

/** In a plain object, which stays as it is written until somebody looks: a run meets one program of hundreds. */
export function findIn<Entry>(
  table: Readonly<Record<string, Entry>>,
  make: (entry: Entry, program: string) => ProgramReader,
): FindReader {
  return (program) => {
    const entry = Object.hasOwn(table, program) ? table[program] : undefined
    return entry === undefined ? undefined : make(entry, program)
  }
}

/** Where the first of these finds it. */
export function firstOf(...finders: readonly FindReader[]): FindReader {
  return (program) => {
    for (const find of finders) {
      const reader = find(program)
      if (reader !== undefined) return reader
    }
    return undefined
  }
}

/** A reader that is there. */
export const asIs = (reader: ProgramReader): ProgramReader => reader
