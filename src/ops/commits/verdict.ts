import type { Decision } from '../../policy/types.ts'
import type { Written } from '../raw-diff.ts'
import type { Named, NewCommit } from './history.ts'

/** All that is known of what a run did to the names of a repository. */
export interface Found {
  /** Every ref by name, as its file says. */
  readonly before: ReadonlyMap<string, string>
  readonly after: ReadonlyMap<string, string>
  /** The run's own first. */
  readonly heads: readonly FoundHead[]
  /** The branch that an unfinished rebase will put its commits on. */
  readonly rebased: string | undefined
  readonly kinds: ReadonlyMap<string, Named>
  /** Parents before children. */
  readonly commits: readonly NewCommit[]
  /** Of these, the ones that only notes lead to: their paths are names of objects. */
  readonly notes: ReadonlySet<string>
}

/** What is checked out in one work tree. */
export interface FoundHead {
  readonly gitDir: string
  readonly before: string | undefined
  readonly after: string | undefined
}

export interface Asked {
  readonly file: (path: string, action: Written['action']) => Decision
  readonly git: (action: 'commit' | 'delete' | 'tag', target: string) => Decision
}

/** Why something may not stay: a rule, or words where none says it. */
export interface Refusal {
  readonly decision: Decision
  /** The commit that breaks it, and by what. */
  readonly commit?: string
  readonly written?: Written
  /** What the name's change is in the rule language: `git:main:commit`. */
  readonly act?: string
}

export interface JudgedCommit {
  readonly id: string
  readonly refusal?: Refusal
}

/** What becomes of one name. */
export interface JudgedRef {
  /** `HEAD` for the one that is checked out. */
  readonly name: string
  /** Ids, as far as the values lead to one. */
  readonly from: string | undefined
  readonly to: string | undefined
  readonly refusal?: Refusal
  /** The id to be kept under another name. Only with a refusal, and where there is something. */
  readonly keep?: string | undefined
  /** What its file is to say; undefined: it is to be gone. Only with a refusal. */
  readonly value?: string | undefined
  /** Of HEAD: where its file lies. */
  readonly gitDir?: string
}

export interface Verdict {
  readonly commits: readonly JudgedCommit[]
  readonly refs: readonly JudgedRef[]
  /** Commits that break a rule, or stand on one that does. */
  readonly tainted: ReadonlySet<string>
}
