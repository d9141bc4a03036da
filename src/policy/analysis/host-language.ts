import { compileHostGlobs, type HostGlob, isAddress } from '../match/host-glob.ts'
import type { Wildcard } from '../match/wildcard.ts'
import { charactersOf, without } from './characters.ts'
import {
  charsetBut,
  either,
  many,
  one,
  optional,
  type Regular,
  repeated,
  sequence,
  some,
  spanOf,
  word,
} from './regular.ts'
import { wildcardLanguage } from './wildcard-language.ts'

// A target is `host:port`, and its path where that is known.

const letters = { min: 0x61, max: 0x7a }
const digits = { min: 0x30, max: 0x39 }
const hyphen = spanOf('-')
const nonZero = charactersOf([{ min: 0x31, max: 0x39 }])
const hex = charactersOf([digits, { min: 0x61, max: 0x66 }])
const inLabel = charactersOf([letters, digits, hyphen])
const label = some(one(inLabel))
const labels = repeated(sequence(label, word('.')))
/** Of a last label that is a number, as digits or as `0x…`, an address is made. */
const noNumber = either(
  sequence(one(charactersOf([letters, hyphen])), many(inLabel)),
  sequence(one(nonZero), many(charactersOf([digits])), one(charactersOf([letters, hyphen])), many(inLabel)),
  sequence(
    word('0'),
    one(charactersOf([digits])),
    many(charactersOf([digits])),
    one(charactersOf([letters, hyphen])),
    many(inLabel),
  ),
  sequence(word('0'), one(without(charactersOf([letters, hyphen]), [spanOf('x')])), many(inLabel)),
  sequence(word('0x'), many(hex), one(without(charactersOf([letters, hyphen]), hex)), many(inLabel)),
)
const hostName = sequence(labels, noNumber)
const inPath = charsetBut('/\\%')
const notDot = one(charsetBut('/\\%.'))
const segment = either(
  sequence(notDot, many(inPath)),
  sequence(word('.'), notDot, many(inPath)),
  sequence(word('..'), some(one(inPath))),
)
const path = either(word('/'), sequence(some(sequence(word('/'), segment)), optional(word('/'))))

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
    ports === 'any' ? some(one(charactersOf([digits]))) : either(...ports.map((one) => word(String(one)))),
  )
  const anyText = many(charsetBut(''))
  if (wanted === undefined) return sequence(where, optional(sequence(word('/'), anyText)))
  const part = sequence(wildcardLanguage(wanted.source, charsetBut('')))
  return sequence(where, surely ? part : optional(part))
}

function hostPart(host: HostGlob['host']): Regular {
  if (host === 'any') return hostName
  if ('exactly' in host) return word(host.exactly)
  if ('below' in host) return sequence(some(sequence(label, word('.'))), word(host.below))
  return sequence(...host.labels.flatMap((glob, index) => labelPart(glob, index)))
}

/** A first `*` is one label or more. */
function labelPart(glob: Wildcard, index: number): Regular[] {
  const before = index === 0 ? [] : [word('.')]
  const isStar = glob.literal === undefined && glob.prefix === '' && glob.matches('')
  const part = wildcardLanguage(glob.source, inLabel)
  return index === 0 && isStar ? [sequence(labels, label)] : [...before, part]
}
