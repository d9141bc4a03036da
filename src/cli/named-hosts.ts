import type { Policy } from '../policy/compile.ts'
import { decide } from '../policy/decide.ts'
import type { Change } from '../policy/explain.ts'
import { partsOf } from '../policy/request-parts.ts'
import type { Decision, Request } from '../policy/types.ts'

const mostNamed = 3

/** The same of an https address that a command names: it may start, and its host is asked for by the proxy alone. */
export function noteClosedHosts(
  policy: Policy,
  request: Request,
  { effect }: Pick<Decision, 'effect'>,
): readonly Change[] {
  if (request.resource !== 'shell' || effect === 'deny') return []
  const named = partsOf(request, policy).parts.flatMap(({ words = [] }) => words.slice(1))
  const hosts = new Set(named.flatMap((word) => hostOf(word) ?? []))
  return [...hosts].flatMap((host) => noteHost(host, policy, request.agent)).slice(0, mostNamed)
}

function hostOf(word: string): string | undefined {
  const url = /^https:\/\/[^\s/]/i.test(word) && URL.canParse(word) ? new URL(word) : undefined
  return url && `${url.hostname}:${url.port || '443'}`
}

function noteHost(target: string, policy: Policy, agent: string | undefined): readonly Change[] {
  const asked = { resource: 'http', action: 'request', target } as const
  const { effect, rule } = decide(policy, agent === undefined ? asked : { ...asked, agent })
  const by = rule === undefined ? ': no rule opens it' : ` (${rule.source.file}:${rule.source.line})`
  const host = target.replace(/:443$/, '')
  return effect === 'allow' ? [] : [{ kind: 'none', text: `\`${host}\` stays closed to it${by}` }]
}
