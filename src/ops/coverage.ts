import type { Rule } from '../policy/types.ts'
import { readFacts } from '../sandbox/facts.ts'
import { type Holding, sandboxHolds, startHolds } from '../sandbox/holds.ts'

/** Where a rule can be held. Those that are not built yet hold nothing, and say so. */
export const points = ['sandbox', 'start of a run', 'tool gate', 'git hook', 'gateway'] as const
export type Point = (typeof points)[number]

export interface Coverage {
  readonly rule: Rule
  readonly holdings: Readonly<Record<Point, Holding>>
}

/** How far each point of this machine holds each rule. */
export function readCoverage(rules: readonly Rule[], env: NodeJS.ProcessEnv): readonly Coverage[] {
  const machine = readFacts(env)
  return rules.map((rule) => ({
    rule,
    holdings: {
      sandbox: sandboxHolds(rule, machine),
      'start of a run': startHolds(rule),
      'tool gate': unbuilt,
      'git hook': unbuilt,
      gateway: unbuilt,
    },
  }))
}

const unbuilt: Holding = { level: 'none', missing: 'this point is not built yet' }
