import type { Rule } from '../policy/types.ts'
import type { EnvEntry, MachineFacts } from './types.ts'

/** A rule about names of the environment. */
export interface EnvRule {
  readonly effect: string
  readonly rule: Rule
  readonly matches: (name: string) => boolean
}

/** What a run finds in its environment: what the rules let through, and what is true only inside. */
export function planEnvironment(rules: readonly EnvRule[], machine: MachineFacts): EnvEntry[] {
  const offered = { ...machine.hostEnv, ...machine.gitIdentity, ...insideEnvironment(machine) }
  return Object.entries(offered)
    .flatMap(([name, value]) => {
      const rule = allowingRule(rules, name)
      return rule === undefined ? [] : [{ name, value, rule }]
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** An Ask counts as a Deny: nobody can be asked about a variable. */
function allowingRule(rules: readonly EnvRule[], name: string): Rule | undefined {
  const matching = rules.filter((rule) => rule.matches(name))
  if (matching.some(({ effect }) => effect === 'deny' || effect === 'ask')) return undefined
  return matching.find(({ effect }) => effect === 'allow')?.rule
}

function insideEnvironment({ home, user, hostEnv }: MachineFacts): Record<string, string> {
  return {
    HOME: home,
    USER: user,
    LOGNAME: user,
    TMPDIR: '/tmp',
    PATH: hostEnv.PATH ?? '/usr/local/bin:/usr/bin:/bin',
  }
}
