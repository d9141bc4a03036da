import type { Clause } from '../clause.ts'
import type { Policy } from '../compile.ts'
import { resources } from '../resources.ts'
import type { Capability, Request, Resource, Rule } from '../types.ts'
import { type Claim, claimsOf, holds, type Matter } from './claims.ts'
import { Languages } from './languages.ts'
import { type Searched, search } from './search.ts'
import { requestOf } from './witness.ts'

/** Something that a rule says and that never matters, with a request that shows it. */
export interface Finding {
  readonly kind: 'under-deny' | 'empty-except'
  readonly rule: Rule
  /** What never matters: a capability of the rule, or one after `except`. */
  readonly capability: Capability
  readonly witness: Request
  /** The rule that takes it away. */
  readonly by?: Rule
}

/** What the rules that people wrote themselves say in vain. What could not be found out is left out. */
export function analyze(policy: Policy): readonly Finding[] {
  const budget = { left: mostSteps }
  return (Object.keys(resources) as Resource[]).flatMap((resource) => {
    const own = policy.rules.filter((rule) => isOwn(rule) && isAbout(rule, resource))
    if (own.length === 0) return []
    const all = policy.rules.flatMap((rule) => [...rule.capabilities, ...rule.except])
    const languages = new Languages(
      resource,
      all.filter((each) => each.resource === resource),
      policy,
    )
    return own.flatMap((rule) => {
      const clauses = policy.view(rule.agents[0]).clauses(resource)
      const place = { clauses, languages, budget }
      const mine = clauses.filter((clause) => clause.rule === rule && !clause.everything)
      return [...mine.flatMap((clause) => underDeny(clause, place)), ...emptyExcepts(rule, mine, place)]
    })
  })
}

/** About a fifth of a second. */
const mostSteps = 5_000_000
const mostForOne = 200_000

interface Place {
  readonly clauses: readonly Clause[]
  readonly languages: Languages
  readonly budget: { left: number }
}

function isOwn({ layer, source }: Rule): boolean {
  return layer !== 'built-in' && source.pack === undefined
}

function isAbout({ capabilities }: Rule, resource: Resource): boolean {
  return capabilities.some((capability) => capability.resource === resource)
}

/** An Allow or Ask all of whose requests are denied. */
function underDeny(clause: Clause, { clauses, languages, budget }: Place): readonly Finding[] {
  if (clause.effect !== 'allow' && clause.effect !== 'ask') return []
  let first: Finding | undefined
  for (const matter of mattersOf(clause.capability)) {
    const claims = claimsOf(clauses, matter, languages)
    const claim = claims.find((each) => each.clause === clause)
    if (claim === undefined) continue
    const denies = claims.filter(({ outcome }) => outcome === 'deny')
    const visit: Visit = (accepted, text) => {
      if (!holds(claim, accepted)) return false
      const by = denies.find((deny) => holds(deny, accepted))
      if (by === undefined) return true
      const { rule, capability } = clause
      first ??= {
        kind: 'under-deny',
        rule,
        capability,
        witness: requestOf(text(), matter),
        by: by.clause.rule,
      }
      return false
    }
    if (look([claim, ...denies], [claim.about], { languages, budget, visit }) !== 'all') return []
  }
  return first ? [first] : []
}

/** What stands after `except` and is nothing that the rule is about. */
function emptyExcepts(rule: Rule, clauses: readonly Clause[], place: Place): readonly Finding[] {
  return rule.except.flatMap((hole): readonly Finding[] => {
    let witness: Request | undefined
    for (const matter of mattersOf(hole)) {
      const claims = claimsOf(clauses, matter, place.languages)
      const about = place.languages.of(hole, { surely: rule.effect !== 'allow', tail: 'may-concern' })
      const visit: Visit = (accepted, text) => {
        witness ??= requestOf(text(), matter)
        return claims.some((claim) => accepted.has(claim.about))
      }
      if (look(claims, [about], { ...place, visit }) !== 'all') return []
    }
    return witness ? [{ kind: 'empty-except', rule, capability: hole, witness }] : []
  })
}

type Visit = (accepted: ReadonlySet<number>, text: () => string) => boolean

function look(
  claims: readonly Claim[],
  within: readonly number[],
  { languages, budget, visit }: Pick<Place, 'languages' | 'budget'> & { visit: Visit },
): Searched {
  const automata = languages.automata([...within, ...claims.flatMap(({ about, holes }) => [about, ...holes])])
  if (automata === undefined) return 'undecided'
  const own = { left: Math.min(mostForOne, budget.left) }
  const begun = own.left
  const searched = search({ automata, within: [languages.any, ...within], budget: own, visit })
  budget.left -= begun - Math.max(0, own.left)
  return searched
}

function mattersOf({ resource, actions }: Capability): readonly Matter[] {
  const single = actions.flatMap((action) => resources[resource].actions[action] ?? [])
  const named = single.filter((action) => Object.hasOwn(resources[resource].actions, action))
  return [...new Set(named)].map((action) => ({ resource, action }))
}
