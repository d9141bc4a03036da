import { domainToASCII } from 'node:url'
import { refuse } from '../capability/problem.ts'
import { expandBraces } from './braces.ts'
import { compileWildcard, normalizeEscapes, type Wildcard } from './wildcard.ts'

/** A host with port and path, each only where it is known: nobody sees the path of a request in a tunnel. */
export interface HostTarget {
  /** As `canonicalHost` gives it. */
  readonly host: string
  readonly ip: boolean
  readonly port: number
  /** Decoded; missing if it is unknown, or can be read in two ways. */
  readonly path?: string
}

/** One alternative of a host pattern. */
export interface HostGlob {
  /** A whole host, or after `*.` the domain whose subdomains it matches; without either its labels are tested. */
  readonly host:
    | { readonly exactly: string }
    | { readonly below: string }
    | { readonly labels: readonly Wildcard[] }
    | 'any'
  readonly ports: readonly number[] | 'any'
  readonly path?: Wildcard
}

/** One for each alternative of the pattern's groups. */
export function compileHostGlobs(pattern: string): readonly HostGlob[] {
  return expandBraces(pattern).map((alternative) => compileAlternative(alternative))
}

/** `surely`: whatever the unknown path may be; else: for some path at least. */
export function matchesHostGlob(glob: HostGlob, target: HostTarget, surely: boolean): boolean {
  return matchesHost(glob.host, target) && matchesRest(glob, target, surely)
}

/** Port and path alone, for who has found the host by other means. */
export function matchesRest(glob: HostGlob, target: HostTarget, surely: boolean): boolean {
  if (glob.ports !== 'any' && !glob.ports.includes(target.port)) return false
  if (glob.path === undefined) return true
  return target.path === undefined ? !surely : glob.path.matches(target.path)
}

/**
 * The one spelling of a host: lower case, IDNA, no trailing dot; an IP address in any notation as `127.0.0.1`
 * or `[::1]`, a v4 address mapped into v6 as the v4 one. Nothing if it is no host.
 */
export function canonicalHost(host: string): string | undefined {
  if (host.length > longestHost) return undefined
  if (plainHost.test(host)) return host
  if (host.startsWith('[')) return canonicalV6(host)
  const name = host.endsWith('.') ? host.slice(0, -1) : host
  if (!/^[A-Za-z0-9.-]+$/.test(name) && /[\x00-\x7f]/.test(name.replace(/[A-Za-z0-9.-]/g, '')))
    return undefined
  const ascii = domainToASCII(name)
  return hostText.test(ascii) && !/(^|\.)(\.|$)/.test(ascii) ? ascii : undefined
}

/** Whether a canonical host is an address. */
export function isAddress(host: string): boolean {
  const last = host.charCodeAt(host.length - 1)
  return last === closeBracket || (isDigit(last) && /^\d+\.\d+\.\d+\.\d+$/.test(host))
}

/** `host[:port][/path]` of a request; nothing if it cannot be read for sure. */
export function parseHostTarget(target: string): HostTarget | undefined {
  const slash = target.indexOf('/')
  const authority = slash < 0 ? target : target.slice(0, slash)
  const colon = authority.indexOf(':', authority.startsWith('[') ? authority.indexOf(']') : 0)
  const host = canonicalHost(colon < 0 ? authority : authority.slice(0, colon))
  const port = colon < 0 ? 443 : parsePort(authority.slice(colon + 1))
  if (host === undefined || port === undefined) return undefined
  const path = slash < 0 ? undefined : canonicalPath(target.slice(slash))
  const where = { host, ip: isAddress(host), port }
  return path === undefined ? where : { ...where, path }
}

