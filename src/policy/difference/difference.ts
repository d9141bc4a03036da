import type { Budget } from '../analysis/budget.ts'
import { claimsOf, type Matter, mattersOf, textOfClaim } from '../analysis/claims.ts'
import {
  type Change,
  type Changed,
  createField,
  type InspectOptions,
  inspect,
  type Scope,
  type Undecided,
  widens,
} from '../analysis/inspect.ts'
import { Languages } from '../analysis/languages.ts'
import { freedom } from '../analysis/turn.ts'
import { printCapability } from '../capability/capability.ts'
import type { Clause } from '../clause.ts'
import type { Policy } from '../compile.ts'
import { decidePart } from '../decide.ts'
import { resources } from '../resources.ts'
import { unknownTarget } from '../shell/git.ts'
import type { Request, Resource } from '../types.ts'
import { clauseText, lasting, overTime, plainText } from './clause-text.ts'

export interface Difference {
  readonly changes: readonly Change[]
  readonly undecided: readonly Undecided[]
}

/** `familiar` targets are shown before any made up one, where they are examples. */
export interface DifferenceOptions extends InspectOptions {
  /** Besides `command`. */
  readonly agents?: readonly string[]
  /** Beyond so many a line counts as not decided. */
  readonly mostSteps?: number
}

/**
 * What the second policy decides otherwise than the first. Exact for targets that are known; where more passes of what is
 * not, or an amount over time or an end goes with a pattern that is written in another way, the line counts as not decided.
 * Both stand in one place.
 */
export function differenceOf(before: Policy, after: Policy, options: DifferenceOptions = {}): Difference {
  const budget = { left: options.mostSteps ?? defaultSteps }
  const sides = { before, given: options.given, after }
  const policies = [before, after, ...(options.given ? [options.given] : [])] as const
  const found = (Object.keys(resources) as Resource[])
    .filter((resource) => Object.keys(resources[resource].actions).length > 0)
    .flatMap((resource) => {
      const languages = languagesOf(resource, policies, budget)
      const general = differ({ sides, agent: 'command', resource, languages, budget, options })
      const own = (options.agents ?? [])
        .filter((agent) => policies.some((policy) => isSpokenTo(agent, policy, resource)))
        .flatMap((agent) => differ({ sides, agent, resource, languages, budget, options }))
      return [...general, ...own.filter((each) => !general.some((known) => isSame(known, each)))]
    })
  return {
    changes: merge(found.filter((each): each is Change => 'from' in each)),
    undecided: found.filter((each): each is Undecided => !('from' in each)),
  }
}

/** Some seconds; what people write takes a tenth of it. */
const defaultSteps = 60_000_000

/** Whether something is freer after the edit, or could not be found not to be. */
export function isWidening({ changes, undecided }: Difference): boolean {
  return undecided.length > 0 || changes.some(widens)
}

/** Whether the agent is told something else about the resource than `command` is. */
function isSpokenTo(agent: string, policy: Policy, resource: Resource): boolean {
  const texts = (name: string) => policy.view(name).clauses(resource).map(clauseText).join('\n')
  return texts(agent) !== texts('command')
}

/** One for all agents, so that each pattern is compiled once. */
function languagesOf(
  resource: Resource,
  policies: readonly [Policy, ...Policy[]],
  budget: Budget,
): Languages {
  const capabilities = policies
    .flatMap(({ rules }) => rules)
    .flatMap((rule) => [...rule.capabilities, ...rule.except])
    .filter((capability) => capability.resource === resource)
  return new Languages(resource, capabilities, policies[0], budget)
}

function differ(scope: Scope): readonly (Change | Undecided)[] {
  const { sides, agent, resource, languages, options } = scope
  const clausesOf = (policy: Policy) => policy.view(agent).clauses(resource)
  const [old, now] = [clausesOf(sides.before), clausesOf(sides.after)]
  const given = sides.given && clausesOf(sides.given)
  const changed: readonly Changed[] = [
    ...without(now, old).map((clause) => ({ side: 'added' as const, clause })),
    ...without(old, now).map((clause) => ({ side: 'removed' as const, clause })),
  ]
  const mayMatter = options.wideningOnly ? changed.some(mayWiden) : changed.length > 0
  if (!mayMatter) return []
  const all = [...old, ...now, ...(given ?? [])]
  const { matters, complete } = mattersOf(resource, all)
  const numbers = new Map(changed.map(({ clause }, number) => [clause, number]))
  const seen = new Set<string>()
  const found = matters.flatMap((matter) => {
    const claims = {
      removed: claimsOf(old, matter, languages),
      added: claimsOf(now, matter, languages),
      ...(given && { given: claimsOf(given, matter, languages) }),
    }
    // Actions about which the same is said, by the same lines as far as they changed, differ in name alone.
    const keys = Object.values(claims).map((each) =>
      each.map((claim) => [numbers.get(claim.clause), textOfClaim(claim)]),
    )
    const key = JSON.stringify([matter.attributes, ...keys])
    if (seen.has(key)) return []
    seen.add(key)
    const field = createField({ ...scope, matter, edits: changed.length, claims })
    return changed.flatMap((one) => inspect(one, field))
  })
  const isKnown = ({ clause }: Changed) =>
    found.some((each) => each.rule === clause.rule && (!('from' in each) || widens(each)))
  const isUnreadFreer = changed.some(mayWiden) && givesMoreUnread(scope, all, matters)
  const isOpen = (one: Changed) => mayLast(one, changed, { old, now }) || (isUnreadFreer && mayWiden(one))
  const open = complete ? changed.filter(isOpen) : changed
  const undecided = open
    .filter((one) => !isKnown(one))
    .map(({ side, clause: { rule, capability } }) => ({ agent, side, rule, capability }))
  return [...found, ...undecided]
}

