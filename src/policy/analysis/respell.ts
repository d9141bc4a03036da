import { once } from '../../shared/remembered.ts'
import { sameEffects, sameOptions, usualOperands } from './same-effect.ts'
import {
  hasOption,
  isCluster,
  printOpen,
  programName,
  quoteText,
  type SpokenPattern,
  sampleWord,
  someWord,
} from './spoken-pattern.ts'
import {
  fillTemplate,
  matchTemplate,
  parseTemplate,
  type Template,
  templatePattern,
  templateProgram,
} from './template.ts'

/** A command as a rule has it, and the same in other words. */
export interface Respelling {
  readonly original: readonly string[]
  readonly words: readonly string[]
  /** Patterns that match the other words. */
  readonly patterns: readonly string[]
  /** Whether they match all that the rule's own pattern does. */
  readonly isWhole: boolean
}

/** Other ways to write a command that a pattern names, of each kind in turn. */
export function respell(pattern: SpokenPattern): readonly Respelling[] {
  const kinds = [byOptions, byTable, byFurtherWords, byReader, byPath].map((kind) => kind(pattern))
  const most = Math.max(...kinds.map(({ length }) => length))
  return Array.from({ length: most }, (_, index) =>
    kinds.flatMap((kind) => kind.slice(index, index + 1)),
  ).flat()
}

/** The pattern's own words, with those that a reader expects where it leaves them open. */
function originalOf(pattern: SpokenPattern): readonly string[] {
  const words = pattern.words.flatMap((word) => {
    if (word.kind === 'word') return [sampleWord(word)]
    return word.kind === 'one' ? [someWord] : []
  })
  return pattern.isOpen ? [...words, ...furtherWords(pattern)] : words
}

function furtherWords(pattern: SpokenPattern): readonly string[] {
  const named = pattern.operands.filter((word) => word.kind === 'word').length
  const lead = leadsOf(pattern).find((each) => usualOperands[each] !== undefined)
  // What is expected behind `git push` is no longer where the rule names the remote.
  const isNamed = lead === undefined || named >= lead.split(' ').length
  return isNamed ? [] : (usualOperands[lead] ?? '').split(' ')
}

/** `git push`, `git`: the longest first. */
function leadsOf(pattern: SpokenPattern): readonly string[] {
  const [first] = pattern.operands
  const name = programName(pattern)
  return first?.kind === 'word' && first.literal !== undefined ? [`${name} ${first.literal}`, name] : [name]
}

function byOptions(pattern: SpokenPattern): readonly Respelling[] {
  const groups = leadsOf(pattern).flatMap((lead) =>
    (sameOptions[lead] ?? []).map((group) => group.split(' ')),
  )
  const meant = groups.filter((group) => group.some((option) => hasOption(pattern, option)))
  if (meant.length === 0) return []
  const [given, ...others] = [0, 1, 2].map((turn) =>
    originalOf(pattern).flatMap((word) => turned(word, meant, turn)),
  )
  const original = given ?? []
  const patterns = [patternOf(pattern, meant)]
  return others
    .filter((words) => words.join(' ') !== original.join(' '))
    .map((words) => ({ original, words, patterns, isWhole: true }))
}

/** The option's name that stands so many places further in its group. */
function turned(word: string, groups: readonly (readonly string[])[], turn: number): readonly string[] {
  if (turn === 0 || !word.startsWith('-')) return [word]
  const next = (option: string) => {
    const group = groups.find((each) => each.includes(option))
    return group?.[(group.indexOf(option) + turn) % group.length] ?? option
  }
  return isCluster(word) ? Array.from(word.slice(1), (letter) => next(`-${letter}`)) : [next(word)]
}

/** Each option in all its names. */
function patternOf({ words }: SpokenPattern, groups: readonly (readonly string[])[]): string {
  const named = (option: string) => {
    const group = groups.find((each) => each.includes(option))
    return group === undefined ? quoteText(option) : `{${group.join(',')}}`
  }
  return printOpen(words, (word, index) => {
    const option = word.kind === 'word' && index > 0 ? word.literal : undefined
    if (option === undefined || !option.startsWith('-')) return undefined
    return isCluster(option)
      ? Array.from(option.slice(1), (letter) => named(`-${letter}`)).join(' ')
      : named(option)
  })
}

