import { isOption } from '../shell/command-pattern.ts'
import { type GlobWord, matchesAlways, type PatternWord, parsePatternWords } from '../shell/pattern-words.ts'
import { charactersOf } from './characters.ts'
import {
  charsetBut,
  either,
  type Language,
  many,
  mark,
  one,
  optional,
  type Regular,
  repeated,
  sequence,
  spanOf,
  word,
} from './regular.ts'

// A command is its words, a mark after each. Words are known whole: what is only known at run time is no text.
// What is meant by `exact` and `anywhere` is said in `shell/command-pattern.ts`.

const any = charsetBut('')
const text = many(any)
const end = word(mark)
const anyWord = sequence(text, end)
const anyWords = repeated(anyWord)
const letters = charactersOf(['a', 'A', '0'].map((first) => ({ min: spanOf(first).min, max: last(first) })))
const option = sequence(
  word('-'),
  either(one(charsetBut('-')), sequence(word('-'), one(any)), sequence(one(charsetBut('-')), one(any))),
  text,
  end,
)
const noOption = sequence(
  either(sequence(), word('-'), word('--'), sequence(one(charsetBut('-')), text)),
  end,
)
const longName = many(charsetBut('='))
const dashes = sequence(word('--'), end)
/** Between the other words: options, each perhaps with its value, and what ends them. */
const options = repeated(either(sequence(option, optional(noOption)), dashes))

/** Every command that names a program. */
export const anyCommand: Regular = sequence(one(any), text, end, anyWords)

export function commandLanguage(pattern: string, mode: 'exact' | 'anywhere'): Language {
  const languages = parsePatternWords(pattern).map((words) =>
    mode === 'exact' ? { says: exact(words) } : spelled(words),
  )
  const [only] = languages
  return only !== undefined && 'all' in only && languages.length === 1 ? only : { any: languages }
}

/** Only these programs, by the word that names them. */
export function programLanguage(programs: readonly string[]): Language {
  return { says: sequence(either(...programs.map((program) => word(program))), end, anyWords) }
}

/** The words, each with a mark after it. */
export function writeWords(words: readonly string[]): string {
  return words.map((each) => each + mark).join('')
}

export function readWords(command: string): readonly string[] {
  return command.split(mark).slice(0, -1)
}

function last(first: string): number {
  return spanOf({ a: 'z', A: 'Z', '0': '9' }[first] ?? first).min
}

function exact([program, ...rest]: readonly PatternWord[]): Regular {
  if (program === undefined || program.kind === 'any') return sequence(anyWords, ...rest.map(exactWord))
  return sequence(exactProgram(program), end, ...rest.map(exactWord))
}

function exactWord(pattern: PatternWord): Regular {
  return pattern.kind === 'any' ? anyWords : pattern.kind === 'one' ? anyWord : sequence(glob(pattern), end)
}

/** A name without a slash is that of a program that the shell looks up; a pattern of paths never leads up. */
function exactProgram(program: PatternWord): Regular {
  if (program.kind !== 'word') return text
  if (program.literal !== undefined) return word(program.literal)
  return program.text.includes('/') ? glob(program) : glob(program, charsetBut('/'))
}

function glob({ segments }: GlobWord, characters = any): Regular {
  const [first = '', ...others] = segments
  return sequence(word(first), ...others.flatMap((part) => [many(characters), word(part)]))
}

/** What is written matches as well: word by word it is one of the spellings, but where `-*` means a word that is no option. */
function spelled(pattern: readonly PatternWord[]): Language {
  const language = anywhere(pattern)
  const isLoose = pattern.some((each) => each.kind === 'word' && isOption(each.text) && meansNoOption(each))
  return isLoose ? { any: [language, { says: exact(pattern) }] } : language
}

function meansNoOption(option: GlobWord): boolean {
  return ['-', '--'].some((word) => matchesAlways(option, word))
}

function anywhere(pattern: readonly PatternWord[]): Language {
  const [program, ...rest] = pattern
  const given = rest.filter((each): each is GlobWord => each.kind === 'word' && isOption(each.text))
  const operands = rest.filter((each) => each.kind !== 'word' || !isOption(each.text))
  const start = program?.kind === 'any' ? [anyWords] : [anyProgram(program), options]
  const steps = operands.flatMap((operand) =>
    operand.kind === 'any' ? [anyWords] : [anywhereWord(operand), options],
  )
  const all = [...start, ...steps]
  // Any words are options, too: said twice, they make an automaton of three times as many states.
  const said = all.filter((part, index) => part !== options || all[index + 1] !== anyWords)
  return { all: [{ says: sequence(...said) }, ...given.flatMap(hasOption)] }
}

/** The program at any path. */
function anyProgram(program: PatternWord | undefined): Regular {
  if (program?.kind !== 'word') return anyWord
  const slash = program.text.lastIndexOf('/')
  const base = slash < 0 || slash === program.text.length - 1 ? program : program.after(slash)
  const folder = optional(sequence(text, word('/')))
  return sequence(either(sequence(folder, glob(base, charsetBut('/'))), glob(program)), end)
}

function anywhereWord(pattern: PatternWord): Regular {
  if (pattern.kind !== 'word') return anyWord
  const attached = sequence(word('--'), longName, word('='), glob(pattern))
  return sequence(either(glob(pattern), attached), end)
}

/** The languages of commands that have the option, all of which must hold. Many patterns name the same one. */
function hasOption(wanted: GlobWord): readonly Language[] {
  return optionLanguages(wanted).map((says, index) => ({ says, name: `option ${index} ${wanted.text}` }))
}

function optionLanguages(wanted: GlobWord): readonly Regular[] {
  const { literal } = wanted
  if (literal !== undefined && /^-[A-Za-z\d]{1,3}$/.test(literal))
    return Array.from(literal.slice(1), (letter) => holds(letterOption(letter)))
  const plain = sequence(glob(wanted), end)
  const equals = literal?.startsWith('--') ? literal.indexOf('=') : -1
  if (literal === undefined || !literal.startsWith('--')) return [holds(plain)]
  if (equals < 0) return [holds(either(plain, ...beginnings(literal)))]
  const value = sequence(word(literal.slice(equals + 1)), end)
  return [holds(either(plain, ...beginnings(literal.slice(0, equals)).map((name) => sequence(name, value))))]
}

function holds(words: Regular): Regular {
  return sequence(anyWord, anyWords, words, anyWords)
}

function letterOption(letter: string): Regular {
  const later = sequence(one(letters), text, word(letter))
  return sequence(word('-'), either(word(letter), later), text, end)
}

/** `--forc` and `--force=x` are `--force`. */
function beginnings(name: string): readonly Regular[] {
  const value = optional(sequence(word('='), text))
  return Array.from({ length: Math.max(0, name.length - 3) }, (_, index) =>
    sequence(word(name.slice(0, index + 4)), value, end),
  )
}
