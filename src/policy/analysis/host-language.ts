import { compileHostGlobs, type HostGlob, isAddress } from '../host-glob.ts'
import type { Wildcard } from '../wildcard.ts'
import {
  charset,
  charsetBut,
  either,
  many,
  one,
  optional,
  type Regular,
  repeated,
  sequence,
  spanOf,
  word,
} from './regular.ts'
import { wildcardLanguage } from './wildcard-language.ts'

// A target is `host:port`, and its path where that is known.

const letters = { min: 0x61, max: 0x7a }
const digits = { min: 0x30, max: 0x39 }
const hyphen = spanOf('-')
const nonZero = charset([{ min: 0x31, max: 0x39 }])
const hex = charset([digits, { min: 0x61, max: 0x66 }])
const inLabel = charset([letters, digits, hyphen])
const label = repeated(one(inLabel), 1)
const labels = repeated(sequence(label, word('.')))
/** Of a last label that is a number, as digits or as `0x…`, an address is made. */
const noNumber = either(
  sequence(one(charset([letters, hyphen])), many(inLabel)),
  sequence(one(nonZero), many(charset([digits])), one(charset([letters, hyphen])), many(inLabel)),
  sequence(
    word('0'),
    one(charset([digits])),
    many(charset([digits])),
    one(charset([letters, hyphen])),
    many(inLabel),
  ),
  sequence(word('0'), one(charset([letters, hyphen]).without(charset([spanOf('x')]))), many(inLabel)),
  sequence(word('0x'), many(hex), one(charset([letters, hyphen]).without(hex)), many(inLabel)),
)
const hostName = sequence(labels, noNumber)
const inPath = charsetBut('/\\%')
const notDot = one(charsetBut('/\\%.'))
const segment = either(
  sequence(notDot, many(inPath)),
  sequence(word('.'), notDot, many(inPath)),
  sequence(word('..'), repeated(one(inPath), 1)),
)
const path = either(word('/'), sequence(repeated(sequence(word('/'), segment), 1), optional(word('/'))))

/**
 * Every host with a port. Of the addresses and ports that no rule names one stands for all: nothing tells them apart.
 */
export function anyHost(
  patterns: readonly string[],
  paths: 'with-paths' | 'hosts-alone' = 'with-paths',
): Regular {
  const globs = patterns.flatMap(compileHostGlobs)
  const hosts = globs.flatMap(({ host }) => (host !== 'any' && 'exactly' in host ? [host.exactly] : []))
  const addresses = hosts.filter(isAddress)
  const ports = globs.flatMap((glob) => (glob.ports === 'any' ? [] : glob.ports)).map(String)
  const named = [...addresses, firstOther(documentation, addresses)].map(word)
  const numbered = ['80', '443', ...ports, firstOther(usual, ports)].map(word)
  const authority = sequence(either(hostName, ...named), word(':'), either(...numbered))
  return paths === 'with-paths' ? sequence(authority, optional(path)) : authority
}

function firstOther(from: (index: number) => string, taken: readonly string[]): string {
  let index = 0
  while (taken.includes(from(index))) index++
  return from(index)
}

function documentation(index: number): string {
  return `203.0.${113 + (index >> 8)}.${index & 255}`
}

function usual(index: number): string {
  return String(8080 + index)
}

/** `surely`: whatever a path that is not known may be; else: for some path at least. */
export function hostLanguage(pattern: string, surely: boolean): Regular {
  return either(...compileHostGlobs(pattern).map((glob) => alternative(glob, surely)))
}

function alternative({ host, ports, path: wanted }: HostGlob, surely: boolean): Regular {
  const where = sequence(
    hostPart(host),
    word(':'),
    ports === 'any' ? repeated(one(charset([digits])), 1) : either(...ports.map((one) => word(String(one)))),
  )
  const anyText = many(charsetBut(''))
  if (wanted === undefined) return sequence(where, optional(sequence(word('/'), anyText)))
  const part = sequence(wildcardLanguage(wanted.source, charsetBut('')))
  return sequence(where, surely ? part : optional(part))
}

function hostPart(host: HostGlob['host']): Regular {
  if (host === 'any') return hostName
  if ('exactly' in host) return word(host.exactly)
  if ('below' in host) return sequence(repeated(sequence(label, word('.')), 1), word(host.below))
  return sequence(...host.labels.flatMap((glob, index) => labelPart(glob, index)))
}

/** A first `*` is one label or more. */
function labelPart(glob: Wildcard, index: number): Regular[] {
  const before = index === 0 ? [] : [word('.')]
  const isStar = glob.literal === undefined && glob.prefix === '' && glob.matches('')
  const part = wildcardLanguage(glob.source, inLabel)
  return index === 0 && isStar ? [sequence(labels, label)] : [...before, part]
}
