import { printCapability } from './capability.ts'
import type { Policy } from './compile.ts'
import { amountOf, constraintKinds, periodMs } from './constraints.ts'
import { limitsFor } from './rules-for.ts'
import type { Capability, ConstraintName, Constraints, Rule } from './types.ts'

/** What holds of a run as a whole, or over time, and is no answer to one request: limits, conditions, expiry. */
export interface TermChange {
  readonly what: string
  /** Whom it is about, if not all. */
  readonly agent?: string
  readonly from?: string
  readonly to?: string
  readonly widens: boolean
  /** The line as it stands after the edit, else before it. */
  readonly rule: Rule
}

export function termDifference(
  before: Policy,
  after: Policy,
  agents: readonly string[] = ['command'],
): readonly TermChange[] {
  const general = limitChanges(before, after, 'command')
  const own = agents
    .filter((agent) => agent !== 'command')
    .flatMap((agent) =>
      limitChanges(before, after, agent)
        .filter((each) => !general.some((known) => isSame(known, each)))
        .map((each) => ({ ...each, agent })),
    )
  return [...general, ...own, ...requireChanges(before, after), ...lastingChanges(before, after)]
}

function isSame(one: TermChange, other: TermChange): boolean {
  return one.what === other.what && one.from === other.from && one.to === other.to
}

function limitChanges(before: Policy, after: Policy, agent: string): readonly TermChange[] {
  const [old, now] = [limitsFor(before, agent), limitsFor(after, agent)]
  const names = new Set([...old, ...now].map(({ name }) => name))
  return [...names].flatMap((name): TermChange[] => {
    const [from, to] = [old, now].map((list) => list.find((each) => each.name === name))
    const rule = to?.rule ?? from?.rule
    if (rule === undefined || from?.value === to?.value) return []
    const widens = (to?.value ?? Number.POSITIVE_INFINITY) > (from?.value ?? Number.POSITIVE_INFINITY)
    const print = (value: number | undefined) =>
      value === undefined ? undefined : constraintKinds[name].print(value)
    return [change(`${name} of a run`, print(from?.value), print(to?.value), { widens, rule })]
  })
}

/** A condition that is gone lets more pass; one that is new lets less. */
function requireChanges(before: Policy, after: Policy): readonly TermChange[] {
  const [old, now] = [before, after].map((policy) =>
    policy.rules.filter(({ effect }) => effect === 'require'),
  ) as [Rule[], Rule[]]
  const missing = (rules: readonly Rule[], others: readonly Rule[]) => {
    const known = new Set(others.map(requireText))
    return rules.filter((rule) => !known.has(requireText(rule)))
  }
  return [
    ...missing(old, now).map((rule) =>
      change('what is required', requireText(rule), undefined, { widens: true, rule }),
    ),
    ...missing(now, old).map((rule) =>
      change('what is required', undefined, requireText(rule), { widens: false, rule }),
    ),
  ]
}

function requireText({ capabilities, stage, when, agents }: Rule): string {
  const list = capabilities
    .map((capability) => printCapability(capability))
    .sort()
    .join(', ')
  return [
    list,
    `before ${stage}`,
    ...(when ? [`when ${printCapability(when)}`] : []),
    ...(agents.length > 0 ? [`for ${agents.toSorted().join(', ')}`] : []),
  ].join(' ')
}

/** Of a capability that else is the same: until when it holds, how often, and whether a program is hidden. */
function lastingChanges(before: Policy, after: Policy): readonly TermChange[] {
  const old = new Map(granted(before).map((each) => [each.key, each]))
  return granted(after).flatMap(({ key, capability, rule }) => {
    const known = old.get(key)
    if (known === undefined) return []
    return lasting.flatMap((name): TermChange[] => {
      const [from, to] = [known.capability, capability].map(({ constraints }) => printOne(name, constraints))
      if (from === to) return []
      const widens = flow(name, capability.constraints) > flow(name, known.capability.constraints)
      return [
        change(`${name} of ${printCapability({ ...capability, constraints: {} })}`, from, to, {
          widens,
          rule,
        }),
      ]
    })
  })
}

const lasting = [
  'expires',
  'rate',
  'tokens',
  'usd',
  'everywhere',
] as const satisfies readonly ConstraintName[]

interface Granted {
  readonly key: string
  readonly capability: Capability
  readonly rule: Rule
}

function granted({ rules }: Policy): readonly Granted[] {
  return rules.flatMap((rule) =>
    rule.capabilities.map((capability) => {
      const { resource, pattern, actions } = capability
      const except = rule.except.map((hole) => printCapability(hole)).sort()
      const key = JSON.stringify([rule.effect, rule.agents.toSorted(), resource, pattern, actions, except])
      return { key, capability, rule }
    }),
  )
}

function printOne(name: ConstraintName, constraints: Constraints): string | undefined {
  const print = constraintKinds[name].print as (value: unknown) => string
  return constraints[name] === undefined ? undefined : print(constraints[name])
}

/** More of it is freer; without the constraint nothing is held back. */
function flow(name: ConstraintName, constraints: Constraints): number {
  const value = constraints[name]
  if (value === undefined) return Number.POSITIVE_INFINITY
  if (name === 'everywhere') return 0
  if (name === 'expires') return Date.parse(String(value))
  const per = typeof value === 'object' && 'per' in value && value.per ? value.per : 'day'
  return (amountOf(name, value) ?? 0) / periodMs[per]
}

function change(
  what: string,
  from: string | undefined,
  to: string | undefined,
  rest: Pick<TermChange, 'widens' | 'rule'>,
): TermChange {
  return { what, ...(from !== undefined && { from }), ...(to !== undefined && { to }), ...rest }
}
