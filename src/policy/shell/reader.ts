import {
  type ArithmeticExpression,
  type Command,
  type CommandNode,
  type CompoundList,
  type ParameterExpansionPart,
  type ParsedScript,
  type PipelineNode,
  parse,
  type Redirection,
  type Statement,
  type Word,
  type WordPart,
} from 'unbash'
import { readAssignment, readVariable } from './assignments.ts'
import { readCalculation, readParameter, readTest } from './expressions.ts'
import { either, entered, type Folders, isRelative, startFolders, under } from './folders.ts'
import { Numbers } from './numbers.ts'
import { programReader } from './programs.ts'
import { readRedirection } from './redirections.ts'
import type { FileAccess, ShellReading, SimpleCommand, SyntaxWalk, Undecidable } from './types.ts'
import { hasHole, isQuotedTilde, printWords, readWord, visitParts } from './words.ts'

const deepest = 24
const mostCommands = 10_000

/** One pass over the syntax tree. What a command runs in turn is read by its program's own reader. */
export class Reader implements SyntaxWalk {
  readonly numbers = new Numbers()
  private readonly commands: SimpleCommand[] = []
  private readonly files: FileAccess[] = []
  private undecidable: Undecidable | undefined
  /** The text that positions in the tree point into. */
  private source: string
  private text: string
  private offset = 0
  private depth = 0
  private folders: Folders = startFolders
  private deferred = false
  private relatives = 0
  private laterRelative = false
  private moves = false

  constructor(text: string) {
    this.source = text
    this.text = text
  }

  finish(): ShellReading {
    if (this.laterRelative && this.moves)
      this.refuse('a file is opened later, from a folder that is not known')
    const unsafe = this.numbers.unsafe()
    if (unsafe !== undefined) this.refuse(unsafe)
    const { commands, files, undecidable } = this
    return undecidable === undefined ? { commands, files } : { commands, files, undecidable }
  }

  script(script: ParsedScript | undefined) {
    if (script === undefined) return this.refuse('a substitution cannot be read')
    const source = this.source
    if (script.source !== undefined) this.source = script.source
    if (script.errors !== undefined) this.refuse(script.errors[0]?.message ?? 'it cannot be read')
    const folders = this.folders
    this.list(script.commands)
    this.folders = folders
    this.source = source
  }

  // What programs' readers call.

  run(words: readonly string[]) {
    const program = words[0]
    if (program === undefined) return
    if (this.depth >= deepest || this.commands.length >= mostCommands)
      return this.refuse('it runs too many commands')
    if (program === '' || hasHole(program)) return this.refuse('the program is only known at run time')
    this.depth++
    this.command(words, printWords(words), this.offset)
    this.depth--
  }

  shell(text: string) {
    if (hasHole(text)) return this.refuse('a shell gets text that is only known at run time')
    if (this.depth >= deepest) return this.refuse('it runs too many commands')
    const { source, offset } = this
    this.source = text
    this.depth++
    const script = parse(text) as ParsedScript
    if (script.errors !== undefined) this.refuse(script.errors[0]?.message ?? 'it cannot be read')
    this.list(script.commands)
    this.depth--
    this.source = source
    this.offset = offset
  }

  read(path: string) {
    this.open(path, 'read')
  }

  write(path: string) {
    this.open(path, 'write')
  }

  refuse(reason: string) {
    this.undecidable ??= { text: this.text.slice(0, 200), reason }
  }

  assign(name: string, value: string | undefined) {
    readVariable(name, value, this)
    if (value === undefined) this.numbers.assignUnknown(name)
  }

  arithmetic(text: string) {
    this.numbers.useText(text)
  }

  enter(folder: string | undefined) {
    this.moves = true
    const known = folder !== undefined && !hasHole(folder) && !this.deferred
    this.folders = known ? entered(this.folders, folder) : undefined
  }

  within(folder: string | undefined, read: () => void) {
    const { folders } = this
    this.folders = folder === undefined || hasHole(folder) ? undefined : entered(folders, folder)
    read()
    this.folders = folders
  }

  later(read: () => void) {
    const { deferred, folders } = this
    this.deferred = true
    read()
    this.deferred = deferred
    this.folders = either(folders, this.folders)
  }

  // The tree.

  calculation(expression: ArithmeticExpression | undefined) {
    readCalculation(expression, this)
  }

  parameter(part: ParameterExpansionPart) {
    readParameter(part, this)
  }

  parts(parts: readonly WordPart[] | undefined) {
    if (parts !== undefined) visitParts(parts, this)
  }

  word(word: Word): string {
    return readWord(word, this)
  }

  private list(statements: readonly Statement[]) {
    for (const statement of statements) {
      const folders = this.folders
      const command = statement.command
      if (command.type === 'AndOr') this.chain(command.commands, command.operators)
      else this.pipeline(command)
      if (folders !== this.folders) this.folders = either(folders, this.folders)
    }
  }

