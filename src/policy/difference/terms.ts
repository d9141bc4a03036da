import { printCapability } from '../capability/capability.ts'
import { amountOf, constraintKinds, periodMs, tightest } from '../capability/constraints.ts'
import type { Clause } from '../clause.ts'
import type { Policy } from '../compile.ts'
import { resources } from '../resources.ts'
import { limitsFor, runLimits } from '../rules-for.ts'
import type { ConstraintName, Constraints, Resource, Rule } from '../types.ts'
import { lasting, overTime, plainText } from './clause-text.ts'

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
  const termsOf = (agent: string) => [
    ...limitChanges(before, after, agent),
    ...budgetChanges(before, after, agent),
    ...lastingChanges(before, after, agent),
  ]
  const general = termsOf('command')
  const own = agents
    .filter((agent) => agent !== 'command')
    .flatMap((agent) =>
      termsOf(agent)
        .filter((each) => !general.some((known) => isSame(known, each)))
        .map((each) => ({ ...each, agent })),
    )
  return [...general, ...own, ...requireChanges(before, after)]
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

/** What whole runs may use up together, which is no limit of the sandbox. */
function budgetChanges(before: Policy, after: Policy, agent: string): readonly TermChange[] {
  const [old, now] = [runLimits(before, agent), runLimits(after, agent)]
  const [from, to] = [tightestConstraints(old), tightestConstraints(now)]
  return overTime.flatMap((name): TermChange[] => {
    const [was, is] = [printOne(name, from), printOne(name, to)]
    const rule = [...now, ...old].find(({ capability }) => capability.constraints[name] !== undefined)?.rule
    if (rule === undefined || was === is) return []
    return [change(`${name} of a run`, was, is, { widens: isFreer(name, from, to), rule })]
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

/**
 * Of clauses that else are alike: until when they hold, how often, and whether a program is hidden. Clause by clause and for
 * each agent, so that it is the same however the lines are cut.
 */
function lastingChanges(before: Policy, after: Policy, agent: string): readonly TermChange[] {
  const names = Object.keys(resources) as Resource[]
  return names
    .filter((name) => name !== 'run')
    .flatMap((resource) => {
      const clausesOf = (policy: Policy) => Map.groupBy(policy.view(agent).clauses(resource), plainText)
      const [old, now] = [clausesOf(before), clausesOf(after)]
      return [...now].flatMap(([key, clauses]) => {
        const known = old.get(key)
        if (known === undefined) return []
        return clauses[0]?.effect === 'allow'
          ? grantChanges(known, clauses)
          : changesOf(comparison(tightestOf(known), tightestOf(clauses)))
      })
    })
}

/** What comes as an Allow is set against the one of before that it goes beyond in least. */
function grantChanges(old: readonly Clause[], now: readonly Clause[]): readonly TermChange[] {
  return now.flatMap((clause) => {
    const [least] = old
      .map((known) => changesOf(comparison(known, clause)))
      .toSorted((a, b) => beyond(a) - beyond(b) || a.length - b.length)
    return least ?? []
  })
}

function beyond(changes: readonly TermChange[]): number {
  return changes.filter(({ widens }) => widens).length
}

interface Comparison {
  readonly from: Constraints
  readonly to: Constraints
  readonly now: Clause
}

function comparison(old: Clause, now: Clause): Comparison {
  return { from: old.capability.constraints, to: now.capability.constraints, now }
}

function changesOf({ from, to, now: { capability, rule } }: Comparison): readonly TermChange[] {
  return lasting.flatMap((name): TermChange[] => {
    const [old, now] = [from, to].map((constraints) => printOne(name, constraints))
    if (old === now) return []
    const widens = isFreer(name, from, to)
    return [
      change(`${name} of ${printCapability({ ...capability, constraints: {} })}`, old, now, { widens, rule }),
    ]
  })
}

/** The first, as tight as all of them are together. */
function tightestOf(clauses: readonly Clause[]): Clause {
  const [first] = clauses as readonly [Clause]
  return { ...first, capability: { ...first.capability, constraints: tightestConstraints(clauses) } }
}

function tightestConstraints(clauses: readonly Clause[]): Constraints {
  return clauses.map(({ capability }) => capability.constraints).reduce(tightest, {})
}

function printOne(name: ConstraintName, constraints: Constraints): string | undefined {
  const print = constraintKinds[name].print as (value: unknown) => string
  return constraints[name] === undefined ? undefined : print(constraints[name])
}

/** Of a run and of a period neither can be told to be less: there may be many runs in a day, and many days in a run. */
function isFreer(name: ConstraintName, from: Constraints, to: Constraints): boolean {
  const isOfARun = ({ [name]: value }: Constraints) =>
    typeof value === 'object' && 'count' in value && !('per' in value && value.per)
  const areAlike = isOfARun(from) === isOfARun(to) || from[name] === undefined || to[name] === undefined
  return !areAlike || flow(name, to) > flow(name, from)
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
