import { once } from '../../shared/remembered.ts'
import { type Dialect, isPlainZshOption } from './dialects.ts'
import { type FindReader, findIn } from './find-reader.ts'
import { isInput } from './input.ts'
import { compileOptions, type ReadOptions, readOptions } from './options.ts'
import type { ProgramReader, Walk } from './types.ts'
import { hasHole } from './words.ts'

const syntax = once(() =>
  compileOptions({
    short: 'abcefghiklmnprstuvxBCDEHPTo:O:',
    long: 'login noprofile norc noediting posix restricted verbose debugger dump-strings dump-po-strings pretty-print rcfile= init-file=',
  }),
)
/** bash takes its long options with one dash as well. */
const longOption = /^-(?=(?:rcfile|init-file|login|noprofile|norc|posix|restricted|verbose|debugger)$)/

/** `sh -c text` runs the text; `sh file` is decided by its words; `sh` alone reads commands from elsewhere. */
const posix =
  (dialect: Dialect): ProgramReader =>
  (words, walk) => {
    const read = readOptions(
      words.map((word) => word.replace(/^\+(?=[a-zA-Z])/, '-').replace(longOption, '--')),
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
      if (dialect === 'zsh' && !isPlainZsh(read.given, first))
        return walk.refuse('an option changes how zsh reads the text')
      return walk.shell(first, dialect)
    }
    readScript(first, given.has('s'), walk)
  }

/** With `-i` a `#` is no comment, and an option with a name may change anything. */
function isPlainZsh(given: ReadOptions['given'], text: string): boolean {
  return given.every(({ name, value }) =>
    name === 'i' || name === 's' ? !text.includes('#') : name !== 'o' || isPlainZshOption(value ?? ''),
  )
}

const foreign: ProgramReader = (words, walk) => {
  const option = words.find((word, index) => index > 0 && word[0] === '-')
  if (option !== undefined) return walk.refuse('it runs code of a language that oos does not read')
  readScript(words[1], false, walk)
}

function readScript(file: string | undefined, fromInput: boolean, walk: Walk): void {
  if (file !== undefined && hasHole(file)) walk.refuse('a shell runs a file that is only known at run time')
  else if (file === undefined || fromInput || isInput(file))
    walk.refuse('a shell reads commands from its input')
}

const dialects: Record<string, Dialect | 'foreign'> = {
  sh: 'sh',
  dash: 'sh',
  ash: 'sh',
  posh: 'sh',
  yash: 'sh',
  bash: 'bash',
  rbash: 'bash',
  zsh: 'zsh',
  rzsh: 'zsh',
  ksh: 'unknown',
  mksh: 'unknown',
  fish: 'foreign',
  csh: 'foreign',
  tcsh: 'foreign',
  nu: 'foreign',
  pwsh: 'foreign',
  powershell: 'foreign',
  elvish: 'foreign',
  xonsh: 'foreign',
  rc: 'foreign',
  es: 'foreign',
}

export const shells: FindReader = findIn(dialects, (dialect) =>
  dialect === 'foreign' ? foreign : posix(dialect),
)
