import {
  type ArithmeticExpression,
  type Command,
  type ParameterExpansionPart,
  type ParsedScript,
  parse,
  type Word,
  type WordPart,
} from 'unbash'
import { readAssignment, readVariable } from './assignments.ts'
import { isBuiltin } from './builtins.ts'
import { type Dialect, readBackgrounded, readForZsh } from './dialects.ts'
import { readCalculation, readParameter } from './expressions.ts'
import { WorkingFolder } from './folders.ts'
import { Numbers } from './numbers.ts'
import { programReader } from './programs.ts'
import { hasDoubtfulQuote } from './quotes.ts'
import { readRedirection } from './redirections.ts'
import type { FileAccess, ShellReading, SimpleCommand, Undecidable } from './shell-reading.ts'
import { readStatements } from './tree.ts'
import type { TreeWalk } from './types.ts'
import { variableReader } from './variables.ts'
import { hasHole, isQuotedTilde, readWord, visitParts } from './words.ts'

const deepest = 24
const mostCommands = 10_000
/** More words of commands that programs may carry than any text has for good. */
const mostCarriedWords = 100_000
const special = /[\\'"$`*?[{(]/g

interface Carried {
  readonly commands: SimpleCommand[]
  words: number
  undecidable: Undecidable | undefined
}

/** One pass over the syntax tree. What a command runs in turn is read by its program's own reader. */
export class Reader implements TreeWalk {
  private lastingName: string | undefined
  private lazyNumbers: Numbers | undefined
  private readonly commands: SimpleCommand[] = []
  private readonly files: FileAccess[] = []
  private undecidable: Undecidable | undefined
  /** The text that positions in the tree point into. */
  private source: string
  /** From here to there `source` has no special character. */
  private plainFrom = 0
  private plainTo = 0
  private text: string
  private depth = 0
  /** Where commands are put that are met: with those that another program carries, while it does. */
  private met = this.commands
  private carried: Carried | undefined
  dialect: Dialect = 'unknown'
  readonly folder = new WorkingFolder()

  /** Most texts calculate with nothing and set no variable. */
  get numbers(): Numbers {
    this.lazyNumbers ??= new Numbers((name) => variableReader(name) !== undefined)
    return this.lazyNumbers
  }

  constructor(text: string) {
    this.source = text
    this.text = text
  }

  finish(): ShellReading {
    if (this.folder.isUnsure) this.refuse('a file is opened later, from a folder that is not known')
    const unsafe = this.lazyNumbers?.unsafe()
    if (unsafe !== undefined) this.refuse(unsafe)
    if (this.lastingName !== undefined && this.commands.length === 0)
      this.refuse(`all it does is to set \`${this.lastingName}\`, which can change what later commands run`)
    const { commands, files, undecidable, carried } = this
    if (carried === undefined)
      return undecidable === undefined ? { commands, files } : { commands, files, undecidable }
    const more = finishCarried(carried)
    return undecidable === undefined
      ? { commands, files, carried: more }
      : { commands, files, undecidable, carried: more }
  }

  script(script: ParsedScript | undefined) {
    if (script === undefined) return this.refuse('a substitution cannot be read')
    const source = this.source
    if (script.source !== undefined) this.readFrom(script.source)
    if (script.errors !== undefined) this.refuse(script.errors[0]?.message ?? 'it cannot be read')
    this.folder.apart(() => readStatements(script.commands, this))
    this.readFrom(source)
  }

  /** The text is these words, and nothing else. */
  plain(words: readonly string[]) {
    this.command(words, this.text)
  }

  // What programs' readers call.

  run(words: readonly string[]) {
    const program = words[0]
    if (program === undefined) return
    if (this.depth >= deepest || this.commands.length >= mostCommands)
      return this.refuse('it runs too many commands')
    if (program === '' || program[0] === '-' || hasHole(program))
      return this.refuse('the program is only known at run time')
    this.depth++
    // Mostly another process, so a `cd` in it may or may not move this shell.
    const before = this.folder.here
    this.command(words)
    this.folder.settle(before)
    this.depth--
  }

  carry(words: readonly string[]): boolean {
    this.carried ??= { commands: [], words: 0, undecidable: undefined }
    const { carried, met } = this
    this.met = carried.commands
    carried.words += words.length
    const fits = carried.words <= mostCarriedWords
    if (!fits) this.refuse('it may run too many commands')
    // Nothing but a shell runs these.
    else if (isBuiltin(words[0] ?? '')) this.met.push({ words, text: undefined })
    else this.run(words)
    this.met = met
    return fits
  }

  shell(text: string, dialect: Dialect = 'sh') {
    const before = this.dialect
    this.dialect = dialect
    this.folder.apart(() => this.evaluate(text))
    this.dialect = before
  }

  evaluate(text: string) {
    if (hasHole(text)) return this.refuse('a shell gets text that is only known at run time')
    if (this.depth >= deepest) return this.refuse('it runs too many commands')
    if (this.dialect === 'zsh') readForZsh(text, this)
    const { source } = this
    this.readFrom(text)
    this.depth++
    const script = parse(text) as ParsedScript
    if (script.errors !== undefined) this.refuse(script.errors[0]?.message ?? 'it cannot be read')
    readStatements(script.commands, this)
    this.depth--
    this.readFrom(source)
  }

  read(path: string) {
    this.open(path, 'read')
  }

  write(path: string) {
    this.open(path, 'write')
  }

  refuse(reason: string) {
    const undecidable = { text: this.text.slice(0, 200), reason }
    if (this.met === this.carried?.commands) this.carried.undecidable ??= undecidable
    else this.undecidable ??= undecidable
  }

  assign(name: string, value: string | undefined) {
    readVariable(name, value, this)
    if (value === undefined) this.numbers.assignUnknown(name)
    else this.numbers.assignText(name, value)
  }

  lasting(name: string) {
    this.lastingName = name
  }

  arithmetic(text: string) {
    this.numbers.useText(text)
  }

  enter(folder: string | undefined) {
    this.folder.enter(folder === undefined || hasHole(folder) ? undefined : folder)
  }

  within(folder: string | undefined, read: () => void) {
    this.folder.within(folder === undefined || hasHole(folder) ? undefined : folder, read)
  }

  later(read: () => void) {
    this.folder.later(read)
  }

  // The tree.

  calculation(expression: ArithmeticExpression | undefined) {
    readCalculation(expression, this)
  }

  parameter(part: ParameterExpansionPart, inQuotes: boolean) {
    if ((inQuotes || this.dialect === 'zsh') && hasDoubtfulQuote(part))
      this.refuse('shells do not agree on a single quote in an expansion within double quotes')
    readParameter(part, this)
  }

  parts(parts: readonly WordPart[] | undefined) {
    if (parts !== undefined) visitParts(parts, this)
  }

  word(word: Word): string {
    if (word.pos < this.plainFrom || word.pos >= this.plainTo) this.lookAhead(word.pos)
    return word.end <= this.plainTo ? word.text : readWord(word, this)
  }

  private readFrom(source: string): void {
    if (source === this.source) return
    this.source = source
    this.plainTo = 0
  }

  /** One search finds how far the text has nothing special, which spares most words a look of their own. */
  private lookAhead(from: number): void {
    special.lastIndex = from
    const found = special.exec(this.source)
    this.plainFrom = from
    this.plainTo = found === null ? this.source.length + 1 : found.index
  }

  textOf({ pos, end }: { readonly pos: number; readonly end: number }): string {
    return this.source.slice(pos, end)
  }

  simple(node: Command) {
    this.text = this.source.slice(node.pos, node.end)
    const { text } = this
    for (const part of node.prefix) {
      if (part.type === 'Assignment') readAssignment(part, this)
      else readRedirection(part, this)
    }
    if (node.name === undefined) return
    // One list of the right size: growing it would cost as much as all the rest.
    const words = new Array<string>(1 + node.suffix.length)
    words[0] = this.program(node.name)
    let count = 1
    for (const part of node.suffix) {
      if (part.type === 'Word') words[count++] = this.word(part)
      else if (part.type === 'Assignment') words[count++] = readAssignment(part, this)
      else {
        readRedirection(part, this)
        if (part.type === 'Redirect' && part.operator[0] === '&') {
          readBackgrounded(node, part, isBuiltin(words[0] as string), this)
        }
      }
    }
    if (count < words.length) words.length = count
    this.text = text
    if (words[0] !== node.name.text && hasHole(words[0] as string))
      return this.refuse('the program is only known at run time')
    if (this.commands.length >= mostCommands) return this.refuse('it runs too many commands')
    this.command(words, text)
  }

  private program(word: Word): string {
    const program = this.word(word)
    return program[0] === '~' && isQuotedTilde(word.text) ? `./${program}` : program
  }

  private command(words: readonly string[], text?: string) {
    const program = words[0] as string
    if (!program.includes('/')) this.met.push({ words, text })
    else this.path(program, words, text)
    if (program[0] === '{' && text !== undefined && this.dialect === 'zsh')
      this.refuse('to zsh a `{` needs no space')
    // `time -v cmd`: to bash that is a program `-v`, to a shell without a `time` of its own an option.
    if (program[0] === '-' && program.length > 1) this.run(['time', ...words])
    else programReader(program)(words, this)
  }

  private path(program: string, words: readonly string[], text: string | undefined) {
    const paths = this.folder.resolve(program)
    if (paths === undefined) this.refuse('the program is in a folder that is not known')
    for (const path of paths ?? [])
      this.met.push({ words: path === program ? words : [path, ...words.slice(1)], text })
  }

  private open(path: string, action: FileAccess['action']) {
    const paths = this.folder.resolve(path)
    if (paths === undefined) this.refuse('a file is in a folder that is not known')
    for (const resolved of paths ?? []) this.files.push({ path: resolved, action })
  }
}

function finishCarried({ commands, undecidable }: Carried): NonNullable<ShellReading['carried']> {
  return undecidable === undefined ? { commands } : { commands, undecidable }
}
