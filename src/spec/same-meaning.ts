import type { Clause } from '../policy/clause.ts'
import type { Policy, View } from '../policy/compile.ts'
import { compilePathGlob } from '../policy/match/path-glob.ts'
import { resources } from '../policy/resources.ts'
import type { Capability, Rule } from '../policy/types.ts'
import { parseSpec } from './parse-spec.ts'
import type { AdvisoryLine, Spec } from './types.ts'

/**
 * Finds the rules in force that say what an advisory line plainly means, one for each of its capabilities; none if one
 * of them has none. The line then holds as these rules do.
 */
export type FindRulesBehind = (line: AdvisoryLine, spec: Pick<Spec, 'content'>) => readonly Rule[]

export function createRuleFinder(policy: Policy): FindRulesBehind {
  const clauses = indexClauses(policy)
  return ({ suggestion }, { content }) => {
    const meant = suggestion === undefined ? undefined : parseSuggestion(suggestion)
    if (meant === undefined) return []
    const agent = content.kind === 'definition' ? content.definition.name : undefined
    const each = meant.capabilities.map((capability) =>
      meant.effect === 'require'
        ? policy.rules.find((rule) => requires(rule, capability, meant.stage))
        : clauses(capability, agent).find((clause) => says(clause, meant.effect, agent))?.rule,
    )
    return each.every((rule) => rule !== undefined) ? each : []
  }
}

export function parseSuggestion(suggestion: string): Rule | undefined {
  const bytes = new TextEncoder().encode(`- ${suggestion}`)
  return parseSpec({ path: 'suggestion', kind: 'rules', layer: 'project', bytes }).rules[0]
}

function requires(rule: Rule, command: Capability, stage: Rule['stage']): boolean {
  const unconditional = rule.when === undefined && rule.agents.length === 0
  return (
    rule.effect === 'require' &&
    rule.stage === stage &&
    unconditional &&
    rule.capabilities.some(
      ({ resource, pattern }) => resource === command.resource && pattern === command.pattern,
    )
  )
}

/** A Deny says an Ask, too. What is for other agents, or only for a host or a remote, says less than the sentence. */
function says(
  { effect, capability, rule }: Clause,
  meant: Rule['effect'],
  agent: string | undefined,
): boolean {
  const forAll = rule.agents.length === 0 || (agent !== undefined && rule.agents.includes(agent))
  const asStrict = effect === meant || (effect === 'deny' && meant === 'ask')
  return forAll && asStrict && Object.keys(capability.constraints).every((name) => name === 'everywhere')
}

/** The clauses about all of what a capability names: by what they match where it is one thing, else by its pattern. */
function indexClauses(policy: Policy): (capability: Capability, agent?: string) => readonly Clause[] {
  const byPattern = new Map<string, readonly Clause[]>()
  return (capability, agent = 'command') => {
    const { resource, pattern } = capability
    const target = onlyTarget(capability, policy)
    if (target !== undefined) return clausesAbout(target, capability, policy.view(agent))
    const key = JSON.stringify([agent, resource])
    const known = byPattern.get(key) ?? policy.view(agent).clauses(resource)
    byPattern.set(key, known)
    return known.filter(
      (clause) =>
        clause.except.length === 0 &&
        clause.capability.pattern === pattern &&
        isWithin(capability, clause.capability),
    )
  }
}

function clausesAbout(target: string, capability: Capability, view: View): readonly Clause[] {
  const { resource } = capability
  const index = view.about(resource)
  const [first = [], ...others] = actsOf(capability).map((action) => {
    const request = { resource, action, target }
    return index.holding(index.find(request) ?? index.findUnreadable(), request)
  })
  return first.filter((clause) => others.every((clauses) => clauses.includes(clause)))
}

/** What the capability names, if that is one thing. */
function onlyTarget({ resource, pattern }: Capability, policy: Policy): string | undefined {
  if (resource === 'file') {
    const { literal, tree } = compilePathGlob(pattern, policy)
    return tree ? undefined : literal
  }
  return (resource === 'env' || resource === 'git') && !/[*?[{\\]/.test(pattern) ? pattern : undefined
}

function isWithin(one: Capability, other: Capability): boolean {
  const acts = actsOf(other)
  return actsOf(one).every((act) => acts.includes(act))
}

/** A rule about deleting says something of writing, and not all. */
function actsOf({ resource, actions }: Capability): readonly string[] {
  return actions.flatMap((action) => resources[resource].actions[action] ?? [])
}
