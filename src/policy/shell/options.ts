import { hasHole, hole, many } from './words.ts'

/**
 * The options of a program, as getopt takes them. `short`: letters, each followed by `:` if it takes a value and `::`
 * if only an attached one. `long`: names, ended by `=` for a value and `?` for an attached one only.
 */
export interface OptionSyntax {
  readonly short?: string
  readonly long?: string
  /** `-5` is an option. */
  readonly digits?: boolean
  /** Options after which everything belongs to something else. */
  readonly last?: string
}

export interface CompiledOptions {
  readonly short: ReadonlyMap<string, ValueKind>
  readonly long: ReadonlyMap<string, ValueKind>
  readonly digits: boolean
  readonly last: ReadonlySet<string>
}
type ValueKind = 'none' | 'needed' | 'attached'

export interface ReadOptions {
  /** Where the first operand stands. */
  readonly operands: number
  /** Each option with its value, by its letter or full name, in order. */
  readonly given: readonly { readonly name: string; readonly value: string | undefined }[]
}

export function compileOptions(syntax: OptionSyntax): CompiledOptions {
  const short = new Map<string, ValueKind>()
  for (const [, letter, colons] of (syntax.short ?? '').matchAll(/([^:])(:{0,2})/g))
    if (letter !== undefined)
      short.set(letter, colons === ':' ? 'needed' : colons === '::' ? 'attached' : 'none')
  const long = new Map<string, ValueKind>([
    ['help', 'none'],
    ['version', 'none'],
  ])
  for (const name of (syntax.long ?? '').split(' ').filter((name) => name !== ''))
    long.set(
      name.replace(/[=?]$/, ''),
      name.endsWith('=') ? 'needed' : name.endsWith('?') ? 'attached' : 'none',
    )
  return { short, long, digits: syntax.digits === true, last: new Set(syntax.last?.split(' ')) }
}

/** Reads options up to the first operand; undefined where one is not known, for then neither is what follows it. */
export function readOptions(
  words: readonly string[],
  options: CompiledOptions,
  start = 1,
): ReadOptions | undefined {
  return read(words, options, { start })
}

/** The same for a program that takes options behind its operands, too. */
export function readAnywhere(
  words: readonly string[],
  options: CompiledOptions,
): { readonly operands: readonly string[]; readonly given: ReadOptions['given'] } | undefined {
  const operands: string[] = []
  const all = read(words, options, { start: 1, operands })
  return all && { given: all.given, operands: [...operands, ...words.slice(all.operands)] }
}

/** With `operands` these are put there, and it goes on behind them. */
function read(
  words: readonly string[],
  options: CompiledOptions,
  { start, operands }: { readonly start: number; readonly operands?: string[] },
): ReadOptions | undefined {
  const given: { name: string; value: string | undefined }[] = []
  let index = start
  while (index < words.length) {
    const word = words[index] as string
    if (word === '--') return { operands: index + 1, given }
    if (word === '-' || word[0] !== '-') {
      if (word[0] === hole) return undefined
      if (operands === undefined) return { operands: index, given }
      operands.push(word)
      index++
      continue
    }
    if (hasHole(word) && !/^--?[\w-]+=?[^\0]*\0/.test(word)) return undefined
    const next =
      word[1] === '-'
        ? readLong(word, words[index + 1], options, given)
        : readShort(word, words[index + 1], options, given)
    if (next === undefined) return undefined
    index += next
    if (options.last.has(given.at(-1)?.name ?? '')) return { operands: index, given }
  }
  return { operands: index, given }
}

type Given = { name: string; value: string | undefined }[]

/** GNU programs take any unambiguous beginning of a long name. */
function readLong(
  word: string,
  next: string | undefined,
  options: CompiledOptions,
  given: Given,
): number | undefined {
  const equals = word.indexOf('=')
  const written = equals < 0 ? word.slice(2) : word.slice(2, equals)
  const name = options.long.has(written) ? written : onlyBeginning(written, options.long)
  const kind = name === undefined ? undefined : options.long.get(name)
  if (name === undefined || kind === undefined) return undefined
  if (equals >= 0) {
    given.push({ name, value: word.slice(equals + 1) })
    return 1
  }
  if (kind !== 'needed') {
    given.push({ name, value: undefined })
    return 1
  }
  if (next === undefined || next.startsWith(many)) return undefined
  given.push({ name, value: next })
  return 2
}

function onlyBeginning(written: string, long: ReadonlyMap<string, ValueKind>): string | undefined {
  const fitting = [...long.keys()].filter((name) => name.startsWith(written))
  return fitting.length === 1 ? fitting[0] : undefined
}

function readShort(
  word: string,
  next: string | undefined,
  options: CompiledOptions,
  given: Given,
): number | undefined {
  if (options.digits && /^-\d+$/.test(word)) return 1
  for (let at = 1; at < word.length; at++) {
    const name = word[at] as string
    const kind = options.short.get(name)
    if (kind === undefined) return undefined
    const rest = word.slice(at + 1)
    if (kind === 'none') given.push({ name, value: undefined })
    else if (rest !== '' || kind === 'attached') {
      given.push({ name, value: rest })
      return 1
    } else {
      if (next === undefined || next.startsWith(many)) return undefined
      given.push({ name, value: next })
      return 2
    }
  }
  return 1
}
