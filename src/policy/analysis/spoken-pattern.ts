import { expandBraces } from '../match/braces.ts'
import { type GlobWord, matchesAlways, type PatternWord, parsePatternWords } from '../shell/pattern-words.ts'
import type { Capability } from '../types.ts'

/** One alternative of a command pattern of which the program is known, its options apart from its other words. */
export interface SpokenPattern {
  /** As written. */
  readonly text: string
  readonly words: readonly PatternWord[]
  readonly program: string
  readonly operands: readonly PatternWord[]
  readonly options: readonly GlobWord[]
  /** Whether further words may follow. */
  readonly isOpen: boolean
}

/** What stands for a word of which the rule says nothing. */
export const someWord = 'x'

export function spokenPatterns({ pattern }: Capability): readonly SpokenPattern[] {
  const texts = expandBraces(pattern)
  return parsePatternWords(pattern).flatMap((words, index) => {
    const [program, ...rest] = words
    if (program?.kind !== 'word' || program.literal === undefined) return []
    const isOption = (word: PatternWord): word is GlobWord =>
      word.kind === 'word' && /^-(?!-?$)/.test(word.text)
    return [
      {
        text: texts[index] ?? '',
        words,
        program: program.literal,
        operands: rest.filter((word) => !isOption(word)),
        options: rest.filter(isOption),
        isOpen: rest.at(-1)?.kind === 'any',
      },
    ]
  })
}

/** The name by which the program is known, at whatever path. */
export function programName({ program }: SpokenPattern): string {
  return program.slice(program.lastIndexOf('/') + 1)
}

/** A word that the pattern's word matches. */
export function sampleWord(word: GlobWord): string {
  return word.segments.join(someWord)
}

export function hasOption({ options }: SpokenPattern, option: string): GlobWord | undefined {
  const isLetter = /^-[A-Za-z\d]$/.test(option)
  return options.find(
    (word) =>
      matchesAlways(word, option) ||
      (isLetter && isCluster(word.literal) && word.literal.includes(option.slice(1))),
  )
}

/** `-rf`: a rule about it is about its letters. */
export function isCluster(option: string | undefined): option is string {
  return option !== undefined && /^-[A-Za-z\d]{1,3}$/.test(option)
}

/** The words as a pattern has them, open at the end; `other`: what stands in place of a word. */
export function printOpen(
  words: readonly PatternWord[],
  other: (word: PatternWord, index: number) => string | undefined = () => undefined,
): string {
  const isOpen = words.at(-1)?.kind === 'any'
  const fixed = isOpen ? words.slice(0, -1) : words
  return [...fixed.map((word, index) => other(word, index) ?? printWord(word)), '*'].join(' ')
}

function printWord(word: PatternWord): string {
  if (word.kind !== 'word') return word.kind === 'one' ? '*' : '**'
  return word.text === '' ? "''" : word.segments.map(quoteText).join('*')
}

/** As it stands in a pattern. */
export function quoteText(text: string): string {
  return text.replace(/[\s|;<>&`$'"\\{}*,]/g, '\\$&')
}
