import { printCapability } from '../policy/capability/capability.ts'
import { escapeLet, printCode } from '../policy/capability/print-code.ts'
import type { Capability, Rule } from '../policy/types.ts'
import { effectTitle } from './rule/effect-word.ts'

const marks = { allow: '✓', deny: '✗', ask: '?' } as const

/** The rule as a list item, with its examples below it. Parsing it gives the same rule again. */
export function printRule(rule: Rule): string {
  const examples = rule.examples.map(
    ({ expected, request }) => `\n  - ${marks[expected]} ${printCode(request)}`,
  )
  return `- ${printRuleText(rule)}${examples.join('')}`
}

/** One line of markdown without the bullet: effect, capabilities, clauses, reason. */
export function printRuleText({
  effect,
  capabilities,
  except,
  agents,
  stage,
  when,
  via,
  in: folder,
  reason,
}: Rule): string {
  const parts = [
    `**${effectTitle(effect)}** ${printAll(capabilities)}`,
    except.length > 0 && `except ${printAll(except)}`,
    stage && `before ${stage}`,
    when && `when ${printAll([when])}`,
    via && `via ${printAll([via])}`,
    agents.length > 0 && `for ${agents.map(printCode).join(', ')}`,
    folder !== undefined && `in ${printCode(folder)}`,
    reason && `— ${reason}`,
  ]
  return parts.filter((part) => part).join(' ')
}

function printAll(capabilities: readonly Capability[]): string {
  return capabilities.map((capability) => printCode(escapeLet(printCapability(capability)))).join(', ')
}
