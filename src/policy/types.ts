import type { Place } from '../shared/diagnostics.ts'
import type { Budget, Rate } from '../shared/units.ts'

/** Resources a capability can name. Their actions, pattern kind and constraints: `resources.ts`. */
export type Resource =
  | 'file'
  | 'http'
  | 'shell'
  | 'run'
  | 'env'
  | 'secret'
  | 'git'
  | 'mcp'
  | 'browser'
  | 'model'
  | 'memory'
  | 'agent'
  | 'task'

/** Durations in ms, sizes in bytes; a rate or budget without `per` holds for the whole run. */
export interface Constraints {
  readonly timeout?: number
  readonly rate?: Rate
  readonly max?: number
  readonly allowlist?: readonly string[]
  readonly memory?: number
  readonly disk?: number
  readonly output?: number
  /** CPU time of the whole run, in ms. */
  readonly cpu?: number
  readonly processes?: number
  readonly tokens?: Budget
  readonly usd?: Budget
  readonly to?: string
  readonly remote?: string
  readonly everywhere?: true
  /** RFC 3339. */
  readonly expires?: string
}
export type ConstraintName = keyof Constraints

/** What may (or may not) be done to what. Immutable; `parse(print(c))` equals `c`. */
export interface Capability {
  readonly resource: Resource
  /** Canonical text of the pattern, in the resource's own pattern language. */
  readonly pattern: string
  /** Sorted, without repeats; `*` is written out as every action of the resource. */
  readonly actions: readonly string[]
  readonly constraints: Constraints
}

/** `only` and `let` exist in a file alone: compiling turns `only` into Allow + Deny, parsing puts `let` patterns in. */
export const effects = ['allow', 'only', 'deny', 'ask', 'limit', 'require'] as const
export type Effect = (typeof effects)[number]

export type Stage = 'start' | 'commit' | 'push' | 'done'
export type LayerName = 'built-in' | 'user' | 'project' | 'agent' | 'run'

/** One list item of a spec (a group's nested item is one rule of its own). */
export interface Rule {
  readonly effect: Effect
  readonly capabilities: readonly Capability[]
  readonly except: readonly Capability[]
  /** Agents it is for; empty = all. */
  readonly agents: readonly string[]
  /** Require only. */
  readonly stage?: Stage
  readonly when?: Capability
  readonly via?: Capability
  /** A project's path glob; only in user specs. */
  readonly in?: string
  readonly reason?: string
  readonly source: RuleSource
  readonly layer: LayerName
  readonly examples: readonly RuleExample[]
  /**
   * Nobody has agreed to what it gives: it allows nothing, an Ask asks only about what another rule allows, and a Deny
   * with holes closes what it closes, but stands in for no whole one.
   */
  readonly withheld?: true
}

export interface RuleSource extends Place {
  /** The pack's name (`oos:node`) if the rule came through `extends`. */
  readonly pack?: string
  /** The rule as written, on one line, without its reason and examples. */
  readonly text: string
}

/** `✓`, `✗` or `?` and a request below a rule. */
export interface RuleExample {
  readonly expected: 'allow' | 'deny' | 'ask'
  readonly request: string
  readonly place: Place
}

/**
 * One question to the policy. `target` by resource: `file` an absolute, resolved path; `http` `host:port/path`
 * with the host in canonical form; `shell` the command text, or its words in `words` when there is no shell
 * (a run's argv); the others a name.
 */
export interface Request {
  readonly resource: Resource
  readonly action: string
  readonly target: string
  readonly words?: readonly string[]
  /** Where relative words of a command point; the project's root if left out. */
  readonly cwd?: string
  /** The agent that asks; `command` if left out. */
  readonly agent?: string
  /** Its ancestors, outermost first: their rules hold for it too. */
  readonly lineage?: readonly string[]
  readonly attributes?: Readonly<Record<string, string | number>>
}

export type DecisionEffect = 'allow' | 'ask' | 'deny'

export interface Decision {
  readonly effect: DecisionEffect
  /** The rule that determined it; none when nothing allowed the request. */
  readonly rule?: Rule
  /** Every rule that had a say, the determining one first, each with the part of the request it judged. */
  readonly reasons: readonly DecisionReason[]
  /** Limits of all matching Limit rules, the tightest of each. */
  readonly constraints: Constraints
}

export interface DecisionReason {
  readonly kind:
    | 'deny'
    | 'ask'
    | 'allow'
    | 'limit'
    | 'no-allow'
    | 'undecidable'
    | 'constraint'
    | 'broken-rule'
  readonly rule?: Rule
  /** For a compound request (a shell line): the part that this reason is about. */
  readonly part?: Request
  /** In words, for `undecidable`, `constraint` and `broken-rule`. */
  readonly text?: string
}

/** What `compilePolicy` takes. Rules come in any order; order never changes a decision. */
export interface PolicyInput {
  readonly rules: readonly Rule[]
  /** Absolute, resolved path of the project; relative file patterns stand below it. */
  readonly root: string
  /** Absolute, resolved home folder; `~/` in patterns. */
  readonly home: string
  /** ms since 1970: Allows that `expires` before it are left out. */
  readonly now: number
  /** Whether the project's file system tells upper from lower case. Default true. */
  readonly caseSensitive?: boolean
}
