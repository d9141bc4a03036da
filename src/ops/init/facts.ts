import type { IgnoredSpecs } from '../project/ignored-specs.ts'

/** What `oos init` saw of a project; everything it writes follows from this. */
export interface InitFacts {
  /** Absolute, resolved. */
  readonly root: string
  readonly home: string
  readonly name: string
  /** Whether it lies in a git repository. */
  readonly git: boolean
  /** Why git would not say what it tracks. */
  readonly gitProblem?: string
  /** The repository's top, where the project is a folder below it. */
  readonly above?: string
  readonly ignored?: IgnoredSpecs
  readonly stacks: readonly Stack[]
  /** What tests the project: of the first language that has tests, else of whatever else builds it. */
  readonly test?: string
  /** Programs that run the tests, and are not installed here. */
  readonly missing: readonly string[]
  /** Hosts that packages come from, and what named them. */
  readonly hosts: readonly PackageHost[]
  /** Who did not say where packages come from. */
  readonly unknown: readonly PackageManager[]
  /** Instructions for agents that are there already: `AGENTS.md`, `CLAUDE.md`. */
  readonly guides: readonly string[]
  /** What another tool keeps in `.agent-os/`. */
  readonly foreign: readonly string[]
  /** Files that git tracks and the secrets pack would hide; relative to the root. */
  readonly hidden: readonly string[]
  /** Files of the plan that are there already, by absolute path; undefined where something else is in the way. */
  readonly existing: ReadonlyMap<string, string | undefined>
}

/** A language that the project is written in. */
export interface Stack {
  readonly language: string
  /** The pack that opens its toolchain. */
  readonly pack: string
  readonly manager: PackageManager
  readonly lockFile?: string
  readonly test?: string
}

export type PackageManager = NodeManager | PythonManager | 'cargo' | 'go'
export type NodeManager = 'npm' | 'pnpm' | 'yarn' | 'bun'
export type PythonManager = 'pip' | 'uv' | 'poetry' | 'pdm' | 'pipenv'

/** What a package manager that is installed says of itself. */
export interface Answer {
  readonly hosts: readonly string[]
  /** Of these, what settings name that a run does not see. */
  readonly unseen: readonly string[]
}

export interface PackageHost {
  readonly host: string
  readonly from: string
  /** Named by the person's own settings, which a run does not see. */
  readonly unseen?: true
}

/** A folder as detection sees it: names and small text files, never through a symlink. */
export interface Folder {
  has(path: string): boolean
  /** The names in a folder; none where there is no such folder. */
  list(path: string): readonly string[]
  /** Undefined where there is no such plain file, or none of a sane size. */
  read(path: string): string | undefined
}
