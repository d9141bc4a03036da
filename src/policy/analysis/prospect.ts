import type { DecisionEffect } from '../types.ts'
import { type Claim, freestOf, type Outlook, strictestOf, textOfClaim } from './claims.ts'
import { type Direction, freest } from './turn.ts'

/** Whether some text that begins so can still come out freer after an edit, or less free. */
export type Prospect = Readonly<Record<Direction, (outlook: Outlook) => boolean>>

/** `old`: of each policy that counts before the edit; the freest of them is the answer then. */
export function createProspect(old: readonly (readonly Claim[])[], now: readonly Claim[]): Prospect {
  const before = old.map((claims) => besideOf(claims, now))
  // Of two policies before, one may allow what the other denies: then that one says nothing of what holds.
  const after = besideOf(now, old.length === 1 ? (old[0] ?? []) : [])
  return {
    gain: (outlook) =>
      couldRise(
        (part) => freest(before.map((each) => strictestOf(each[part], outlook))),
        freestOf(now, outlook),
      ),
    loss: (outlook) =>
      couldRise(
        (part) => strictestOf(after[part], outlook),
        freest(old.map((claims) => freestOf(claims, outlook))),
      ),
  }
}

/** What is left of some claims where the other side, which has them too, denies nothing; and where it asks nothing, either. */
interface Beside {
  readonly undenied: readonly Claim[]
  readonly unasked: readonly Claim[]
}

function besideOf(claims: readonly Claim[], others: readonly Claim[]): Beside {
  const known = new Set(others.map(textOfClaim))
  const own = (claim: Claim) => !known.has(textOfClaim(claim))
  return {
    undenied: claims.filter((claim) => claim.outcome !== 'deny' || own(claim)),
    unasked: claims.filter((claim) => claim.outcome === 'allow' || own(claim)),
  }
}

/** Whether one side can be less free than the other, which can be as free as `top` at the most. */
function couldRise(least: (part: keyof Beside) => DecisionEffect, top: DecisionEffect): boolean {
  if (top === 'deny') return false
  return least('undenied') === 'deny' || (top === 'allow' && least('unasked') !== 'allow')
}
