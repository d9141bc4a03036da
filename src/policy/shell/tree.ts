import type { AndOr, CommandNode, CompoundList, PipelineNode, Statement, Word } from 'unbash'
import { readVariable } from './assignments.ts'
import { readDoubleBrackets, readDoubleParentheses, readGroupBackgrounded } from './dialects.ts'
import { readTest } from './expressions.ts'
import { readRedirection } from './redirections.ts'
import type { TreeWalk } from './types.ts'

/** Walks lists, pipelines and compound commands down to simple commands. After `cd x;` the shell stands in x or where it stood. */
export function readStatements(statements: readonly Statement[], walk: TreeWalk): void {
  for (const { command } of statements) {
    const before = walk.folder.here
    if (command.type === 'AndOr') readChain(command, walk)
    else readPipeline(command, walk)
    walk.folder.settle(before)
  }
}

/** After `cd x &&` it stands in x, after `cd x ||` in either. */
function readChain({ commands, operators }: AndOr, walk: TreeWalk): void {
  const certain = !operators.includes('||')
  for (const command of commands) {
    const before = walk.folder.here
    readPipeline(command, walk)
    if (!certain) walk.folder.settle(before)
  }
}

function readPipeline(node: PipelineNode, walk: TreeWalk): void {
  if (node.type === 'Command') walk.simple(node)
  else if (node.type !== 'Pipeline') readCompound(node, walk)
  else
    for (const command of node.commands) {
      const before = walk.folder.here
      readPipeline(command, walk)
      walk.folder.settle(before)
    }
}

function readCompound(node: CommandNode, walk: TreeWalk): void {
  switch (node.type) {
    case 'Command':
      walk.simple(node)
      break
    case 'Redirected':
      for (const redirection of node.redirects) {
        readRedirection(redirection, walk)
        readGroupBackgrounded(redirection, walk)
      }
      readCompound(node.command, walk)
      break
    case 'If':
      readList(node.clause, walk)
      readList(node.then, walk)
      for (const branch of node.elif) {
        readList(branch.clause, walk)
        readList(branch.then, walk)
      }
      if (node.else !== undefined) readList(node.else, walk)
      break
    case 'For':
    case 'Select':
      readRound(node.name.text, node.wordlist, walk)
      readLoop([node.body], walk)
      break
    case 'While':
      readLoop([node.clause, node.body], walk)
      break
    case 'ArithmeticFor':
      for (const part of [node.initialize, node.test, node.update]) walk.calculation(part)
      readLoop([node.body], walk)
      break
    case 'Subshell':
      walk.folder.apart(() => readList(node.body, walk))
      break
    case 'BraceGroup':
      readList(node.body, walk)
      break
    case 'Case':
      walk.word(node.word)
      for (const item of node.items) {
        for (const pattern of item.pattern) walk.word(pattern)
        readList(item.body, walk)
      }
      break
    case 'Function':
      walk.numbers.functions = true
      walk.later(() => readBody(node.body, walk))
      break
    case 'Coproc':
      walk.assign(node.name?.text ?? 'COPROC', undefined)
      readBody(node.body, walk)
      break
    case 'TestCommand':
      readDoubleBrackets(walk.textOf(node), walk)
      readTest(node.expression, walk)
      break
    case 'ArithmeticCommand':
      readDoubleParentheses(node.body, walk)
      walk.calculation(node.expression)
      break
  }
}

function readList(list: CompoundList, walk: TreeWalk): void {
  readStatements(list.commands, walk)
}

/** The grammar takes a mere list there only where it recovers from an error. */
function readBody(node: CommandNode | CompoundList, walk: TreeWalk): void {
  if (node.type === 'CompoundList') walk.refuse('a body is missing')
  else readCompound(node, walk)
}

function readRound(name: string, words: readonly Word[] | undefined, walk: TreeWalk): void {
  readVariable(name, undefined, walk)
  if (words === undefined) walk.numbers.assignUnknown(name)
  for (const word of words ?? []) {
    walk.word(word)
    walk.numbers.assign(name, word)
  }
}

function readLoop(lists: readonly CompoundList[], walk: TreeWalk): void {
  const known = walk.folder.repeatedly(() => {
    for (const list of lists) readList(list, walk)
  })
  if (!known) walk.refuse('a loop changes the folder that a path is relative to')
}
