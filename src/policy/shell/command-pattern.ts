import { OosError } from '../../shared/errors.ts'
import {
  type GlobWord,
  matchesAlways,
  matchesEver,
  type PatternWord,
  parsePatternWords,
} from './pattern-words.ts'
import { hole, many } from './words.ts'

/** `exact`: only what is written (Allow). `anywhere`: also other spellings of it (Deny, Ask, Limit). */
export type PatternMode = 'exact' | 'anywhere'

export interface CommandPattern {
  matches(words: readonly string[]): boolean
  /** The last parts of the paths of the programs it can match; undefined = any program. */
  readonly programs?: readonly string[]
  /** It matches every command, so also what cannot be read. */
  readonly everything: boolean
  /** It matches no words without this one, written or hidden (`hiddenWords`). */
  readonly needed?: string
}

/** Compiles a pattern of the `shell` resource. Throws on one with too many alternatives or words. */
export function compileCommandPattern(pattern: string, mode: PatternMode): CommandPattern {
  const alternatives = parsePatternWords(pattern).map(mode === 'exact' ? compileExact : compileAnywhere)
  const programs = alternatives.map(({ program }) => program)
  const known = programs.filter((program) => program !== undefined)
  const only = alternatives.length === 1 ? alternatives[0] : undefined
  return {
    matches: only?.matches ?? ((words) => alternatives.some((alternative) => alternative.matches(words))),
    everything: alternatives.some(({ everything }) => everything),
    ...(known.length === programs.length && { programs: [...new Set(known)] }),
    ...(only?.needed !== undefined && { needed: only.needed }),
  }
}

/** The key of a command in an index by `programs`. */
export function programKey(words: readonly string[]): string {
  const program = words[0] ?? ''
  return program.slice(program.lastIndexOf('/') + 1)
}

interface Alternative {
  readonly matches: (words: readonly string[]) => boolean
  readonly program: string | undefined
  readonly everything: boolean
  readonly needed?: string | undefined
}

/** Sets of positions in a pattern are bits of a number. */
const mostWords = 30

function compileExact(pattern: readonly PatternWord[]): Alternative {
  limit(pattern)
  const [program, ...rest] = pattern
  const last = rest.at(-1)
  const open = last?.kind === 'any'
  const fixed = open ? rest.slice(0, -1) : rest
  const simple = fixed.every((word): word is GlobWord | { kind: 'one' } => word.kind !== 'any')
  const matchesRest = simple
    ? (words: readonly string[]) => matchesFixed(fixed, open, words)
    : (words: readonly string[]) => matchesExactly(rest, words, 1)
  return {
    matches: (words) =>
      words[0] !== undefined &&
      (program?.kind === 'any'
        ? matchesExactly(pattern, words, 0)
        : matchesProgram(program, words[0]) && matchesRest(words)),
    program: literalProgram(program),
    everything: program?.kind === 'any' && rest.length === 0,
  }
}

function matchesProgram(pattern: PatternWord | undefined, program: string): boolean {
  if (pattern === undefined) return false
  if (pattern.kind !== 'word') return true
  if (pattern.literal !== undefined) return pattern.literal === program
  if (!pattern.text.includes('/')) return !program.includes('/') && matchesAlways(pattern, program)
  return !/(?:^|\/)\.\.(?:\/|$)/.test(program) && matchesAlways(pattern, program)
}

function matchesFixed(fixed: readonly PatternWord[], open: boolean, words: readonly string[]): boolean {
  if (open ? words.length <= fixed.length : words.length !== fixed.length + 1) return false
  for (let index = 0; index < fixed.length; index++)
    if (!matchesOne(fixed[index] as PatternWord, words[index + 1] as string)) return false
  return true
}

/** A word that may become several, or none, is only matched by what matches any. */
function matchesOne(pattern: PatternWord, word: string): boolean {
  if (word.startsWith(many)) return false
  return pattern.kind === 'word'
    ? pattern.literal === undefined
      ? matchesAlways(pattern, word)
      : pattern.literal === word
    : true
}

function matchesExactly(pattern: readonly PatternWord[], words: readonly string[], start: number): boolean {
  let reached = skipAny(pattern, 1)
  for (let index = start; index < words.length && reached !== 0; index++) {
    let next = 0
    for (let at = 0; at < pattern.length; at++) {
      if ((reached & (1 << at)) === 0) continue
      const word = pattern[at] as PatternWord
      if (word.kind === 'any') next |= 1 << at
      else if (matchesOne(word, words[index] as string)) next |= 2 << at
    }
    reached = skipAny(pattern, next)
  }
  return (reached & (1 << pattern.length)) !== 0
}

/** `**` may stand for nothing. */
function skipAny(pattern: readonly PatternWord[], reached: number): number {
  let all = reached
  for (let at = 0; at < pattern.length; at++)
    if ((all & (1 << at)) !== 0 && pattern[at]?.kind === 'any') all |= 2 << at
  return all
}

/**
 * The program at any path; the pattern's options in any place, order and bundling; between its other words options
 * with one value each, and what ends them. A rule that forbids should rather match more.
 */
