import type { DecisionEffect } from '../types.ts'
import type { Claim } from './claims.ts'
import type { Languages } from './languages.ts'

/** `added` stands only after an edit, `removed` only before it. */
export type Side = 'added' | 'removed'

/** Where a text has to be so that more, or less, can come out for it: in all languages of one place. */
export interface Places {
  readonly gain?: readonly Place[]
  readonly loss?: readonly Place[]
}

/** Language numbers. */
export type Place = readonly number[]

export interface OtherSide {
  readonly others: readonly Claim[]
  readonly united: readonly Claim[]
}

/**
 * Where a changed clause can let more pass, and where less; nothing where it cannot. What comes or goes as a Deny matters
 * only where something gives: on the other side of the edit, and on its own. `united`: what the other side says, in fewer.
 */
export function placesOf(
  side: Side,
  claim: Claim,
  { others, united, languages }: OtherSide & { readonly languages: Languages },
): Places {
  const { outcome } = claim
  const given = united.filter(
    (each) => each.outcome === 'allow' || (each.outcome === 'ask' && outcome === 'deny'),
  )
  const anywhere = [[languages.any]]
  const other = [...new Map(given.map(({ about }) => [String(about), about])).values()]
  const places: Readonly<Record<DecisionEffect, Readonly<Record<Side, Places>>>> = {
    allow: { added: { gain: anywhere }, removed: { loss: anywhere } },
    deny: { added: { loss: other }, removed: { gain: other } },
    ask: { added: { gain: anywhere, loss: other }, removed: { gain: other, loss: anywhere } },
  }
  const { gain, loss } = places[outcome][side]
  const apart = apartFrom(claim, others)
  return { ...(gain && { gain: apart ?? gain }), ...(loss && { loss: apart ?? loss }) }
}

/**
 * Where a claim on the other side says just the same of the same targets, this one makes a difference only in what that one
 * leaves out: if anything is other elsewhere, another clause makes it so. Nothing where there is no such claim.
 */
function apartFrom(
  { outcome, about, holes, clause }: Claim,
  others: readonly Claim[],
): readonly Place[] | undefined {
  const [fewest] = others
    .filter((each) => each.outcome === outcome && isSame(each.about, about))
    .filter((each) => each.clause.onlyTightens === clause.onlyTightens)
    .map((twin) => twin.holes.filter((hole) => !holes.includes(hole)))
    .sort((one, two) => one.length - two.length)
  return fewest?.map((hole) => [hole])
}

function isSame(one: Place, other: Place): boolean {
  return one.length === other.length && one.every((number, index) => number === other[index])
}
