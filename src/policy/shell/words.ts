import type { ArithmeticExpression, ParameterExpansionPart, ParsedScript, Word, WordPart } from 'unbash'
import { type Dialect, readDollarQuote, readOldCalculation } from './dialects.ts'

/**
 * Stands in a word for text that is only known at run time. No real argument can hold it: they end at NUL.
 * A word that may become any number of words (an unquoted expansion, a glob) starts with two.
 */
export const hole = '\0'
export const many = '\0\0'
/** Any number of any words. */
export const anyWords = many + hole

export interface PartVisitor {
  readonly dialect: Dialect
  refuse(reason: string): void
  word(word: Word): string
  script(script: ParsedScript | undefined): void
  calculation(expression: ArithmeticExpression | undefined): void
  /** `inQuotes`: within double quotes or a here-document. */
  parameter(part: ParameterExpansionPart, inQuotes: boolean): void
  parts(parts: readonly WordPart[] | undefined): void
}

/** The word as the program gets it, with holes. Visits what its expansions run. */
export function readWord(word: Word, visitor: PartVisitor): string {
  const text = word.text
  const kind = textKind(text)
  if (kind === plain) return text
  if (kind === quoted) return text.slice(1, -1)
  const parts = word.parts
  return parts === undefined ? word.value : joinParts(parts, visitor)
}

export function hasHole(word: string): boolean {
  return word.includes(hole)
}

/** Whether a `~` at the start of the word is a character like any other: it was quoted. */
export function isQuotedTilde(text: string): boolean {
  return text[0] !== '~' && !/^"?\$\{?HOME\b/.test(text)
}

const plain = 0
const quoted = 1
const structured = 2

const special = new Uint8Array(128)
for (const character of '\\\'"$`*?[{<>()\n\0') special[character.charCodeAt(0)] = 1

/** Most words need no parts of their own: nothing special in them, or one pair of quotes around it all. */
function textKind(text: string): number {
  const last = text.length - 1
  const first = text.charCodeAt(0)
  if (first === 39) return last > 0 && text.indexOf("'", 1) === last ? quoted : structured
  if (first === 34) return isPlainDoubleQuoted(text, last) ? quoted : structured
  for (let index = 0; index <= last; index++) {
    const code = text.charCodeAt(index)
    if (code < 128 && special[code] === 1) return text === '{}' || text === '[' ? plain : structured
  }
  return plain
}

function isPlainDoubleQuoted(text: string, last: number): boolean {
  for (let index = 1; index < last; index++) {
    const code = text.charCodeAt(index)
    if (code === 34 || code === 36 || code === 92 || code === 96) return false
  }
  return last > 0 && text.charCodeAt(last) === 34
}

function joinParts(parts: readonly WordPart[], visitor: PartVisitor): string {
  const joined = { text: knownStart(parts) ?? '', splits: false }
  parts.forEach((part, index) => {
    if (index > 0 || joined.text === '') addPart(part, false, joined, visitor)
    else if (part.type === 'DoubleQuoted')
      for (const child of part.parts.slice(1)) addPart(child, true, joined, visitor)
  })
  return joined.splits ? many + joined.text : joined.text
}

/** `$HOME/x` is `~/x`, `$PWD/x` is `./x`: assigning either makes the whole text undecidable. */
function knownStart(parts: readonly WordPart[]): string | undefined {
  const [outer, after] = parts
  const [first, next = after] = outer?.type === 'DoubleQuoted' ? outer.parts : [outer, after]
  if (next !== undefined && !(next.type === 'Literal' && next.value[0] === '/')) return undefined
  return first === undefined ? undefined : knownFolders.get(first.text)
}

const knownFolders = new Map([
  ['$HOME', '~'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: shell text
  ['${HOME}', '~'],
  ['$PWD', '.'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: shell text
  ['${PWD}', '.'],
])

interface Joined {
  text: string
  splits: boolean
}

function addPart(part: WordPart, inQuotes: boolean, joined: Joined, visitor: PartVisitor): void {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
      joined.text += part.value
      return
    case 'AnsiCQuoted':
      readDollarQuote(visitor)
      joined.text += part.value
      return
    case 'DoubleQuoted':
      for (const child of part.parts) addPart(child, true, joined, visitor)
      return
    case 'SimpleExpansion':
      addVariable(part.text.slice(1), inQuotes, joined)
      return
    case 'ParameterExpansion':
      visitor.parameter(part, inQuotes)
      addVariable(part.text.slice(2, -1), inQuotes, joined)
      return
    case 'CommandExpansion':
      visitor.script(part.script)
      addHole(joined, !inQuotes)
      return
    case 'ArithmeticExpansion':
      visitor.calculation(part.expression)
      if (part.text[1] === '[') readOldCalculation(visitor)
      // A number, but IFS may hold digits.
      addHole(joined, !inQuotes)
      return
    case 'ProcessSubstitution':
      visitor.script(part.script)
      addHole(joined, false)
      return
    default: {
      // Globs, braces and translated strings become what the machine makes of them.
      const isString = part.type === 'LocaleString'
      if (isString) readDollarQuote(visitor)
      if (part.type === 'ExtendedGlob' && visitor.dialect === 'zsh')
        visitor.refuse('a pattern of zsh may run a command')
      for (const child of part.parts ?? [])
        addPart(child, inQuotes || isString, { text: '', splits: false }, visitor)
      addHole(joined, !isString)
    }
  }
}

function addVariable(name: string, inQuotes: boolean, joined: Joined): void {
  addHole(joined, !inQuotes || name.includes('@') || name[0] === '!')
}

function addHole(joined: Joined, splits: boolean): void {
  if (!joined.text.endsWith(hole)) joined.text += hole
  joined.splits ||= splits
}

/** Visits what a here-document's text runs. */
export function visitParts(parts: readonly WordPart[], visitor: PartVisitor): void {
  for (const part of parts) addPart(part, true, { text: '', splits: false }, visitor)
}

/** For a person's eye. */
export function printWords(words: readonly string[]): string {
  const text = words.join(' ')
  return text.includes(hole) ? words.map((word) => (word.includes(hole) ? '…' : word)).join(' ') : text
}