/** What comes as a Deny or a Limit, and what goes as an Allow, only takes away. */
function mayWiden({ side, clause: { effect } }: Changed): boolean {
  return side === 'added' ? effect === 'allow' || effect === 'ask' : effect !== 'allow'
}

/** Whether more passes of what is only known at run time: it is in no language, and lines that decide texts alike may differ in it. */
function givesMoreUnread(
  { sides: { before, given, after }, agent, resource }: Scope,
  clauses: readonly Clause[],
  matters: readonly Matter[],
): boolean {
  const freest = (policies: readonly Policy[], request: Request) =>
    Math.max(...policies.map((policy) => freedom[decidePart(policy, request).effect]))
  const old = [before, ...(given ? [given] : [])]
  return unreadTargets(resource, clauses).some((target) =>
    matters.some((matter) => {
      const attributes = { ...matter.attributes, ...target.attributes }
      const request = {
        ...matter,
        ...target,
        agent,
        ...(Object.keys(attributes).length > 0 && { attributes }),
      }
      return freest([after], request) > freest(old, request)
    }),
  )
}

/** One request of each kind that can be told apart: a branch may be unknown where the remote is not. Any path can be read. */
function unreadTargets(resource: Resource, clauses: readonly Clause[]): readonly Target[] {
  const { pattern } = resources[resource]
  if (pattern === 'path') return []
  if (pattern === 'words') return [{ target: '', words: [] }]
  if (pattern === 'host') return [{ target: '' }]
  if (resource !== 'git') return [{ target: unknownTarget }]
  const named = clauses.flatMap(({ capability: { constraints } }) => constraints.remote ?? [])
  const remotes = new Set([unknownTarget, ...[...named, 'q7*'].map((name) => name.replaceAll('*', 'z'))])
  const target = { target: unknownTarget }
  return [target, ...[...remotes].map((remote) => ({ ...target, attributes: { remote } }))]
}

type Target = Pick<Request, 'target' | 'words' | 'attributes'>

/**
 * Whether the changed clause may let more pass over time. Of a pattern that stands on both sides the amounts are compared
 * one by one, by `termDifference`.
 */
function mayLast(
  { side, clause }: Changed,
  changed: readonly Changed[],
  { old, now }: { readonly old: readonly Clause[]; readonly now: readonly Clause[] },
): boolean {
  const isLasting = (one: Clause) => lasting.some((name) => one.capability.constraints[name] !== undefined)
  const isPaired = (one: Clause, others: readonly Clause[]) =>
    others.some((other) => plainText(other) === plainText(one))
  if (side === 'removed') return clause.effect !== 'allow' && isLasting(clause) && !isPaired(clause, now)
  if (clause.effect !== 'allow') return false
  const isGone = (one: Clause) => changed.some(({ clause: gone }) => gone === one) && !isPaired(one, now)
  // Beside what holds so much over a time another amount over another time adds up, though a request shows nothing of it.
  const addsUp = old.some(
    (one) =>
      one.effect === 'allow' &&
      isLasting(one) &&
      (isGone(one) || overTime.some((name) => clause.capability.constraints[name] !== undefined)),
  )
  return addsUp && !isPaired(clause, old)
}

/** The clauses that the other list does not have; repeats count once. */
function without(clauses: readonly Clause[], others: readonly Clause[]): readonly Clause[] {
  const known = new Set(others.map(clauseText))
  return clauses.filter((clause) => !known.has(clauseText(clause)))
}

function isSame(a: Change | Undecided, b: Change | Undecided): boolean {
  const way = (each: Change | Undecided) => ('from' in each ? [each.from, each.to] : [])
  return a.rule.source === b.rule.source && a.side === b.side && way(a).join() === way(b).join()
}

/** One change for all actions of a capability. */
function merge(changes: readonly Change[]): readonly Change[] {
  const merged = new Map<string, Change>()
  for (const change of changes) {
    const { agent, from, to, side, rule, capability } = change
    const key = JSON.stringify([agent, from, to, side, rule.source, printCapability(capability)])
    const known = merged.get(key)
    merged.set(key, known ? { ...known, witnesses: [...known.witnesses, ...change.witnesses] } : change)
  }
  return [...merged.values()]
}
