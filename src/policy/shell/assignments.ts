import type { Assignment } from 'unbash'
import { readShellVariable } from './dialects.ts'
import type { SyntaxWalk, Walk } from './types.ts'
import { variableReader } from './variables.ts'
import { hasHole, hole } from './words.ts'

/** Reads `NAME=value` before a command, alone, or after `export` and the like. Gives it as a word. */
export function readAssignment(node: Assignment, walk: SyntaxWalk): string {
  const { name, value, index } = node
  if (index !== undefined) {
    walk.word(index)
    walk.numbers.useIndex(index)
  }
  if (value.type === 'ArrayValue') {
    for (const element of value.elements) {
      walk.word(element)
      walk.numbers.assign(name, element)
      if (element.text[0] === '[') walk.numbers.useIndex(element)
    }
    readVariable(name, undefined, walk)
    return `${name}=${hole}`
  }
  const text = walk.word(value)
  walk.numbers.assign(name, value)
  readVariable(name, hasHole(text) || node.append === true ? undefined : text, walk)
  return `${name}=${text}`
}

/** A variable that changes what a later program is or does makes the text undecidable, unless its value is harmless. */
export function readVariable(name: string, value: string | undefined, walk: Walk): void {
  variableReader(name)?.(name, value, walk)
  readShellVariable(name, walk)
}