/** The one text of a host pattern. `offset` is that of the pattern in the capability. */
export function normalizeHostPattern(pattern: string, offset = 0): string {
  const [scheme] = /^https?:\/\//i.exec(pattern) ?? []
  if (scheme !== undefined)
    refuse('pattern', `\`${scheme}\` is no part of a host`, offset, withoutScheme(pattern, scheme))
  const bare = /^[0-9a-f]*(?::[0-9a-f]*){2,}$/i.test(pattern) && canonicalV6(`[${pattern}]`) !== undefined
  if (bare) refuse('pattern', 'such an address stands in brackets', offset, `[${pattern}]`)
  const { host, port, path } = splitHostPattern(pattern)
  if (host === '') refuse('pattern', 'the host is missing', offset, `*${pattern}`)
  if (host.includes(',') && !/[{}]/.test(host))
    refuse(
      'pattern',
      'several hosts stand in braces',
      offset,
      `{${host.replace(/\s+/g, '')}}${pattern.slice(host.length)}`,
    )
  const encoded = path.search(/%[0-9a-f]{2}/i)
  if (encoded >= 0)
    refuse('encoded', 'a path stands here decoded', offset + pattern.length - path.length + encoded)
  const query = path.replace(/\\./gs, '__').search(/#/)
  if (query >= 0) refuse('pattern', '`#` never reaches a host', offset + pattern.length - path.length + query)
  const listed = port?.includes(',') ? `${host}:{${port}}${path}` : undefined
  const ports = port === undefined ? '' : `:${normalizePort(port, offset + host.length + 1, listed)}`
  const normal = normalizeHost(host, offset) + ports
  return normal + normalizeEscapes(path, offset + pattern.length - path.length)
}

/** `listed` is the whole with the port in braces: what was meant by ports with commas between them. */
function normalizePort(port: string, offset: number, listed?: string): string {
  if (port === '*') return port
  const odd = expandBraces(port).find((alternative) => parsePort(alternative) === undefined)
  const isList = port.split(',').every((one) => parsePort(one) !== undefined)
  const said = odd === '' ? 'a port is missing' : `\`${odd}\` is not a port`
  if (odd !== undefined) refuse('pattern', said, offset, isList ? listed : undefined)
  // Elsewhere than in a plain list the zeros of a piece count: `{8,9}000`.
  return /^(?:\d+|\{[\d,]+\})$/.test(port) ? port.replace(/\d+/g, (digits) => String(Number(digits))) : port
}

const plainHost = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?$/
const longestHost = 254
const hostText = /^[a-z0-9.-]+$/
const webPorts = [80, 443]
const closeBracket = 0x5d

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** `http://` is port 80 alone; without a port a pattern is for both. */
function withoutScheme(pattern: string, scheme: string): string {
  const rest = pattern.slice(scheme.length)
  const { host, port, path } = splitHostPattern(rest)
  return port === undefined && scheme.toLowerCase() === 'http://' ? `${host}:80${path}` : rest
}

function compileAlternative(alternative: string): HostGlob {
  const { host, port, path } = splitHostPattern(alternative)
  const ports = port === undefined ? webPorts : port === '*' ? 'any' : [Number(port)]
  const where = { host: compileHost(host), ports } as const
  return path === '' || path === '/*' || path === '/**' ? where : { ...where, path: compileWildcard(path) }
}

function compileHost(host: string): HostGlob['host'] {
  if (host === '*' || host === '**') return 'any'
  const below = host.startsWith('*.') ? host.slice(2) : undefined
  if (!host.includes('*') && !host.includes('?')) return { exactly: host }
  if (below !== undefined && !/[*?]/.test(below)) return { below }
  return { labels: host.split('.').map(compileWildcard) }
}

function matchesHost(glob: HostGlob['host'], target: HostTarget): boolean {
  if (glob !== 'any' && 'exactly' in glob) return glob.exactly === target.host
  if (target.ip) return false
  if (glob === 'any') return true
  if ('below' in glob) return target.host.endsWith(`.${glob.below}`)
  return matchesLabels(glob.labels, target.host.split('.'))
}

/** A leading `*` is one label or more. */
function matchesLabels(globs: readonly Wildcard[], labels: readonly string[]): boolean {
  const surplus = labels.length - globs.length
  if (surplus < 0 || (surplus > 0 && !isStar(globs[0]))) return false
  return globs.every(
    (glob, index) => (index === 0 && isStar(glob)) || glob.matches(labels[index + surplus] ?? ''),
  )
}

function isStar(glob: Wildcard | undefined): boolean {
  return glob !== undefined && glob.literal === undefined && glob.prefix === '' && glob.matches('')
}

function splitHostPattern(pattern: string): { host: string; port: string | undefined; path: string } {
  const [, authority = '', path = ''] = /^((?:\[[^\]]*\]|\{[^{}]*\}|[^/])*)(.*)$/s.exec(pattern) ?? []
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(authority) ?? []
  return { host, port, path }
}

