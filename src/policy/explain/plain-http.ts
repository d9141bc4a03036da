import type { Policy } from '../compile.ts'
import { decidePart } from '../decide.ts'
import { compileHostGlobs, matchesHostGlob, parseHostTarget } from '../match/host-glob.ts'
import { rulesFor } from '../rules-for.ts'
import type { Decision, Request, Rule } from '../types.ts'

/**
 * What is asked in place of this request where it goes over https, of which host and port alone can be seen. Only where
 * the answer is another, or nothing allows either: to allow the one would not allow the other.
 */
export function overHttps(
  policy: Policy,
  request: Request,
  plain: Decision,
): { readonly request: Request; readonly decision: Decision } | undefined {
  const target = request.resource === 'http' ? parseHostTarget(request.target) : undefined
  const isTunnel = request.action === 'request' && !request.target.includes('/')
  if (target === undefined || isTunnel || target.port === 80) return undefined
  const asked = { ...request, action: 'request', target: `${target.host}:${target.port}` }
  const decision = decidePart(policy, asked)
  const isSame = decision.effect === plain.effect
  return isSame && (plain.rule !== undefined || decision.rule !== undefined)
    ? undefined
    : { request: asked, decision }
}

/** An Allow of some requests to this host: it opens no tunnel, in which neither method nor path can be seen. */
export function allowInPlain(policy: Policy, authority: string, agent: string): Rule | undefined {
  const target = parseHostTarget(authority)
  if (target === undefined) return undefined
  // Both ports are of a rule that names none; any other has its own.
  const targets = target.port === 443 ? [target, { ...target, port: 80 }] : [target]
  return rulesFor(policy, agent, [], 'http').find(
    ({ effect, capability }) =>
      effect === 'allow' &&
      compileHostGlobs(capability.pattern).some((glob) =>
        targets.some((one) => matchesHostGlob(glob, one, false)),
      ),
  )?.rule
}
