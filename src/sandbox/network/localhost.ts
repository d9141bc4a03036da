import { compileHostGlobs, matchesRest } from '../../policy/match/host-glob.ts'
import type { Decision } from '../../policy/types.ts'

/** Whether the rule that allowed this names `localhost` itself: a glob that happens to match it does not. */
export function namesLocalhost(decision: Decision, port: number): boolean {
  const capabilities = decision.rule?.capabilities.filter(({ resource }) => resource === 'http') ?? []
  const globs = capabilities.flatMap(({ pattern }) => compileHostGlobs(pattern))
  return globs.some(
    (glob) =>
      glob.host !== 'any' &&
      'exactly' in glob.host &&
      glob.host.exactly === 'localhost' &&
      matchesRest(glob, { host: 'localhost', ip: false, port }, false),
  )
}
