import type { DecisionEffect } from '../types.ts'
import type { Claim } from './claims.ts'
import type { Languages } from './languages.ts'
import type { Direction } from './turn.ts'

/** `added` stands only after an edit, `removed` only before it. */
export type Side = 'added' | 'removed'

/** Language numbers: a text is in all of them. */
export type Place = readonly number[]

/** Which ways something can come out differently by a line that comes or goes. */
export const directions: Readonly<Record<DecisionEffect, Readonly<Record<Side, readonly Direction[]>>>> = {
  allow: { added: ['gain'], removed: ['loss'] },
  deny: { added: ['loss'], removed: ['gain'] },
  ask: { added: ['gain', 'loss'], removed: ['gain', 'loss'] },
}

/**
 * Where a text has to be so that it comes out differently that way. What comes or goes as a Deny matters only where something
 * gives: on the other side of the edit, and on its own. `united`: what the other side says.
 */
export function placesOf(
  side: Side,
  outcome: DecisionEffect,
  direction: Direction,
  { united, languages }: { readonly united: readonly Claim[]; readonly languages: Languages },
): readonly Place[] {
  const opens = side === 'added' ? 'gain' : 'loss'
  if (outcome !== 'deny' && direction === opens) return [[languages.any]]
  const given = united.filter(
    (each) => each.outcome === 'allow' || (each.outcome === 'ask' && outcome === 'deny'),
  )
  return [...new Map(given.map(({ about }) => [String(about), about])).values()]
}

/**
 * Where a claim on the other side says just the same of the same targets, this one makes a difference only in what that one
 * leaves out: if anything is other elsewhere, another clause makes it so. Nothing where there is no such claim.
 */
export function apartFrom(
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
