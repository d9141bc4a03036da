import { normalize } from 'node:path/posix'
import { hasHole } from './words.ts'

/** Whether a file of code is what the program reads anyway, or only known at run time: then the code is not read here. */
export function isInput(file: string): boolean {
  return file === '-' || hasHole(file) || inputs.test(normalize(file))
}

/** Behind `..` a name with an ending is a file of the project next door: no device has one. */
const inputs = /^(?:\/dev\/(?!null$)|\/proc\/|(?:\.\.\/)+(?:dev\/(?!null$)[^.]*$|proc\/))/
