import { printCapability } from '../capability/capability.ts'
import { rank } from '../compile.ts'
import type { Capability, Rule } from '../types.ts'
import { isBeside, isOwn, isSamePlace } from './compared.ts'

/** A Limit or Require that stands there a second time. */
export interface Repeated {
  readonly kind: 'repeated'
  readonly rule: Rule
  readonly capability: Capability
  readonly by: readonly [Rule]
}

export function findRepeated(rules: readonly Rule[]): readonly Repeated[] {
  const own = rank(rules).filter(
    (rule) => isOwn(rule) && (rule.effect === 'limit' || rule.effect === 'require'),
  )
  return own.flatMap((rule, index) =>
    rule.capabilities.flatMap((capability): readonly Repeated[] => {
      const text = meaning(rule, capability)
      const earlier = own
        .slice(0, index)
        .find(
          (other) =>
            isBeside(rule, other) &&
            !isSamePlace(rule, other) &&
            isForAll(other, rule.agents) &&
            other.capabilities.some((each) => meaning(other, each) === text),
        )
      return earlier ? [{ kind: 'repeated', rule, capability, by: [earlier] }] : []
    }),
  )
}

function isForAll({ agents }: Rule, wanted: readonly string[]): boolean {
  return agents.length === 0 || (wanted.length > 0 && wanted.every((name) => agents.includes(name)))
}

function meaning({ effect, except, stage, when, via }: Rule, capability: Capability): string {
  const print = (one: Capability | undefined) => one && printCapability(one)
  return JSON.stringify([effect, print(capability), except.map(print).sort(), stage, print(when), print(via)])
}
