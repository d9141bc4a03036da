import type { Command } from 'unbash'
import type { Dialect } from './dialects.ts'
import type { WorkingFolder } from './folders.ts'
import type { Numbers } from './numbers.ts'
import type { PartVisitor } from './words.ts'

/** What a program's own reader may do with its words. */
export interface Walk {
  /** Of the text that is being read. */
  readonly dialect: Dialect
  /** The program runs these words as a command. */
  run(words: readonly string[]): void
  /** The program may run these words as a command that it finds by its own means. False when that was too much to read on. */
  carry(words: readonly string[]): boolean
  /** The program hands this text to a shell of its own, which mostly is sh. */
  shell(text: string, dialect?: Dialect): void
  /** The same shell runs this text. */
  evaluate(text: string): void
  write(path: string): void
  read(path: string): void
  refuse(reason: string): void
  /** The shell sets this variable; `value` is undefined where it comes from outside the text. */
  assign(name: string, value: string | undefined): void
  /** The variable has no effect on this text that is not seen, but on what the shell may be given later. */
  lasting(name: string): void
  /** The shell evaluates this as arithmetic at run time, substitutions included. */
  arithmetic(text: string): void
  /** The shell itself goes there, undefined = where to cannot be known. */
  enter(folder: string | undefined): void
  /** What `read` reads stands in that folder. */
  within(folder: string | undefined, read: () => void): void
  /** What `read` reads runs at another time, perhaps from another folder. */
  later(read: () => void): void
}

/** Reads what a program runs in turn. `words[0]` is the program. */
export type ProgramReader = (words: readonly string[], walk: Walk) => void

/** What the readers of syntax, beside those of programs, may do. */
export interface SyntaxWalk extends Walk, PartVisitor {
  readonly numbers: Numbers
}

/** What the walk through the tree stands on. */
export interface TreeWalk extends SyntaxWalk {
  readonly folder: WorkingFolder
  simple(node: Command): void
  /** As it was written. */
  textOf(node: { readonly pos: number; readonly end: number }): string
}
