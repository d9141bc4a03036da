import type { Command } from 'commander'
import type { Terminal } from '../terminal.ts'

/** Says which arguments and options a command has, and returns what it does: its result is the exit code, 0 if left out. */
export type Define = (command: Command, terminal: Terminal, loadProgram: LoadProgram) => Action
export type Action = (...args: never[]) => Promise<number | undefined> | number | undefined
/** Every command with all its options: for what describes the program itself. */
export type LoadProgram = () => Promise<Command>

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

/** Words that only hold other commands together. */
export const parents: Readonly<Record<string, string>> = {
  spec: 'what the markdown says, and whether it holds',
}

/** Every command. A new one is a file here and an entry in this list. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'run',
    summary: 'run a command, or an agent, under the rules',
    group: 'Runs',
    example: 'oos run -- npm test',
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'spec check',
    summary: 'say what is wrong with the specs, where, and what to write instead',
    group: 'Rules',
    example: 'oos spec check',
    load: async () => (await import('./spec-check.ts')).specCheck,
  },
  {
    name: 'spec show',
    summary: 'list the rules that hold: about what, for whom, why, and on which line',
    group: 'Rules',
    example: 'oos spec show',
    load: async () => (await import('./spec-show.ts')).specShow,
  },
  {
    name: 'runs',
    summary: 'what was run here, newest first',
    group: 'Runs',
    example: 'oos runs --limit 5',
    load: async () => (await import('./runs.ts')).runs,
  },
  {
    name: 'runs show',
    summary: 'what happened in a run, and by which rule',
    group: 'Runs',
    example: 'oos runs show 4VQ8K2MD',
    load: async () => (await import('./runs-show.ts')).runsShow,
  },
  {
    name: 'runs verify',
    summary: 'whether the record of a run is what was recorded',
    group: 'Runs',
    example: 'oos runs verify 4VQ8K2MD',
    load: async () => (await import('./runs-verify.ts')).runsVerify,
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    group: 'Set up',
    example: 'source <(oos completion bash)',
    load: async () => (await import('./completion.ts')).completion,
  },
  {
    name: 'complete',
    summary: 'what a completion script asks',
    group: 'Set up',
    example: 'oos complete -- spec ""',
    hidden: true,
    load: async () => (await import('./completion.ts')).complete,
  },
]