interface Row {
  readonly ways: readonly Template[]
  readonly also: readonly Template[]
  readonly pattern?: string
}

const rows = once((): ReadonlyMap<string, readonly Row[]> => {
  const found = new Map<string, Row[]>()
  for (const { ways, also = [], pattern } of sameEffects) {
    const row = { ways: ways.map(parseTemplate), also: also.map(parseTemplate), ...(pattern && { pattern }) }
    for (const program of new Set(row.ways.map(templateProgram)))
      found.set(program, [...(found.get(program) ?? []), row])
  }
  return found
})

function byTable(pattern: SpokenPattern): readonly Respelling[] {
  return (rows().get(programName(pattern)) ?? []).flatMap((row) =>
    row.ways.flatMap((way) => {
      const bindings = matchTemplate(way, pattern)
      if (bindings === undefined) return []
      const isBare = bindings.rest.length + bindings.options.length === 0
      const rest = isBare && way.isOpen && pattern.isOpen ? furtherWords(pattern) : bindings.rest
      const named = { ...bindings, rest }
      const original = fillTemplate(way, named)
      return [...row.ways, ...row.also]
        .filter((other) => other !== way && (bindings.options.length === 0 || takesSame(way, other)))
        .map((other): Respelling => {
          const isWhole = isBare && row.pattern !== undefined
          const patterns = [isWhole ? (row.pattern ?? '') : templatePattern(other, bindings)]
          return { original, words: fillTemplate(other, named), patterns, isWhole }
        })
    }),
  )
}

/** Whether an option of the one can be had of the other: one command by two names, or one subcommand. */
function takesSame(way: Template, other: Template): boolean {
  if (way.isOpen && other.isOpen) return true
  const [a, b] = [way, other].map(({ words }) => words.slice(0, words[0]?.[0] === 'git' ? 2 : 1).join(' '))
  return a === b
}

/** A pattern without a `*` at its end is about these words and no more. */
function byFurtherWords(pattern: SpokenPattern): readonly Respelling[] {
  if (pattern.isOpen) return []
  const original = originalOf(pattern)
  const more = furtherWords(pattern)
  const words = [...original, ...(more.length > 0 ? more : [someWord])]
  return [{ original, words, patterns: [printOpen(pattern.words)], isWhole: true }]
}

const shells = ['sh', 'bash']
const interpreters: Readonly<Record<string, readonly string[]>> = {
  py: ['python3', 'python'],
  js: ['node'],
  mjs: ['node'],
  cjs: ['node'],
  ts: ['node', 'tsx'],
  rb: ['ruby'],
  pl: ['perl'],
}

/** A script is also run by who reads it. */
function byReader(pattern: SpokenPattern): readonly Respelling[] {
  const { program, words } = pattern
  const [, ending = ''] = /\.(\w+)$/.exec(program) ?? []
  if (!program.includes('/') && ending !== 'sh') return []
  const original = originalOf(pattern)
  const by = interpreters[ending] ?? shells
  const read = `{${by.join(',')}} *${quoteText(programName(pattern))}`
  const patterns = [printOpen(words), printOpen(words, (_, index) => (index === 0 ? read : undefined))]
  return by.map((each) => ({ original, words: [each, ...original], patterns, isWhole: true }))
}

/** A file has more than one path. */
function byPath(pattern: SpokenPattern): readonly Respelling[] {
  const { program, operands } = pattern
  const isReader = [shells, ...Object.values(interpreters)].some((all) => all.includes(program))
  const [file] = operands
  const path = isReader && file?.kind === 'word' ? file.literal : undefined
  if (path === undefined || !/^[^/].*[/.]/.test(path)) return []
  const original = originalOf(pattern)
  const bare = path.replace(/^\.\//, '')
  const other = bare === path ? `./${bare}` : bare
  const words = original.map((word) => (word === path ? other : word))
  const patterns = [
    printOpen(pattern.words, (word) => (word === file ? `{,./}${quoteText(bare)}` : undefined)),
  ]
  return [{ original, words, patterns, isWhole: true }]
}
