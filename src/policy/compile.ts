import type { PolicyInput, Rule } from './types.ts'

/** Rules compiled for fast decisions. */
export interface Policy {
  readonly rules: readonly Rule[]
  readonly root: string
  readonly home: string
  /** Content hash (sha-256, hex) of the rules in canonical order, root and home; every event carries it. */
  readonly hash: string
}

export declare function compilePolicy(input: PolicyInput): Policy
