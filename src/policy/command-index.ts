import { append } from './prefix-index.ts'
import { type CommandPattern, compileCommandPattern, programKey } from './shell/command-pattern.ts'

interface Entry {
  readonly id: number
  readonly pattern: CommandPattern
}

/** All command patterns: by the program's name where they name one, the others one by one. */
export class CommandIndex {
  private readonly programs = new Map<string, Entry[]>()
  private readonly others: Entry[] = []

  /** `surely`: word by word; else the program at any path, with options between its words. */
  add(id: number, pattern: string, surely: boolean): void {
    const entry = { id, pattern: compileCommandPattern(pattern, surely ? 'exact' : 'anywhere') }
    const { programs } = entry.pattern
    if (programs === undefined) this.others.push(entry)
    else for (const program of programs) append(this.programs, program, entry)
  }

  find(words: readonly string[]): number[] {
    const ids: number[] = []
    collect(this.others, words, ids)
    collect(this.programs.get(programKey(words)), words, ids)
    return ids
  }
}

function collect(entries: readonly Entry[] | undefined, words: readonly string[], ids: number[]): void {
  if (entries === undefined) return
  for (const { id, pattern } of entries) if (pattern.matches(words)) ids.push(id)
}
