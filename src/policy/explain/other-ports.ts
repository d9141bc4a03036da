import { once } from '../../shared/remembered.ts'
import type { Policy } from '../compile.ts'
import { compileHostGlobs, matchesHostGlob, parseHostTarget } from '../match/host-glob.ts'
import { rulePlace } from '../rule-place.ts'
import { rulesFor } from '../rules-for.ts'

/** Why nothing allows a host at the port that is asked for, where an Allow opens it at others: in words, or nothing. */
export function otherPorts(policy: Policy, agent: string): (authority: string) => string | undefined {
  const allows = once(() =>
    rulesFor(policy, agent, [], 'http')
      .filter(({ effect }) => effect === 'allow')
      .map(({ capability, rule }) => ({ rule, globs: compileHostGlobs(capability.pattern) })),
  )
  return (authority) => {
    const target = parseHostTarget(authority)
    if (target === undefined) return undefined
    const found = allows().flatMap(({ rule, globs }) => {
      const own = globs.filter((glob) => matchesHostGlob({ ...glob, ports: 'any' }, target, false))
      return own.length === 0
        ? []
        : [
            {
              rule,
              ports: own.flatMap(({ ports }): readonly (number | 'any')[] =>
                ports === 'any' ? [ports] : ports,
              ),
            },
          ]
    })
    const [first] = found
    if (first === undefined) return undefined
    if (found.some(({ ports }) => ports.includes('any') || ports.includes(target.port))) return undefined
    const { source } = first.rule
    const ports = [...new Set(first.ports)].join(' and ')
    return `no rule allows port ${target.port} of ${target.host}: ${rulePlace(source)} ${source.text} is for ${ports}`
  }
}
