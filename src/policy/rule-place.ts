import type { RuleSource } from './types.ts'

/** `.agent-os/AGENT.md:12`, and through which pack it came. */
export function rulePlace({ file, line, pack }: RuleSource): string {
  return pack !== undefined && file !== pack ? `${pack} ${file}:${line}` : `${file}:${line}`
}
