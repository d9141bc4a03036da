import { compileNameGlob } from '../../policy/match/name-glob.ts'
import type { Rule } from '../../policy/types.ts'
import type { Spec } from '../../spec/types.ts'

/** Whether the rule says something to this agent. */
export function isForAgent({ agents, capabilities }: Rule, agent: string): boolean {
  if (agents.length > 0 && !agents.includes(agent)) return false
  return capabilities.some(
    ({ resource, pattern }) => resource !== 'run' || compileNameGlob(pattern).matches(agent),
  )
}

/** Whether the file is another agent's definition: what it says, this one is not told. */
export function isForAnother({ content }: Spec, agent: string): boolean {
  return content.kind === 'definition' && content.definition.name !== agent
}
