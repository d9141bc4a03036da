import type { Command } from 'commander'
import type { Terminal } from './terminal.ts'

/** Says which arguments and options a command has, and returns what it does: its result is the exit code, 0 if left out. */
export type Define = (command: Command, terminal: Terminal, loadProgram: LoadProgram) => Action
export type Action = (...args: never[]) => Promise<number | undefined> | number | undefined
/** Every command, and the options of the one that was typed: for what describes the program itself. */
export type LoadProgram = (typed: readonly string[]) => Promise<Command>

export interface CommandEntry {
  /** The words after `oos`. */
  readonly name: string
  readonly summary: string
  readonly group: 'Rules' | 'Runs' | 'Set up'
  readonly example: string
  /** Asked by programs, not shown to people. */
  readonly hidden?: boolean
  /** Imports the command's file: only the command that was typed is ever loaded. */
  readonly load: () => Promise<Define>
}
