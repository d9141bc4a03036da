import { isIP } from 'node:net'
import { isAddress } from '../../policy/match/host-glob.ts'
import { once } from '../../shared/remembered.ts'

/** Why an address is not one of the public internet. */
export type AddressClass =
  | 'public'
  | 'unspecified'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'metadata'
  | 'shared'
  | 'multicast'
  | 'reserved'
  | 'own'

/** As it is said of one. */
export const classWords: Readonly<Record<AddressClass, string>> = {
  public: 'public',
  unspecified: 'unspecified',
  loopback: 'loopback',
  private: 'private',
  'link-local': 'link-local',
  metadata: "a cloud's metadata",
  shared: 'shared by a provider',
  multicast: 'multicast',
  reserved: 'reserved',
  own: "this machine's own",
}

/** Of a host that is an address: a wildcard matches none, so each is named. */
export function unnamedAddress(host: string): string | undefined {
  if (!isAddress(host)) return undefined
  const kind = classifyAddress(host)
  const which = kind === 'public' ? '' : `, which is ${classWords[kind]}`
  return `no rule allows this address${which} (wildcards match none)`
}

/**
 * What kind of address this is, as resolvers give it or with brackets. An IPv6 address that carries
 * an IPv4 one (mapped, NAT64, 6to4 …) is judged by both. `own` are the addresses of this machine's interfaces:
 * a service bound to one of them is as local as one on loopback.
 */
export function classifyAddress(address: string, own: ReadonlySet<string> = new Set()): AddressClass {
  const bytes = addressBytes(address)
  if (!bytes) return 'reserved'
  const found = firstMatch(bytes.length === 4 ? ranges4() : ranges6(), bytes)
  if (found !== 'public') return found
  if (own.has(bytes.join('.'))) return 'own'
  const carried = bytes.length === 16 ? carriedAddress(bytes) : undefined
  return carried ? classifyAddress(carried.join('.'), own) : 'public'
}

/** Addresses in the form that `classifyAddress` compares, so that every spelling of one is the same. */
export function addressSet(addresses: Iterable<string>): ReadonlySet<string> {
  const set = new Set<string>()
  for (const address of addresses) {
    const bytes = addressBytes(address)
    if (bytes) set.add(bytes.join('.'))
  }
  return set
}

function addressBytes(text: string): readonly number[] | undefined {
  const address = text.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(address)
  if (family === 4) return address.split('.').map(Number)
  if (family !== 6 || address.includes('%')) return undefined
  return bytesOf6(address)
}

function bytesOf6(address: string): readonly number[] {
  const [head = '', tail] = address.split('::')
  const before = groupBytes(head)
  if (tail === undefined) return before
  const after = groupBytes(tail)
  return [...before, ...Array<number>(16 - before.length - after.length).fill(0), ...after]
}

function groupBytes(groups: string): number[] {
  if (groups === '') return []
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number)
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}

interface Range {
  readonly bytes: readonly number[]
  readonly bits: number
  readonly class: AddressClass
}

// Not here: the ranges for documentation and benchmarks (192.0.2.0/24, 198.18.0.0/15 …). Nobody's machines have them, and
// the local resolvers of VPNs and proxies give them out for public names.
// Special addresses before the range that they lie in. Own code instead of node's `BlockList`, in which
// `::ffff:0:0/96` matches every IPv4 address.
const ranges4 = table({
  '0.0.0.0/32': 'unspecified',
  '0.0.0.0/8': 'reserved',
  '100.100.100.200/32': 'metadata',
  '168.63.129.16/32': 'metadata',
  '169.254.169.254/32': 'metadata',
  '169.254.170.2/32': 'metadata',
  '192.0.0.192/32': 'metadata',
  '10.0.0.0/8': 'private',
  '100.64.0.0/10': 'shared',
  '127.0.0.0/8': 'loopback',
  '169.254.0.0/16': 'link-local',
  '172.16.0.0/12': 'private',
  '192.0.0.0/24': 'reserved',
  '192.88.99.0/24': 'reserved',
  '192.168.0.0/16': 'private',
  '224.0.0.0/4': 'multicast',
  '240.0.0.0/4': 'reserved',
})

const ranges6 = table({
  '::/128': 'unspecified',
  '::1/128': 'loopback',
  'fd00:ec2::/32': 'metadata',
  'fd20:ce::254/128': 'metadata',
  '64:ff9b:1::/48': 'private',
  '100::/64': 'reserved',
  '2001::/23': 'reserved',
  '2001:db8::/32': 'reserved',
  '3fff::/20': 'reserved',
  '5f00::/16': 'reserved',
  'fc00::/7': 'private',
  'fe80::/10': 'link-local',
  'fec0::/10': 'private',
  'ff00::/8': 'multicast',
})

/** Read when an address is first asked about, which few runs do. */
function table(ranges: Readonly<Record<string, AddressClass>>): () => readonly Range[] {
  return once(() =>
    Object.entries(ranges).map(([range, kind]) => {
      const [address = '', bits] = range.split('/')
      return { bytes: addressBytes(address) ?? [], bits: Number(bits), class: kind }
    }),
  )
}

function firstMatch(ranges: readonly Range[], bytes: readonly number[]): AddressClass {
  return ranges.find((range) => sharesBits(range.bytes, bytes, range.bits))?.class ?? 'public'
}

function sharesBits(a: readonly number[], b: readonly number[], bits: number): boolean {
  const whole = bits >> 3
  for (let at = 0; at < whole; at++) if (a[at] !== b[at]) return false
  const rest = bits & 7
  return rest === 0 || (a[whole] ?? 0) >> (8 - rest) === (b[whole] ?? 0) >> (8 - rest)
}

function carriedAddress(bytes: readonly number[]): readonly number[] | undefined {
  const starts = (prefix: readonly number[]): boolean => prefix.every((byte, at) => bytes[at] === byte)
  const last = bytes.slice(12)
  if (starts([0x20, 0x02])) return bytes.slice(2, 6) // 6to4
  if (starts([0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0])) return last // NAT64
  if (starts([0, 0, 0, 0, 0, 0, 0, 0])) return last // compatible, mapped, translated
  const isatap =
    (bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe
  return isatap ? last : undefined
}
