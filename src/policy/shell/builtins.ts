import { isPlainZshOption } from './dialects.ts'
import { asIs, type FindReader, findIn } from './find-reader.ts'
import type { ProgramReader, Walk } from './types.ts'
import { hasHole } from './words.ts'

const refuseWhen =
  (option: RegExp, reason: string): ProgramReader =>
  (words, walk) => {
    if (words.some((word, index) => index > 0 && (option.test(word) || (word[0] === '-' && hasHole(word)))))
      walk.refuse(reason)
  }

/** Every operand of these becomes a variable with a value from outside the text. */
const assigning =
  (valued: string): ProgramReader =>
  (words, walk) => {
    for (let index = 1; index < words.length; index++) {
      const word = words[index] as string
      const array = /^-[Eers]*a(.+)$/s.exec(word)?.[1]
      if (array !== undefined) assignTo(array, undefined, walk)
      else if (word[0] !== '-' || word.length === 1) assignTo(word, undefined, walk)
      else if (word.length === 2 && valued.includes(word[1] as string)) index++
    }
  }

function assignTo(target: string, value: string | undefined, walk: Walk) {
  if (hasHole(target)) return walk.refuse('it sets a variable whose name is only known at run time')
  if (target.includes('[')) walk.arithmetic(target)
  const name = /^[A-Za-z_]\w*/.exec(target)?.[0]
  if (name !== undefined) walk.assign(name, value)
}

/** `export "PATH=$x"`: quoted, so the grammar sees a word and no assignment. */
const declares: ProgramReader = (words, walk) => {
  for (const word of words.slice(1)) {
    if (hasHole(word) && /^[^=]*\0/.test(word))
      return walk.refuse('it sets a variable whose name is only known at run time')
    if (/^[-+]\w*[niT]/.test(word) && word[0] === '-')
      return walk.refuse('a variable is given a meaning that cannot be followed')
    const equals = word.indexOf('=')
    if (word[0] !== '-' && equals > 0)
      declareOne(word.slice(0, equals).replace(/\+$/, ''), word.slice(equals + 1), walk)
  }
}

