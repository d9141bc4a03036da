import { canonicalHost, isAddress } from '../../policy/match/host-glob.ts'

/** Who is dialled: a host as `canonicalHost` spells it, and a port. */
export interface Authority {
  readonly host: string
  readonly port: number
}

/**
 * Reads `host:port` as a client wrote it. Strict on purpose: what is judged is, byte for byte, what is dialled, so
 * user names, escapes, control bytes, letters beyond ASCII (a client sends those as `xn--`) and anything else that
 * two parsers could read differently is no authority.
 */
export function parseAuthority(text: string, defaultPort?: number): Authority | undefined {
  const parts = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]{1,254})(?::([1-9][0-9]{0,4}))?$/.exec(text)
  if (!parts) return undefined
  const host = canonicalHost(parts[1] ?? '')
  const port = parts[2] === undefined ? defaultPort : Number(parts[2])
  return host === undefined || port === undefined || port > 65_535 ? undefined : { host, port }
}

/** An address of a resolver or a socket as the host that a rule would name. */
export function addressHost(address: string): string | undefined {
  const host = parseAuthority(address.includes(':') ? `[${address}]` : address, 1)?.host
  return host !== undefined && isAddress(host) ? host : undefined
}

/** The authority as a request's target, a URL and a `Host` header write it. */
export function printAuthority({ host, port }: Authority): string {
  return `${host}:${port}`
}
