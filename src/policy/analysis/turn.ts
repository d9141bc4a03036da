import type { DecisionEffect } from '../types.ts'

export const freedom: Readonly<Record<DecisionEffect, number>> = { deny: 0, ask: 1, allow: 2 }

export function freest(effects: readonly DecisionEffect[]): DecisionEffect {
  return effects.reduce((best, effect) => (freedom[effect] > freedom[best] ? effect : best), 'deny')
}

/** More comes out, or less. */
export type Direction = 'gain' | 'loss'

/** From one answer to another. */
export interface Turn {
  readonly from: DecisionEffect
  readonly to: DecisionEffect
}

export function goes(direction: Direction, { from, to }: Turn): boolean {
  return direction === 'gain' ? freedom[to] > freedom[from] : freedom[to] < freedom[from]
}
