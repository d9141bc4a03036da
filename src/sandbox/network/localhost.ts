import type { Decision } from '../../policy/types.ts'

/** Whether the rule that allowed this names `localhost` itself: a glob that happens to match it does not. */
export function namesLocalhost(decision: Decision, port: number): boolean {
  const patterns = decision.rule?.capabilities.filter(({ resource }) => resource === 'http') ?? []
  return patterns.some(({ pattern }) => {
    const [host = '', ports] = splitPort(pattern.split('/', 1)[0] ?? '')
    if (!alternatives(host).includes('localhost')) return false
    return ports === undefined ? port === 80 || port === 443 : alternatives(ports).includes(String(port))
  })
}

function splitPort(authority: string): readonly [string, string?] {
  const at = authority.lastIndexOf(':')
  return at < 0 ? [authority] : [authority.slice(0, at), authority.slice(at + 1)]
}

function alternatives(text: string): readonly string[] {
  return text.replace(/^\{(.*)\}$/, '$1').split(',')
}
