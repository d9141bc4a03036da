import { hasHole } from './words.ts'

/** Whether a file of code is what the program reads anyway, or only known at run time: then the code is not read here. */
export function isInput(file: string): boolean {
  return hasHole(file) || inputs.test(file)
}

const inputs = /^(?:-|\/+(?:dev\/+(?:stdin|fd\/.*|tty)|proc\/.*))$/
