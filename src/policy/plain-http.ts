import type { Policy } from './compile.ts'
import { compileHostGlobs, matchesHostGlob, parseHostTarget } from './host-glob.ts'
import { rulesFor } from './rules-for.ts'
import type { Rule } from './types.ts'

/** An Allow of some requests to this host: it opens no tunnel, in which neither method nor path can be seen. */
export function allowInPlain(policy: Policy, authority: string, agent: string): Rule | undefined {
  const target = parseHostTarget(authority)
  if (target === undefined) return undefined
  const targets = [target, { ...target, port: 80 }]
  return rulesFor(policy, agent, [], 'http').find(
    ({ effect, capability }) =>
      effect === 'allow' &&
      compileHostGlobs(capability.pattern).some((glob) =>
        targets.some((one) => matchesHostGlob(glob, one, false)),
      ),
  )?.rule
}
