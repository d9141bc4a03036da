import type { Capability, Rule } from '../../policy/types.ts'

/** An Allow by method or path: inside https neither is seen, so there it opens nothing. */
export interface PlainHttpOnly {
  readonly rule: Rule
  /** What would open the host over https. */
  readonly opens: string
}

/** Those that somebody here wrote, of hosts that no other Allow opens and that are likely asked over https. */
export function plainHttpOnly(rules: readonly Rule[]): readonly PlainHttpOnly[] {
  const allows = rules.filter(({ effect }) => effect === 'allow' || effect === 'only')
  const open = new Set(
    allows.flatMap(({ capabilities }) =>
      capabilities.filter((one) => one.resource === 'http' && isWhole(one)).map(({ pattern }) => pattern),
    ),
  )
  return allows
    .filter(({ source }) => source.pack === undefined)
    .flatMap((rule) => {
      const host = rule.capabilities.map((one) => unseenHost(one)).find((one) => one !== undefined)
      return host === undefined || open.has(host) ? [] : [{ rule, opens: `http:${host}:request` }]
    })
}

function unseenHost(capability: Capability): string | undefined {
  if (capability.resource !== 'http' || isWhole(capability)) return undefined
  const [host = ''] = capability.pattern.split('/')
  return /:80$|^(?:localhost|127\.|\[::1\]|\*)/.test(host) ? undefined : host
}

function isWhole({ pattern, actions }: Capability): boolean {
  return !pattern.includes('/') && (actions.includes('request') || actions.includes('other'))
}
