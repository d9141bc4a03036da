import type { Policy } from '../policy/compile.ts'
import { compilePathGlob } from '../policy/path-glob.ts'
import { resources } from '../policy/resources.ts'
import { rulesFor } from '../policy/rules-for.ts'
import type { Capability, Rule } from '../policy/types.ts'
import { parseSpec } from './parse-spec.ts'
import type { AdvisoryLine, Spec } from './types.ts'

/**
 * The rules in force that say what an advisory line plainly means, one for each of its capabilities; empty if one of
 * them has none. The line then holds as these rules do.
 */
export function rulesBehind(
  { suggestion }: AdvisoryLine,
  { content }: Pick<Spec, 'content'>,
  policy: Policy,
): readonly Rule[] {
  const meant = suggestion === undefined ? undefined : parseSuggestion(suggestion)
  if (meant === undefined) return []
  const agent = content.kind === 'definition' ? content.definition.name : undefined
  const each = meant.capabilities.map((capability) =>
    meant.effect === 'require'
      ? policy.rules.find((rule) => requires(rule, capability, meant.stage))
      : ruleAbout({ capability, effect: meant.effect }, agent, policy),
  )
  return each.every((rule) => rule !== undefined) ? each : []
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

interface Meant {
  readonly effect: Rule['effect']
  readonly capability: Capability
}

/** A Deny says an Ask, too. What is for other agents, or only for a host or a remote, says less than the sentence. */
function ruleAbout(
  { capability, effect }: Meant,
  agent: string | undefined,
  policy: Policy,
): Rule | undefined {
  const target = onlyTarget(capability, policy)
  return rulesFor(policy, agent ?? 'command', [], capability.resource).find((clause) => {
    const { agents } = clause.rule
    const forAll = agents.length === 0 || (agent !== undefined && agents.includes(agent))
    const asStrict = clause.effect === effect || (clause.effect === 'deny' && effect === 'ask')
    const narrowed = Object.keys(clause.capability.constraints).some((name) => name !== 'everywhere')
    if (!forAll || !asStrict || narrowed) return false
    if (target !== undefined) return actsOf(capability).every((act) => clause.matches(target, act))
    return clause.except.length === 0 && isWithin(capability, clause.capability)
  })?.rule
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
  return other.pattern === one.pattern && actsOf(one).every((act) => acts.includes(act))
}

/** A rule about deleting says something of writing, and not all. */
function actsOf({ resource, actions }: Capability): readonly string[] {
  return actions.flatMap((action) => resources[resource].actions[action] ?? [])
}
