import { periodMs, tightest } from '../../policy/capability/constraints.ts'
import type { Constraints, Decision, Rule } from '../../policy/types.ts'

/** Counts what goes through against the `rate` and `max` of the rules that let it, over one run. */
export interface Quota {
  /** The decision as it is, or a denial by the rule whose quota is used up. */
  readonly admit: (decision: Decision) => Decision
}

export function createQuota(now: () => number): Quota {
  const times = new Map<Rule, number[]>()
  return {
    admit: (decision) => {
      const counted = countedRules(decision)
      const at = now()
      for (const rule of counted) {
        const spent = spentQuota(constraintsOf(rule), times.get(rule) ?? [], at)
        if (spent !== undefined) return usedUp(rule, spent)
      }
      for (const rule of counted) times.set(rule, [...(times.get(rule) ?? []), at].slice(-remembered(rule)))
      return decision
    },
  }
}

/** The Allow that is used, and every Limit. */
function countedRules({ reasons: [first, ...others] }: Decision): readonly Rule[] {
  const counting = [first, ...others.filter(({ kind }) => kind === 'limit')].map((reason) => reason?.rule)
  return counting.filter((rule) => rule !== undefined).filter(hasQuota)
}

function hasQuota(rule: Rule): boolean {
  const { rate, max } = constraintsOf(rule)
  return rate !== undefined || max !== undefined
}

function remembered(rule: Rule): number {
  const { rate, max } = constraintsOf(rule)
  return Math.max(rate?.count ?? 0, max ?? 0, 1)
}

// Which of a rule's capabilities matched is not known here: the tightest of them holds for all.
function constraintsOf({ capabilities }: Rule): Constraints {
  const about = capabilities.filter(({ resource }) => resource === 'http')
  return about.map(({ constraints }) => constraints).reduce(tightest, {})
}

function spentQuota(
  { rate, max }: Constraints,
  times: readonly number[],
  now: number,
): 'rate' | 'max' | undefined {
  if (max !== undefined && times.length >= max) return 'max'
  if (rate === undefined) return undefined
  const since = rate.per === undefined ? Number.NEGATIVE_INFINITY : now - periodMs[rate.per]
  return times.filter((time) => time > since).length >= rate.count ? 'rate' : undefined
}

function usedUp(rule: Rule, name: 'rate' | 'max'): Decision {
  const reason = { kind: 'constraint', rule, text: `its \`${name}\` is used up` } as const
  return { effect: 'deny', rule, reasons: [reason], constraints: {} }
}