  /** After `cd x &&` the shell stands in x; after `cd x ||` or `cd x;` in either. */
  private chain(commands: readonly PipelineNode[], operators: readonly string[]) {
    const certain = !operators.includes('||')
    for (const command of commands) {
      const folders = this.folders
      this.pipeline(command)
      if (!certain) this.folders = either(folders, this.folders)
    }
  }

  private pipeline(node: PipelineNode) {
    if (node.type !== 'Pipeline') return this.node(node)
    for (const command of node.commands) {
      const folders = this.folders
      this.node(command)
      this.folders = either(folders, this.folders)
    }
  }

  private node(node: CommandNode): void {
    switch (node.type) {
      case 'Command':
        this.simple(node)
        break
      case 'Redirected':
        this.redirections(node.redirects)
        this.node(node.command)
        break
      case 'If':
        this.list(node.clause.commands)
        this.list(node.then.commands)
        for (const branch of node.elif) {
          this.list(branch.clause.commands)
          this.list(branch.then.commands)
        }
        this.list(node.else?.commands ?? [])
        break
      case 'For':
      case 'Select':
        this.loopOver(node.name.text, node.wordlist)
        this.loop(() => this.list(node.body.commands))
        break
      case 'While':
        this.loop(() => {
          this.list(node.clause.commands)
          this.list(node.body.commands)
        })
        break
      case 'ArithmeticFor':
        this.calculation(node.initialize)
        this.calculation(node.test)
        this.calculation(node.update)
        this.loop(() => this.list(node.body.commands))
        break
      case 'Subshell': {
        const folders = this.folders
        this.list(node.body.commands)
        this.folders = folders
        break
      }
      case 'BraceGroup':
        this.list(node.body.commands)
        break
      case 'Case':
        this.word(node.word)
        for (const item of node.items) {
          for (const pattern of item.pattern) this.word(pattern)
          this.list(item.body.commands)
        }
        break
      case 'Function':
        this.numbers.functions = true
        this.later(() => this.body(node.body))
        break
      case 'Coproc':
        this.assign(node.name?.text ?? 'COPROC', undefined)
        this.body(node.body)
        break
      case 'TestCommand':
        readTest(node.expression, this)
        break
      case 'ArithmeticCommand':
        this.calculation(node.expression)
        break
    }
  }

  /** The grammar takes any list there only where it recovers from an error. */
  private body(node: CommandNode | CompoundList): void {
    if (node.type === 'CompoundList') this.refuse('a body is missing')
    else this.node(node)
  }

  /** A second round starts from where the first one went: a `cd` in a loop leads to a place that is not known. */
  private loop(read: () => void) {
    const { folders, relatives } = this
    read()
    if (folders === this.folders) return
    this.folders = undefined
    if (relatives !== this.relatives) this.refuse('a loop changes the folder that a path is relative to')
  }

  private loopOver(name: string, words: readonly Word[] | undefined) {
    if (words === undefined) return this.assign(name, undefined)
    readVariable(name, undefined, this)
    for (const word of words) {
      this.word(word)
      this.numbers.assign(name, word)
    }
  }

  private simple(node: Command) {
    this.text = this.source.slice(node.pos, node.end)
    if (this.depth === 0) this.offset = node.pos
    const { text, offset } = this
    for (const part of node.prefix) {
      if (part.type === 'Assignment') readAssignment(part, this)
      else readRedirection(part, this)
    }
    if (node.name === undefined) return
    const words = [this.program(node.name)]
    for (const part of node.suffix) {
      if (part.type === 'Word') words.push(readWord(part, this))
      else if (part.type === 'Assignment') words.push(readAssignment(part, this))
      else readRedirection(part, this)
    }
    this.text = text
    if (hasHole(words[0] as string)) return this.refuse('the program is only known at run time')
    if (this.commands.length >= mostCommands) return this.refuse('it runs too many commands')
    this.command(words, text, offset)
  }

  private program(word: Word): string {
    const program = readWord(word, this)
    return program[0] === '~' && isQuotedTilde(word.text) ? `./${program}` : program
  }

  private redirections(nodes: readonly Redirection[]) {
    for (const node of nodes) readRedirection(node, this)
  }

  private command(words: readonly string[], text: string, offset: number) {
    const program = words[0] as string
    const bare = !program.includes('/')
    if (bare || !this.isMoved(program)) this.commands.push({ words, bare, text, offset })
    else if (this.folders === undefined) this.refuse('the program is in a folder that is not known')
    else
      for (const folder of this.folders)
        this.commands.push({ words: [under(folder, program), ...words.slice(1)], bare, text, offset })
    programReader(program)?.(words, this)
  }

  private open(path: string, action: FileAccess['action']) {
    if (!this.isMoved(path)) this.files.push({ path, action })
    else if (this.folders === undefined) this.refuse('a file is in a folder that is not known')
    else for (const folder of this.folders) this.files.push({ path: under(folder, path), action })
  }

  private isMoved(path: string): boolean {
    if (!isRelative(path)) return false
    this.relatives++
    this.laterRelative ||= this.deferred
    return this.folders !== startFolders
  }
}
