import {
  type CommandPattern,
  compileCommandPattern,
  hiddenWords,
  mayHide,
  programKey,
} from '../shell/command-pattern.ts'
import { parsePatternWords } from '../shell/pattern-words.ts'
import { append } from './prefix-index.ts'

interface Entry {
  readonly id: number
  readonly pattern: CommandPattern
}

/** The patterns of one program: those that fix its first argument are found by it. */
interface Program {
  readonly byArgument: Map<string, Entry[]>
  readonly others: Entry[]
}

/** All command patterns: by program and first argument where they name them, the others one by one. */
export class CommandIndex {
  private readonly programs = new Map<string, Program>()
  private readonly others: Entry[] = []

  /** `surely`: word by word; else the program at any path, with options between its words. */
  add(id: number, pattern: string, surely: boolean): void {
    const entry = { id, pattern: compileCommandPattern(pattern, surely ? 'exact' : 'anywhere') }
    const { programs } = entry.pattern
    if (programs === undefined) this.others.push(entry)
    else
      for (const program of programs)
        place(this.program(program), entry, surely ? firstArguments(pattern) : undefined)
  }

  find(words: readonly string[]): number[] {
    const ids: number[] = []
    collect(this.others, words, ids)
    const program = this.programs.get(programKey(words))
    if (program === undefined) return ids
    collect(program.others, words, ids)
    if (words[1] !== undefined) collect(program.byArgument.get(words[1]), words, ids)
    return ids
  }

  private program(name: string): Program {
    const known = this.programs.get(name)
    if (known) return known
    const program = { byArgument: new Map(), others: [] }
    this.programs.set(name, program)
    return program
  }
}

/** Every first argument that a word by word match can have; nothing if it can have any, or none. */
function firstArguments(pattern: string): readonly string[] | undefined {
  const firsts = parsePatternWords(pattern).map(([, first]) =>
    first?.kind === 'word' ? first.literal : undefined,
  )
  return firsts.every((first) => first !== undefined) ? firsts : undefined
}

function place(program: Program, entry: Entry, firsts: readonly string[] | undefined): void {
  if (firsts === undefined) program.others.push(entry)
  else for (const first of new Set(firsts)) append(program.byArgument, first, entry)
}

function collect(entries: readonly Entry[] | undefined, words: readonly string[], ids: number[]): void {
  if (entries === undefined) return
  let hidden: ReturnType<typeof hiddenWords> | undefined
  for (const { id, pattern } of entries) {
    const { needed } = pattern
    if (needed !== undefined && !words.includes(needed)) {
      hidden ??= hiddenWords(words)
      if (!mayHide(needed, hidden)) continue
    }
    if (pattern.matches(words)) ids.push(id)
  }
}
