import type { ParameterExpansionPart, ParsedScript, Word, WordPart } from 'unbash'

/** Programs whose output is a number, so that it is safe where the shell calculates. */
const counting = new Set(['wc', 'nproc', 'date', 'id', 'expr', 'stat', 'seq', 'cksum'])

/** Variables that the shell itself fills with text of the commands or of what they read. */
const filled = new Set(
  '_ BASH_ARGV BASH_ARGV0 BASH_COMMAND BASH_EXECUTION_STRING BASH_REMATCH BASH_SOURCE DIRSTACK FUNCNAME MAPFILE OLDPWD OPTARG PWD REPLY'.split(
    ' ',
  ),
)

/** Text that sets a variable where it is evaluated. */
const assigns = /(?<![=!<>])=(?!=)|<<=|>>=|\+\+|--/

/** Not a variable's name: what flows here is evaluated as arithmetic. */
const evaluated = ''

/**
 * The shell evaluates a variable's *value* as arithmetic: after `x='a[$(rm y)]'`, `((x))` runs rm. So this follows,
 * whatever the order, which values may end in a calculation, and only if the text has one at all.
 */
export class Numbers {
  functions = false
  private used = false
  private readonly assigned: { name: string; word: Word }[] = []
  /** For each name, the names that its value comes from. */
  private readonly sources = new Map<string, string[]>()
  private readonly tainted = new Set<string>()
  private readonly isRisky: (name: string) => boolean

  /** `isRisky`: whether a variable can change what later commands run. */
  constructor(isRisky: (name: string) => boolean) {
    this.isRisky = isRisky
  }

  assign(name: string, word: Word) {
    this.assigned.push({ name, word })
  }

  assignText(name: string, value: string) {
    this.flowText(value, name)
  }

  assignUnknown(name: string) {
    this.tainted.add(name)
  }

  useWord(word: Word | undefined) {
    this.used = true
    if (word !== undefined) this.flowWord(word, evaluated)
  }

  useParts(parts: readonly WordPart[]) {
    this.used = true
    this.flowParts(parts, evaluated)
  }

  useScript(script: ParsedScript | undefined): void {
    this.used = true
    if (!this.counts(script)) this.tainted.add(evaluated)
  }

  /** Text that a builtin gets after the shell has expanded it. */
  useText(text: string) {
    this.used = true
    this.flowText(text, evaluated)
  }

  useIndex(word: Word) {
    if (!/^(?:[@*]|\d+)$/.test(word.text)) this.useWord(word)
  }

  unsafe(): string | undefined {
    if (!this.used) return undefined
    for (const { name, word } of this.assigned) this.flowWord(word, name)
    const reached = new Set([evaluated])
    for (const name of reached) {
      if (this.tainted.has(name))
        return name === evaluated
          ? 'it calculates with text that the shell evaluates again'
          : `\`${name}\` is calculated with, and its value may run commands`
      for (const from of this.sources.get(name) ?? []) reached.add(from)
    }
    return undefined
  }

  private flow(from: string, to: string): void {
    const known = this.sources.get(to)
    if (known === undefined) this.sources.set(to, [from])
    else known.push(from)
  }

  private flowWord(word: Word, to: string) {
    const parts = word.parts
    if (parts === undefined) this.flowText(word.value, to)
    else this.flowParts(parts, to)
  }

  private flowParts(parts: readonly WordPart[], to: string) {
    for (const part of parts) this.flowPart(part, to)
    // What stands beside it may be a part of the name.
    if (parts.length > 1 && parts.some(({ text }) => assigns.test(text))) this.tainted.add(to)
  }

  private flowPart(part: WordPart, to: string) {
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        return this.flowText(part.value, to)
      case 'DoubleQuoted':
        return this.flowParts(part.parts, to)
      case 'Glob':
        return part.kind === 'bracket' ? this.flowParts(part.parts, to) : undefined
      case 'ArithmeticExpansion':
        return
      case 'SimpleExpansion':
        return this.flowVariable(part.text.slice(1), to)
      case 'ParameterExpansion':
        return this.flowParameter(part, to)
      case 'CommandExpansion':
        if (!this.counts(part.script)) this.tainted.add(to)
        return
      default:
        this.tainted.add(to)
    }
  }

  private flowText(text: string, to: string) {
    if (/[$`\0]/.test(text) || (assigns.test(text) && (to !== evaluated || this.setsRisky(text))))
      this.tainted.add(to)
    for (const [name] of text.matchAll(/[A-Za-z_]\w*/g)) this.flowVariable(name, to)
  }

  /** In the text of the calculation itself names that are plain stand beside what sets them. */
  private setsRisky(text: string): boolean {
    return [...text.matchAll(/[A-Za-z_]\w*/g)].some(([name]) => this.isRisky(name))
  }

  private flowVariable(name: string, to: string) {
    if (/^[#?$!-]$/.test(name)) return
    if (/^[A-Za-z_]/.test(name) && !filled.has(name)) this.flow(name, to)
    else this.tainted.add(to)
  }

  private flowParameter(part: ParameterExpansionPart, to: string) {
    const { operation } = part
    if (part.prefix === '#') return
    if (part.prefix === '!') this.tainted.add(to)
    this.flowVariable(part.parameter, to)
    if (operation?.type === 'Default') this.flowWord(operation.operand, to)
    else if (operation?.type === 'Replace') this.flowWord(operation.replacement, to)
  }

  /** The words must be plain: some of these programs print what they are told to. */
  private counts(script: ParsedScript | undefined): boolean {
    const only = script?.commands.length === 1 ? script.commands[0]?.command : undefined
    const last = only?.type === 'Pipeline' ? only.commands.at(-1) : only
    return (
      !this.functions &&
      last?.type === 'Command' &&
      counting.has(last.name?.text ?? '') &&
      last.args.every(({ text }) => /^['"]?[\w+%./:=-]*['"]?$/.test(text))
    )
  }
}
