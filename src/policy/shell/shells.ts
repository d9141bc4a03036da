import { once } from '../remembered.ts'
import { compileOptions, readOptions } from './options.ts'
import type { ProgramReader, Walk } from './types.ts'
import { hasHole } from './words.ts'

const syntax = once(() =>
  compileOptions({
    short: 'abcefghiklmnprstuvxBCDEHPTo:O:',
    long: 'login noprofile norc noediting posix restricted verbose debugger dump-strings dump-po-strings pretty-print rcfile= init-file=',
  }),
)
const inputs = /^(?:-|\/dev\/(?:stdin|fd\/.*|tty)|\/proc\/.*)$/

/** `sh -c text` runs the text; `sh file` is decided by its words; `sh` alone reads commands from elsewhere. */
const posix: ProgramReader = (words, walk) => {
  const read = readOptions(
    words.map((word) => word.replace(/^\+(?=[a-zA-Z])/, '-')),
    syntax(),
  )
  if (read === undefined) return walk.refuse('a shell has options that cannot be read')
  const given = new Set(read.given.map(({ name }) => name))
  if (given.has('help') || given.has('version')) return
  if (given.has('rcfile') || given.has('init-file'))
    return walk.refuse('a shell starts with a file of commands')
  const first = words[read.operands]
  if (given.has('c')) {
    if (first === undefined) return
    if (read.given.some(({ value }) => value === 'expand_aliases'))
      return walk.refuse('an alias may change what words mean')
    return walk.shell(first)
  }
  readScript(first, given.has('s'), walk)
}

const foreign: ProgramReader = (words, walk) => {
  const option = words.find((word, index) => index > 0 && word[0] === '-')
  if (option !== undefined) return walk.refuse('it runs code of a language that oos does not read')
  readScript(words[1], false, walk)
}

function readScript(file: string | undefined, fromInput: boolean, walk: Walk): void {
  if (file === undefined || fromInput || inputs.test(file))
    walk.refuse('a shell reads commands from its input')
  else if (hasHole(file)) walk.refuse('a shell runs a file that is only known at run time')
}

export const shells: ReadonlyMap<string, ProgramReader> = new Map([
  ...['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'mksh', 'rbash', 'yash', 'posh', 'rzsh'].map(
    (name) => [name, posix] as const,
  ),
  ...['fish', 'csh', 'tcsh', 'nu', 'pwsh', 'powershell', 'elvish', 'xonsh', 'rc', 'es'].map(
    (name) => [name, foreign] as const,
  ),
])
