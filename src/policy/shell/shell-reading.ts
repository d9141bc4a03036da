/** What a shell text, or an argv without a shell, could run and open. */
export interface ShellReading {
  /** Every simple command that could run, as written first, then what it runs in turn. */
  readonly commands: readonly SimpleCommand[]
  /** Redirection targets, and files that a program is told to write where its words say so plainly. */
  readonly files: readonly FileAccess[]
  /** Set when something could run that `commands` does not name: every Deny and Ask then matches, and only `shell:*` allows. */
  readonly undecidable?: Undecidable
  /** What a program runs that it finds by its own means (`uv run …`): what stops it counts, and it needs no leave of its own. */
  readonly carried?: Pick<ShellReading, 'commands' | 'undecidable'>
}

export interface SimpleCommand {
  /** Dequoted. What expands at run time is held by holes (`words.ts`); the program itself never has one. */
  readonly words: readonly string[]
  /** As written; for a command inside `sh -c '…'` and the like, as written in there. Left out where another program runs these words. */
  readonly text: string | undefined
}

export interface FileAccess {
  /** Dequoted; relative to where the text starts (a `cd` before it is taken in), absolute, or below `~`. */
  readonly path: string
  readonly action: 'read' | 'write'
}

export interface Undecidable {
  /** The part that cannot be read, as written. */
  readonly text: string
  /** Why, in words: lower case, no full stop. */
  readonly reason: string
}
