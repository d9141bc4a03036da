import { canonicalHost } from '../../policy/host.ts'

/** Who is dialled: a canonical host (a name, or an IP without brackets) and a port. */
export interface Authority {
  readonly host: string
  readonly port: number
}

/**
 * Reads `host:port` as a client wrote it. Strict on purpose: what is judged is, byte for byte, what is dialled, so
 * user names, escapes, control bytes and anything else that two parsers could read differently is no authority.
 */
export function parseAuthority(text: string, defaultPort?: number): Authority | undefined {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::([0-9]*))?$/.exec(text)
  if (!parts) return undefined
  const host = canonicalHost(parts[1] ?? '')
  const port = parts[2] === undefined ? defaultPort : parsePort(parts[2])
  return host === undefined || port === undefined ? undefined : { host, port }
}

/** The authority as a request's target, a URL and a `Host` header write it. */
export function printAuthority({ host, port }: Authority): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function parsePort(text: string): number | undefined {
  if (!/^[1-9][0-9]{0,4}$/.test(text)) return undefined
  const port = Number(text)
  return port <= 65535 ? port : undefined
}