function compileAnywhere(pattern: readonly PatternWord[]): Alternative {
  limit(pattern)
  const [program, ...rest] = pattern
  const options = rest.filter((word): word is GlobWord => word.kind === 'word' && isOption(word.text))
  const operands = rest.filter((word) => word.kind !== 'word' || !isOption(word.text))
  const base = program?.kind === 'word' ? baseOf(program) : program
  const exact = compileExact(pattern)
  const needed = operands.find(
    (word): word is LiteralWord => word.kind === 'word' && word.literal !== undefined,
  )
  const spelled = (words: readonly string[]): boolean =>
    words[0] !== undefined &&
    matchesProgramAnywhere(base, program, words[0]) &&
    (program?.kind === 'any'
      ? matchesAnywhere([program, ...operands], words, 0)
      : matchesAnywhere(operands, words, 1)) &&
    options.every((option) => hasOption(option, words))
  return {
    matches: (words) =>
      (needed === undefined ||
        words.includes(needed.literal) ||
        mayHide(needed.literal, hiddenWords(words))) &&
      (spelled(words) || exact.matches(words)),
    program: literalProgram(program),
    everything: program?.kind === 'any' && rest.length === 0,
    needed: needed?.literal,
  }
}

type LiteralWord = GlobWord & { readonly literal: string }

/** What is not a word by itself: the values of options, or `any` where a word is only known at run time. Most commands hide nothing. */
export function hiddenWords(words: readonly string[]): readonly string[] | 'any' {
  let values = nothing
  for (const word of words) {
    if (word.includes(hole)) return 'any'
    const equals = word.startsWith('--') ? word.indexOf('=') : -1
    if (equals > 0) values = [...values, word.slice(equals + 1)]
  }
  return values
}

const nothing: readonly string[] = []

export function mayHide(literal: string, hidden: readonly string[] | 'any'): boolean {
  return hidden === 'any' || hidden.includes(literal)
}

function matchesProgramAnywhere(
  base: PatternWord | undefined,
  pattern: PatternWord | undefined,
  program: string,
): boolean {
  if (base === undefined || pattern === undefined) return false
  if (base.kind !== 'word') return true
  const name = program.slice(program.lastIndexOf('/') + 1)
  return (
    base.literal === name ||
    matchesEver(base, name) ||
    (pattern.kind === 'word' && matchesEver(pattern, program))
  )
}

function matchesAnywhere(pattern: readonly PatternWord[], words: readonly string[], start: number): boolean {
  let reached = skipAny(pattern, 1)
  /** Positions where the word before may be an option that takes this one as its value. */
  let valued = 0
  for (let index = start; index < words.length && (reached | valued) !== 0; index++) {
    const word = words[index] as string
    const from = reached | valued
    const option = isOption(word) || word[0] === '\0'
    // `npm -- publish` is `npm publish`.
    reached = advance(pattern, from, word) | valued | (option || word === '--' ? from : 0)
    const equals = word.startsWith('--') ? word.indexOf('=') : -1
    if (equals > 0) reached |= advance(pattern, from, word.slice(equals + 1))
    reached = skipAny(pattern, reached)
    valued = option ? from : 0
  }
  return ((reached | valued) & (1 << pattern.length)) !== 0
}

function advance(pattern: readonly PatternWord[], from: number, word: string): number {
  let next = 0
  let reached = from
  for (let at = 0; at < pattern.length; at++) {
    if ((reached & (1 << at)) === 0) continue
    const expected = pattern[at] as PatternWord
    if (expected.kind === 'any') next |= 1 << at
    else if (expected.kind === 'one' || matchesEver(expected, word)) {
      next |= 2 << at
      // It may become several words, each of which goes one further.
      if (word.startsWith(many)) reached |= 2 << at
    }
  }
  return next
}

function hasOption(option: GlobWord, words: readonly string[]): boolean {
  const { literal } = option
  if (literal !== undefined && /^-[A-Za-z\d]{1,3}$/.test(literal)) return hasLetters(literal, words)
  const equals = option.text.startsWith('--') && literal !== undefined ? literal.indexOf('=') : -1
  for (let index = 1; index < words.length; index++) {
    const word = words[index] as string
    if (word[0] === '\0' || matchesEver(option, word)) return true
    if (literal === undefined || !word.startsWith('--')) continue
    if (
      equals < 0
        ? isBeginning(word, literal)
        : words[index + 1] === literal.slice(equals + 1) && isBeginning(word, literal.slice(0, equals))
    )
      return true
  }
  return false
}

/** `--forc` and `--force=x` are `--force`. */
function isBeginning(word: string, option: string): boolean {
  const equals = word.indexOf('=')
  const name = equals < 0 ? word : word.slice(0, equals)
  return name.length > 3 && option.startsWith(name)
}

/** `-fr`, `-r -f` and `-rfv` have what `-rf` has. */
function hasLetters(option: string, words: readonly string[]): boolean {
  for (const letter of option.slice(1))
    if (
      !words.some(
        (word, index) =>
          index > 0 &&
          (word[0] === '\0' ||
            (/^-[A-Za-z\d\0]/.test(word) && (word.includes(letter, 1) || word.includes('\0')))),
      )
    )
      return false
  return true
}

export function isOption(word: string): boolean {
  return word.length > 1 && word[0] === '-' && word !== '--'
}

function baseOf(word: GlobWord): PatternWord {
  const slash = word.text.lastIndexOf('/')
  return slash < 0 || slash === word.text.length - 1 ? word : word.after(slash)
}

function literalProgram(word: PatternWord | undefined): string | undefined {
  return word?.kind === 'word' && word.literal !== undefined ? programKey([word.literal]) : undefined
}

function limit(pattern: readonly PatternWord[]): void {
  if (pattern.length > mostWords)
    throw new OosError('capability-invalid', `a command pattern has more than ${mostWords} words`, {
      hint: 'end it earlier with `**`',
    })
}
