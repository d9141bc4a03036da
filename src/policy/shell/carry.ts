import type { ProgramReader, Walk } from './types.ts'
import { hasHole } from './words.ts'

/** A program that runs the command behind its own words, which it looks up in an environment or a package. */
export interface Carrier {
  /** The command stands behind one of these words, behind `word:1` after one operand more; at once if left out. */
  readonly after?: string
  /** Without such a word it stands at once, unless that is one of the program's own commands. */
  readonly own?: string
  /** Operands before the command. */
  readonly operands?: number
  /** Its options that take a value. Where they are listed, a `--` behind the command is the command's own. */
  readonly valued?: string
  /** Only what stands behind a `--` is the command. */
  readonly marked?: boolean
  /** Options whose value is a text for a shell. */
  readonly text?: string
  /** The command may be a text for a shell. */
  readonly joins?: boolean
  /** What stands before the name in the word of the command. */
  readonly prefix?: RegExp
  /** Any other word is a file or a folder. */
  readonly only?: RegExp
}

export function carrierReader(carrier: Carrier): ProgramReader {
  const compiled = compile(carrier)
  const { behind, texts, operands } = compiled
  return (words, walk) => {
    if (texts.length > 0) carryTexts(words, compiled, walk)
    if (behind.length === 0) carryFrom(words, { at: 1, operands }, compiled, walk)
    else for (const start of startsOf(words, compiled)) if (!carryFrom(words, start, compiled, walk)) return
  }
}

type Compiled = ReturnType<typeof compile>

function compile(carrier: Carrier) {
  const { after, own, valued, text, operands = 0, marked = false, joins = false, prefix, only } = carrier
  return {
    operands,
    marked,
    joins,
    prefix,
    only,
    isKnown: valued !== undefined,
    behind: names(after).map((written) => written.split(':')[0] as string),
    operandsBehind: names(after).map((written) => Number(written.split(':')[1] ?? 0)),
    ownWords: own === undefined ? undefined : new Set(names(own)),
    values: new Set(names(valued)),
    texts: names(text),
  }
}

function names(text = ''): readonly string[] {
  return text.split(/\s+/).filter((name) => name !== '')
}

function carryTexts(words: readonly string[], { texts }: Compiled, walk: Walk): void {
  const end = words.indexOf('--')
  for (let at = 1; at < words.length && at !== end; at += 1) {
    const word = words[at] as string
    const option = texts.find((name) => word === name || word.startsWith(`${name}=`))
    if (option === undefined) continue
    const text = word === option ? words[at + 1] : word.slice(option.length + 1)
    if (text !== undefined && !walk.carry(['sh', '-c', text])) return
  }
}

interface Start {
  readonly at: number
  readonly operands: number
}

/** Where the command may begin. A word behind an option may be the option's value, so the search goes on after it. */
function startsOf(words: readonly string[], carrier: Compiled): readonly Start[] {
  const { behind, operandsBehind, ownWords, values } = carrier
  const starts: Start[] = []
  let first = 0
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] as string
    const which = behind.indexOf(word)
    if (which >= 0) {
      const operands = operandsBehind[which] as number
      starts.push({ at: at + 1, operands })
      if (operands === 0 && !mayTakeValue(words[at - 1] as string)) break
    } else if (word[0] !== '-') {
      if (first === 0) first = at
    } else if (takesNext(words, at, values)) at += 1
  }
  if (first === 0) return starts
  if (ownWords !== undefined && !ownWords.has(words[first] as string)) starts.unshift({ at: 1, operands: 0 })
  else if (starts.length === 0 && hasHole(words[first] as string)) starts.push({ at: first, operands: 0 })
  return starts
}

/** From wherever the command may begin, and from what stands behind `--`. False when it was too much. */
function carryFrom(words: readonly string[], start: Start, carrier: Compiled, walk: Walk): boolean {
  const end = words.indexOf('--', start.at)
  if (end < 0 && carrier.marked) return true
  if (end < 0 && start.operands === 0 && words[start.at]?.[0] !== '-')
    return carryCommand(words.slice(start.at), carrier, walk)
  const { begins, isSure } = beginsOf(end < 0 ? words : words.slice(0, end), start, carrier)
  for (const at of begins) if (!carryCommand(words.slice(at), carrier, walk)) return false
  if (end < 0) return true
  const rest = words.slice(end + 1)
  // `npm exec prisma -- migrate reset` is `prisma migrate reset`.
  for (const at of begins) if (!carryCommand([...words.slice(at, end), ...rest], carrier, walk)) return false
  return isSure || carryCommand(rest, carrier, walk)
}

/** Where it is not known which options take a value, both the next word behind one and the one after it may be the program. */
function beginsOf(words: readonly string[], { at: first, operands }: Start, carrier: Compiled) {
  const begins: number[] = []
  if (carrier.marked) return { begins, isSure: false }
  let open = operands + 1
  for (let at = first; open > 0 && at < words.length; at += 1) {
    const word = words[at] as string
    if (takesNext(words, at, carrier.values)) at += 1
    else if (word[0] === '-' && word !== '-') open += mayTakeValue(word) ? 1 : 0
    else {
      begins.push(at)
      // `npm exec --yes true …` is the value of an option that takes none elsewhere.
      if (word !== 'true' && word !== 'false') open -= 1
    }
  }
  return { begins, isSure: open === 0 && carrier.isKnown }
}

function carryCommand(command: readonly string[], carrier: Compiled, walk: Walk): boolean {
  const { only, joins, prefix } = carrier
  const word = command[0]
  if (word === undefined || only?.test(word) === false) return true
  if (!walk.carry(command)) return false
  if (!joins && !unusual.test(word)) return true
  const name = (prefix === undefined ? word : word.replace(prefix, '')).replace(version, '')
  if (name !== word && name !== '' && !walk.carry([name, ...command.slice(1)])) return false
  return !joins || !/[\s;&|<>()$`]/.test(word) || walk.carry(['sh', '-c', command.join(' ')])
}

/** What a version or a prefix begins or ends with: most words have none. */
const unusual = /[@#:[<>=~!]/

/** `vercel@latest`, `@scope/name@1`, `black==24.1`, `ruff[lsp]`, `owner/name#main` */
const version = /(?<=[^/])(?:[@#[<>]|[=~!]=).*$/s

/** npm, for one, gives an option no value that looks like an option. */
function takesNext(words: readonly string[], at: number, values: ReadonlySet<string>): boolean {
  return values.has(words[at] as string) && words[at + 1]?.[0] !== '-'
}

function mayTakeValue(word: string): boolean {
  return word[0] === '-' && !hasNoValue.test(word)
}

/** Options that take no value wherever they are known, or hold it. */
const hasNoValue =
  /=|^--(?:no-|all-)|^-(?:[qvy]|-(?:quiet|verbose|yes|silent|recursive|frozen|locked|offline|isolated|exact|bun|help|parallel|live-stream|pristine))$/
