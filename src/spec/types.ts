import type { LayerName, Rule } from '../policy/types.ts'
import type { Diagnostic, Place } from '../shared/diagnostics.ts'

export const specKinds = [
  'agent', // .agent-os/AGENT.md
  'stack', // PREFERRED_STACK.md, STACK_PREFERENCES.md
  'contract', // MIRROR_CONTRACT.md
  'runbook', // RUNBOOK.md
  'definition', // agents/*.md
  'rules', // GLOBAL_RULES.md, rules/*.md, packs
  'lessons', // LEARNING_PATTERNS.md
  'guidance', // any other .md: prose, plus rules if it has any
] as const
export type SpecKind = (typeof specKinds)[number]

/** A spec file as it lies on disk, before anything is understood. The only thing `read.ts` makes. */
export interface SpecSource {
  /** As shown to people: relative to the project root, or `~/…`, or `oos:node` for a pack. */
  readonly path: string
  readonly kind: SpecKind
  readonly layer: LayerName
  /** `oos:NAME` for a shipped pack or agent. */
  readonly pack?: string
  readonly bytes: Uint8Array
}

/** One understood spec file. */
export interface Spec {
  readonly path: string
  readonly kind: SpecKind
  readonly layer: LayerName
  readonly pack?: string
  /** Rules of this file alone; those it extends stand in their own Spec. */
  readonly rules: readonly Rule[]
  readonly lets: readonly NamedPattern[]
  readonly extends: readonly Extension[]
  readonly advisory: readonly AdvisoryLine[]
  readonly content: SpecContent
  /** The markdown an agent is given: the body without rules' own syntax changed, front matter left out. */
  readonly guidance: string
  readonly diagnostics: readonly Diagnostic[]
}

/** `**Let** `@code` = `{app,lib}/**``. */
export interface NamedPattern {
  readonly name: string
  readonly pattern: string
  readonly place: Place
}

export interface Extension {
  /** `oos:node` or `./rules/team.md`. */
  readonly pack: string
  /** Capabilities taken out of the pack's rules (short spelling). */
  readonly except: readonly string[]
  readonly place: Place
}

/** A normative sentence that is no rule: listed by coverage, held by nothing. */
export interface AdvisoryLine {
  readonly text: string
  readonly place: Place
  /** The rule it plainly means, in the rule language, if it does. */
  readonly suggestion?: string
}

/** What each kind has typed in it besides rules. */
export type SpecContent =
  | { readonly kind: 'agent' }
  | { readonly kind: 'stack'; readonly settings: readonly Setting[] }
  | { readonly kind: 'contract'; readonly contract: MirrorContract }
  | { readonly kind: 'runbook'; readonly runbook: Runbook }
  | { readonly kind: 'definition'; readonly definition: AgentDefinition }
  | { readonly kind: 'rules' }
  | { readonly kind: 'lessons'; readonly lessons: readonly Lesson[] }
  | { readonly kind: 'guidance' }

/** One setting of a stack spec, where it was written. `key` is dotted: `database.path`, `timers.atlas-backup.period`. */
export interface Setting {
  readonly key: string
  readonly value: string | number | boolean
  readonly place: Place
}

export interface MirrorContract {
  readonly tabs: readonly MirrorTab[]
  readonly settings: readonly Setting[]
}

export interface MirrorTab {
  readonly name: string
  readonly columns: readonly MirrorColumn[]
  readonly place: Place
}

export interface MirrorColumn {
  /** Sheet letter, `A` … */
  readonly letter: string
  readonly name: string
  readonly type: 'text' | 'number' | 'integer' | 'boolean' | 'date' | 'datetime' | 'enum'
  readonly values?: readonly string[]
  readonly key: boolean
  readonly required: boolean
  /** Which way it flows: database to sheet, sheet to database, both. */
  readonly direction: 'export' | 'import' | 'both'
  readonly maxLength?: number
  readonly place: Place
}

export interface Runbook {
  readonly procedures: readonly Procedure[]
  readonly alerts: readonly Alert[]
}

export interface Procedure {
  readonly name: string
  readonly when?: string
  readonly steps: readonly ProcedureStep[]
  readonly place: Place
}

export interface ProcedureStep {
  readonly title: string
  readonly commands: readonly { readonly text: string; readonly language: string; readonly place: Place }[]
  readonly place: Place
}

export interface Alert {
  readonly name: string
  /** As written: `> 80%`, `< 4 hours`. */
  readonly threshold: string
  readonly place: Place
}

export interface Lesson {
  readonly title: string
  readonly kind: 'pattern' | 'anti-pattern' | 'choice'
  /** Lower-case field name → text: `context`, `problem`, `solution`, `outcome`, … */
  readonly fields: Readonly<Record<string, string>>
  readonly place: Place
}

/** An agent definition's front matter after validation, defaults filled in. */
export interface AgentDefinition {
  readonly name: string
  readonly description: string
  /** What it runs, as words; empty = the command comes from the command line. */
  readonly command: readonly string[]
  readonly model?: string
  readonly tools: readonly string[]
  readonly place: Place
}

/** Everything that was read, understood together: cross-file checks done, packs taken in. */
export interface SpecSet {
  readonly specs: readonly Spec[]
  /** Every rule that holds, all layers, packs' holes applied. */
  readonly rules: readonly Rule[]
  readonly agents: readonly AgentDefinition[]
  readonly settings: readonly Setting[]
  /** Of all files, sorted. */
  readonly diagnostics: readonly Diagnostic[]
}
