import { once } from '../../shared/remembered.ts'
import { isInput } from './input.ts'
import { compileOptions, readOptions } from './options.ts'
import type { ProgramReader } from './types.ts'
import { hasHole, hole, many } from './words.ts'

const options = once(() =>
  compileOptions({
    short: 'nrEsuzbi::e:f:l:V',
    long: 'quiet silent regexp-extended in-place? expression= file= line-length= separate unbuffered null-data zero-terminated posix follow-symlinks binary debug sandbox',
  }),
)

/** `e` runs commands and `w` writes files; a script file is the project's own code. */
export const readSed: ProgramReader = (words, walk) => {
  const scripts = scriptsOf(words)
  if (scripts === undefined || scripts.some((script) => hasHole(script) || !isHarmless(script)))
    walk.refuse('a sed script may run commands or write files')
}

/** Those of the words; undefined where there may be others. */
function scriptsOf(words: readonly string[]): readonly string[] | undefined {
  const read = readOptions(words, options())
  if (read === undefined) return undefined
  const values = (...names: string[]) =>
    read.given.filter(({ name }) => names.includes(name)).map(({ value }) => value ?? '-')
  const scripts = values('e', 'expression')
  const files = values('f', 'file')
  const operands = words.slice(read.operands)
  if (files.some(isInput) || operands.some(mayBeScript)) return undefined
  return scripts.length > 0 || files.length > 0 ? scripts : operands.slice(0, 1)
}

/** GNU sed takes options after its operands too, and a word may become one. */
function mayBeScript(word: string): boolean {
  if (word.startsWith(many + hole) || /^\0*-.*\0/s.test(word)) return true
  return /^(?:-[nrEsuzb]*[ef]|--(?:e|fi))/.test(word)
}

/** Follows the script command by command; anything it does not know is not harmless. */
function isHarmless(script: string): boolean {
  let at = 0
  while (at < script.length) {
    const next = afterCommand(script, at)
    if (next === undefined) return false
    at = next
  }
  return true
}

const address = /(?:\d+(?:~\d+)?|\$|\/(?:[^\\/\n[]|\\.|\[\^?\]?[^\]/\n]*\])*\/[IM]*)/
const addresses = new RegExp(
  `(?:${address.source}(?:\\s*,\\s*(?:${address.source}|[+~]\\d+))?)?\\s*!?\\s*`,
  'y',
)
const separators = /[\s;{}]*(?:#[^\n]*(?:\n|$)[\s;{}]*)*/y
const bracket = /\[\^?\]?(?:\[[:.=][^\]\n]*[:.=]\]|[^\]\n])*\]/y
const flags = /[gpiImM\d]*(?=[\s;}]|$)/y
const simple =
  /[dDgGhHnNpPxzlF=](?=[\s;}]|$)|[qQL]\s*\d*(?=[\s;}]|$)|[btT:]\s*[\w.-]*(?=[\s;}]|$)|[aic](?:\\\n|\\?[ \t]*)(?:[^\\\n]|\\[\s\S])*(?:\n|$)/y

function afterCommand(script: string, start: number): number | undefined {
  const at = match(addresses, script, match(separators, script, start) ?? start) ?? start
  if (at >= script.length) return at
  const command = script[at]
  if (command === '{' || command === '}') return at + 1
  if (command !== 's' && command !== 'y') return match(simple, script, at)
  const delimiter = script[at + 1]
  if (delimiter === undefined || delimiter === '\n' || delimiter === '\\') return undefined
  const middle = afterDelimiter(script, at + 2, delimiter, command === 's')
  const end = middle === undefined ? undefined : afterDelimiter(script, middle, delimiter, false)
  return end === undefined ? undefined : match(flags, script, end)
}

/** A delimiter inside `[…]` of the pattern is no end; a sed that takes it for one finds the pattern broken and stops. */
function afterDelimiter(
  script: string,
  start: number,
  delimiter: string,
  inPattern: boolean,
): number | undefined {
  for (let at = start; at < script.length; at++) {
    const character = script[at]
    if (character === '\\') at++
    else if (character === delimiter) return at + 1
    else if (character === '[' && inPattern) {
      const end = match(bracket, script, at)
      if (end === undefined) return undefined
      at = end - 1
    }
  }
  return undefined
}

function match(pattern: RegExp, script: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(script) ? pattern.lastIndex : undefined
}
