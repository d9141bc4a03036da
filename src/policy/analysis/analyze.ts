import type { Policy } from '../compile.ts'
import { findVainExceptions, type Hole, type VainException } from './exceptions.ts'
import { createGrounds } from './ground.ts'
import { findRepeated, type Repeated } from './repeated.ts'
import { findSecretsWithWayOut, type SecretWayOut, secretCapabilities } from './secrets.ts'
import { findWaysRound, type WayRound } from './spellings.ts'
import { findVain, type Vain } from './vain.ts'

/** Something about the rules that their authors hardly meant, with a request that shows it. */
export type Finding = Vain | Repeated | VainException | SecretWayOut | WayRound

export interface AnalyzeOptions {
  /** What files leave out of the packs that they take in. */
  readonly holes?: readonly Hole[]
  /** Besides `command`. */
  readonly agents?: readonly string[]
}

/** What the rules that people wrote themselves say in vain. What could not be found out is left out. */
export function analyze(
  policy: Policy,
  { holes = [], agents = [] }: AnalyzeOptions = {},
): readonly Finding[] {
  const grounds = createGrounds(policy, { left: mostSteps }, secretCapabilities())
  return [
    ...findVain(grounds),
    ...findRepeated(policy.rules),
    ...findVainExceptions(grounds, holes),
    ...findSecretsWithWayOut(grounds, [...new Set(['command', ...agents])]),
    ...findWaysRound(grounds),
  ]
}

/** About a fifth of a second. */
const mostSteps = 5_000_000
