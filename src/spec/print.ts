import { printCapability } from '../policy/capability.ts'
import type { Capability, Rule } from '../policy/types.ts'
import { effectTitle } from './effect-word.ts'

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
  return capabilities.map((capability) => printCode(printLiteral(capability))).join(', ')
}

/** A pattern that begins with @ is no name of a Let. */
function printLiteral(capability: Capability): string {
  return printCapability(capability).replace(/^([a-z]+:)@/, '$1\\@')
}

/** A code span for any text of one line: its fence is longer than every run of backticks in it. */
export function printCode(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad =
    text.startsWith('`') || text.endsWith('`') || (/^ .* $/.test(text) && text.trim() !== '') ? ' ' : ''
  return `${fence}${pad}${text}${pad}${fence}`
}
