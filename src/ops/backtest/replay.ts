import type { Policy } from '../../policy/compile.ts'
import { decide } from '../../policy/decide.ts'
import { decideWithOwn } from '../../policy/decide-with-own.ts'
import type { Decision, DecisionEffect, Rule } from '../../policy/types.ts'
import { refusedByName } from '../../sandbox/network/asked.ts'
import type { OwnPlaces } from '../project/own-places.ts'
import type { RecordedRequest } from './recorded-request.ts'

/** A request that would come out differently. */
export interface Replay {
  readonly was: DecisionEffect
  readonly now: DecisionEffect
  /** The rule that would decide it; none where nothing allows it. */
  readonly rule?: Rule
}

/**
 * Why rules alone do not say what would become of a request: a run's own `--allow` or `--deny` decided it, it was refused
 * for where its name led, or a rule that counts would let it through.
 */
export type Unsure = 'run-rule' | 'address' | 'quota'

/** What the policy makes of a recorded request; nothing where that is what became of it. */
export function replay(
  policy: Policy,
  asked: RecordedRequest,
  ownPlaces: OwnPlaces,
): Replay | Unsure | undefined {
  if (asked.by?.file.startsWith('--')) return 'run-rule'
  const decision = decideAgain(policy, asked, ownPlaces)
  const was = outcomeOf(asked.was, asked)
  const now = outcomeOf(decision.effect, asked)
  // What nobody said yes to did not happen: a Deny would have stopped nothing.
  if (was === now || (asked.declined && now === 'deny')) return undefined
  if (was === 'deny' && now === 'allow') {
    if (asked.refusedElse) return 'address'
    if (asked.kind === 'connection' && decision.reasons.some(({ rule }) => rule && counts(rule)))
      return 'quota'
  }
  return { was, now, ...(decision.rule && { rule: decision.rule }) }
}

/** A name that is allowed is still refused where a rule refuses the address that it led to. */
function decideAgain(policy: Policy, { request, dialled }: RecordedRequest, ownPlaces: OwnPlaces): Decision {
  const decision = decideWithOwn(policy, request, (file) => ownPlaces(file) !== undefined)
  if (decision.effect !== 'allow' || dialled === undefined) return decision
  const named = decide(policy, dialled)
  return refusedByName(named) ? named : decision
}

function outcomeOf(effect: DecisionEffect, { askable }: RecordedRequest): DecisionEffect {
  return effect === 'ask' && !askable ? 'deny' : effect
}

function counts({ capabilities }: Rule): boolean {
  return capabilities.some(({ constraints: { rate, max } }) => rate !== undefined || max !== undefined)
}