function normalizeHost(host: string, offset: number): string {
  for (const alternative of expandBraces(host)) checkHost(alternative, offset)
  if (host.startsWith('[')) return canonicalV6(host) ?? host
  if (!/[{}*?]/.test(host)) return canonicalHost(host) ?? host
  return host.replace(/[^.{},*?]+/g, (part) =>
    /^[\x00-\x7f]*$/.test(part) ? part.toLowerCase() : domainToASCII(part),
  )
}

function checkHost(host: string, offset: number): void {
  if (host.startsWith('[')) {
    if (canonicalV6(host) === undefined) refuse('pattern', `\`${host}\` is not an address`, offset, '[::1]')
    return
  }
  const odd = /[\x00-\x7f]/.exec(host.replace(/[A-Za-z0-9.*?-]/g, ''))
  if (odd) refuse('pattern', `\`${odd[0]}\` cannot stand in a host`, offset + host.indexOf(odd[0]))
  if (/[*?]/.test(host)) checkHostGlob(host, offset)
  else if (canonicalHost(host) === undefined)
    refuse('pattern', `\`${host}\` is not a host`, offset, hostMeant(host))
}

/** `.example.com` is how others write all that is below a domain. */
function hostMeant(host: string): string | undefined {
  const domain = host.split('.').filter(Boolean).join('.')
  if (canonicalHost(domain) === undefined) return undefined
  return host.startsWith('.') ? `*.${domain}` : domain
}

function checkHostGlob(host: string, offset: number): void {
  const labels = host.split('.')
  if (labels.includes('**') && host !== '**')
    refuse(
      'pattern',
      '`*` alone is already any number of labels',
      offset + host.indexOf('**'),
      host.replace('**', '*'),
    )
  if (host === '**') refuse('pattern', '`*` is any host', offset, '*')
  const empty = labels.indexOf('')
  if (empty >= 0)
    refuse(
      'pattern',
      'a label of the host is empty',
      offset,
      labels.filter((label) => label !== '').join('.'),
    )
  const last = labels.at(-1) ?? ''
  if (/^[\d*?]+$/.test(last) && /\d/.test(host))
    refuse('pattern', 'no pattern matches an IP address: write each one', offset)
  const mixed = labels.find((label) => /[*?]/.test(label) && /[^\x00-\x7f]/.test(label))
  if (mixed !== undefined)
    refuse('pattern', `\`${mixed}\` mixes a wildcard with letters that are encoded`, offset)
}

function canonicalV6(host: string): string | undefined {
  if (!/^\[[0-9a-f:.]+\]$/i.test(host) || !URL.canParse(`http://${host}/`)) return undefined
  const address = new URL(`http://${host}/`).hostname
  const [, high, low] = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(address) ?? []
  if (high === undefined || low === undefined) return address
  const bits = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return bits.flatMap((half) => [half >> 8, half & 255]).join('.')
}

function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port > 0 && port < 65_536 ? port : undefined
}

/** Without query, percent-decoded once. What a server might read in another way is unknown to us. */
function canonicalPath(written: string): string | undefined {
  const end = written.search(/[?#]/)
  const path = end < 0 ? written : written.slice(0, end)
  if (plainPath.test(path)) return path
  if (/%(2f|5c|00|25)|[\\\x00-\x1f\x7f]|\/\/|;/i.test(path)) return undefined
  const decoded = decode(path)
  return decoded === undefined || /\/\.\.?(\/|$)|%/.test(decoded) ? undefined : decoded
}

const plainPath = /^(?:\/(?!\.\.?(?:\/|$))[\w.~:@!$&'()*+,=-]+)*\/?$/

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