function declareOne(name: string, value: string, walk: Walk) {
  if (name.includes('[')) walk.arithmetic(name)
  walk.assign(name.replace(/\[.*/s, ''), hasHole(value) ? undefined : value)
}

const change: ProgramReader = (words, walk) => {
  const operands = words.slice(1).filter((word) => !/^-[LPe@]+$/.test(word) && word !== '--')
  const physical = words.some((word) => /^-[Le@]*P/.test(word))
  const folder = operands.length === 0 && words[0] !== 'pushd' ? '~' : operands[0]
  const unknown =
    folder === undefined ||
    operands.length > 1 ||
    folder === '-' ||
    folder === '' ||
    (physical && folder?.includes('..')) ||
    /^~[^/]/.test(folder ?? '')
  walk.enter(unknown ? undefined : folder)
}

const tests: ProgramReader = (words, walk) => {
  for (let index = 1; index < words.length - 1; index++)
    if (words[index] === '-v' || words[index] === '-R' || words[index]?.includes('\0\0'))
      walk.arithmetic(subscript(words[index + 1] as string))
}

/** Only a subscript is evaluated, so a plain name is harmless whatever it holds. */
function subscript(word: string): string {
  const open = word.indexOf('[')
  return open < 0 && !hasHole(word) ? '' : word.slice(Math.max(open, 0))
}

const table: Record<string, ProgramReader> = {
  eval: (words, walk) => walk.evaluate(words.slice(words[1] === '--' ? 2 : 1).join(' ')),
  trap: (words, walk) => {
    const action = words[words[1] === '--' ? 2 : 1]
    if (words.length > 2 && action !== undefined && !/^-[lp]?$/.test(action))
      walk.later(() => walk.evaluate(action))
  },
  source: (_words, walk) => walk.refuse('`source` runs a file in this shell'),
  '.': (_words, walk) => walk.refuse('`.` runs a file in this shell'),
  alias: refuseWhen(/=|\0/, 'an alias changes what later words mean'),
  hash: refuseWhen(/^-\w*p|=/, 'a program is given another path'),
  enable: refuseWhen(/^-\w*[fd]/, 'a builtin is loaded from a file'),
  complete: refuseWhen(/^-\w*[CFW]/, 'a completion runs a command'),
  compgen: refuseWhen(/^-\w*[CFW]/, 'a completion runs a command'),
  bind: refuseWhen(/^-\w*[xf]/, 'a key runs a command'),
  set: sets,
  fc: (_words, walk) => walk.refuse('`fc` runs earlier commands'),
  jobs: refuseWhen(/^-\w*x/, '`jobs -x` runs a command'),
  mapfile,
  readarray: mapfile,
  read: assigning('dinNptu'),
  getopts: (words, walk) => {
    if (words[2] !== undefined) assignTo(words[2], undefined, walk)
  },
  printf: prints,
  print: prints,
  let: (words, walk) => {
    for (const word of words.slice(1)) evaluate(word, walk)
  },
  unset: (words, walk) => {
    for (const word of words.slice(1)) if (word[0] !== '-') unset(word, walk)
  },
  wait: (words, walk) => {
    words.forEach((word, index) => {
      const [, attached] = /^-[fn]*p(.*)$/s.exec(word) ?? []
      if (attached !== undefined) assignTo(attached || (words[index + 1] ?? ''), undefined, walk)
    })
  },
  test: tests,
  '[': tests,
  cd: change,
  chdir: change,
  pushd: change,
  popd: (_words, walk) => walk.enter(undefined),
  export: declares,
  declare: declares,
  typeset: declares,
  local: declares,
  readonly: declares,
  // Of zsh; to other shells these are programs that nobody has.
  setopt: options,
  unsetopt: options,
  emulate: ofZsh,
  repeat: ofZsh,
  sched: ofZsh,
  zargs: ofZsh,
  autoload: ofZsh,
  zmodload: ofZsh,
  zcompile: ofZsh,
  zle: ofZsh,
  bindkey: ofZsh,
  vared: ofZsh,
  functions: ofZsh,
}

export const builtins: FindReader = findIn(table, asIs)

export const isBuiltin = (name: string): boolean => Object.hasOwn(table, name)

function ofZsh([name]: readonly string[], walk: Walk) {
  walk.refuse(`\`${name}\` of zsh runs something that is not read`)
}

function sets(words: readonly string[], walk: Walk) {
  refuseWhen(/^-\w*k|^keyword$/, 'every argument with `=` becomes a variable')(words, walk)
  if (
    walk.dialect === 'zsh' &&
    words.some((word, index) => /^[-+]\w*o$/.test(word) && !isPlainZshOption(words[index + 1] ?? ''))
  )
    walk.refuse('an option changes how zsh reads what follows')
}

function options(words: readonly string[], walk: Walk) {
  if (!words.slice(1).every((word) => isPlainZshOption(word)))
    walk.refuse('an option changes how zsh reads what follows')
}

function prints(words: readonly string[], walk: Walk) {
  if (words[1]?.startsWith('-v')) assignTo(words[1].slice(2) || (words[2] ?? ''), undefined, walk)
}

function mapfile(words: readonly string[], walk: Walk) {
  refuseWhen(/^-\w*C/, 'lines are handed to a command')(words, walk)
  assigning('dnOsuCc')(words, walk)
}

function evaluate(text: string, walk: Walk) {
  walk.arithmetic(text)
  for (const [, name] of text.matchAll(/([A-Za-z_]\w*)(?:\[[^\]]*\])?\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)/g))
    if (name !== undefined) walk.assign(name, '0')
}

function unset(word: string, walk: Walk) {
  if (word.includes('[') || hasHole(word)) walk.arithmetic(word)
  if (word === 'PATH') walk.assign(word, undefined)
}
