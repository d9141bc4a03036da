import type { Capability, Rule } from '../policy/types.ts'
import { parseSpec } from './parse-spec.ts'
import type { AdvisoryLine, Spec } from './types.ts'

/** The rule in force that says what an advisory line plainly means, if there is one: then it holds as that rule does. */
export function ruleBehind(
  { suggestion }: AdvisoryLine,
  { content }: Pick<Spec, 'content'>,
  rules: readonly Rule[],
): Rule | undefined {
  const meant = suggestion === undefined ? undefined : parseSuggestion(suggestion)
  const agent = content.kind === 'definition' ? content.definition.name : undefined
  return meant && rules.find((rule) => isFor(rule, agent) && saysAll(rule, meant))
}

export function parseSuggestion(suggestion: string): Rule | undefined {
  const bytes = new TextEncoder().encode(`- ${suggestion}`)
  return parseSpec({ path: 'suggestion', kind: 'rules', layer: 'project', bytes }).rules[0]
}

function isFor({ agents, in: folder }: Rule, agent: string | undefined): boolean {
  return folder === undefined && (agents.length === 0 || (agent !== undefined && agents.includes(agent)))
}

/** A Deny says an Ask, too. */
function saysAll(rule: Rule, meant: Rule): boolean {
  const effect = rule.effect === meant.effect || (rule.effect === 'deny' && meant.effect === 'ask')
  const whole = rule.except.length === 0 && rule.stage === meant.stage && rule.when === undefined
  return (
    effect &&
    whole &&
    meant.capabilities.every((one) => rule.capabilities.some((other) => isWithin(one, other)))
  )
}

function isWithin(one: Capability, { resource, pattern, actions, constraints }: Capability): boolean {
  return (
    resource === one.resource &&
    pattern === one.pattern &&
    one.actions.every((action) => actions.includes(action)) &&
    Object.keys(constraints).every((name) => name === 'everywhere')
  )
}
