import type { ArithmeticExpression, ParameterExpansionPart, TestExpression, Word, WordPart } from 'unbash'
import type { SyntaxWalk } from './types.ts'

/** `$((…))`, `((…))` and the heads of `for ((…))`. */
export function readCalculation(expression: ArithmeticExpression | undefined, walk: SyntaxWalk) {
  switch (expression?.type) {
    case undefined:
      return
    case 'ArithmeticBinary':
      if (/^(?:[^=<>!]|<<|>>)?=$/.test(expression.operator)) readTarget(expression.left, walk)
      readCalculation(expression.left, walk)
      return readCalculation(expression.right, walk)
    case 'ArithmeticUnary':
      if (expression.operator === '++' || expression.operator === '--') readTarget(expression.operand, walk)
      return readCalculation(expression.operand, walk)
    case 'ArithmeticTernary':
      readCalculation(expression.test, walk)
      readCalculation(expression.consequent, walk)
      return readCalculation(expression.alternate, walk)
    case 'ArithmeticGroup':
      return readCalculation(expression.expression, walk)
    case 'ArithmeticWord':
      return readOperand(expression.value, expression.parts, walk)
    case 'ArithmeticCommandExpansion':
      walk.script(expression.script)
      return walk.numbers.useScript(expression.script)
  }
}

function readTarget(target: ArithmeticExpression, walk: SyntaxWalk) {
  if (target.type !== 'ArithmeticWord') return
  const [name = ''] = /^[^[]*/.exec(target.value) ?? []
  if (/[$`]/.test(name)) walk.refuse('it sets a variable whose name is only known at run time')
  else walk.assign(name.trim(), '0')
}

function readOperand(value: string, parts: readonly WordPart[] | undefined, walk: SyntaxWalk) {
  if (parts === undefined) return walk.numbers.useText(value)
  walk.parts(parts)
  walk.numbers.useParts(parts)
}

/** `[[ … ]]`. Some of its operators calculate, and `-v` evaluates a subscript. */
export function readTest(expression: TestExpression, walk: SyntaxWalk) {
  switch (expression.type) {
    case 'TestUnary':
      walk.word(expression.operand)
      if (expression.operator === '-v' || expression.operator === '-R')
        walk.numbers.useWord(expression.operand)
      return
    case 'TestBinary':
      walk.word(expression.left)
      walk.word(expression.right)
      if (!/^-(?:eq|ne|lt|le|gt|ge)$/.test(expression.operator)) return
      walk.numbers.useWord(expression.left)
      return walk.numbers.useWord(expression.right)
    case 'TestLogical':
      for (const operand of expression.operands) readTest(operand, walk)
      return
    case 'TestNot':
      return readTest(expression.operand, walk)
    case 'TestGroup':
      return readTest(expression.expression, walk)
  }
}

/** `${…}`: what its operands run, set, or evaluate. */
export function readParameter(part: ParameterExpansionPart, walk: SyntaxWalk) {
  const { operation, index } = part
  if (index !== undefined) {
    walk.word(index)
    walk.numbers.useIndex(index)
  }
  if (part.prefix === '!' && operation?.type !== 'Names' && !/^[@*]$/.test(index?.text ?? ''))
    walk.numbers.useText(part.parameter)
  switch (operation?.type) {
    case undefined:
    case 'Names':
      return
    case 'Default':
      walk.word(operation.operand)
      if (operation.operator.endsWith('=')) walk.assign(part.parameter, undefined)
      return
    case 'Transform':
      if (operation.operand.text === 'P' || operation.operand.text.length !== 1)
        walk.refuse('`@P` runs what is in the value')
      return
    case 'Slice':
      calculate(operation.offset, walk)
      return calculate(operation.length, walk)
    case 'Replace':
      walk.word(operation.pattern)
      walk.word(operation.replacement)
      return
    case 'Unknown':
      return walk.refuse('an expansion cannot be read')
    case 'Remove':
    case 'CaseModification':
      if (operation.operand !== undefined) walk.word(operation.operand)
  }
}

function calculate(word: Word | undefined, walk: SyntaxWalk) {
  if (word === undefined) return
  walk.word(word)
  walk.numbers.useWord(word)
}
