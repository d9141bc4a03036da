import { printCapability } from '../policy/capability/capability.ts'
import { constraintKinds, constraintNames } from '../policy/capability/constraints.ts'
import { resources } from '../policy/resources.ts'
import type { Capability, Effect, Rule } from '../policy/types.ts'
import { effectTitle } from '../spec/rule/effect-word.ts'
import { codeSpan } from './code-text.ts'

const meanings: Readonly<Record<Effect, string>> = {
  allow: 'may happen, unless a Deny or an Ask is about it too',
  only: 'may happen, and the same actions on anything else of the kind are denied',
  deny: 'never happens, whatever allows it',
  ask: 'happens after a person’s yes; with nobody to ask it is denied',
  limit: 'stays within these amounts; of several Limits the tightest counts',
  require: 'is run by oos and must pass',
}

/** A rule in plain words, as markdown. */
export function ruleMeaning(rule: Rule): string {
  const { effect, capabilities, except, agents, stage, when, via, in: folder } = rule
  const clauses = [
    except.length > 0 && `not about ${list(except)}`,
    stage && `before \`${stage}\``,
    when && `only if the run did ${list([when])}`,
    via && `only for what ${list([via])} does`,
    agents.length > 0 && `for ${agents.map(codeSpan).join(', ')} and what they start`,
    folder !== undefined && `only in ${codeSpan(folder)}`,
  ].filter((clause) => typeof clause === 'string')
  return [
    `**${effectTitle(effect)}**: ${meanings[effect]}`,
    '',
    ...capabilities.map((capability) => `- ${codeSpan(printCapability(capability))}: ${about(capability)}`),
    ...(clauses.length === 0 ? [] : ['', clauses.join('; ')]),
  ].join('\n')
}

function list(capabilities: readonly Capability[]): string {
  return capabilities.map((capability) => codeSpan(printCapability(capability))).join(', ')
}

function about({ resource, constraints }: Capability): string {
  const named = constraintNames.filter((name) => constraints[name] !== undefined)
  return [
    resources[resource].about,
    ...named.map((name) => `${name} is ${constraintKinds[name].about}`),
  ].join('; ')
}
