import { expandBraces } from '../match/braces.ts'
import { compileHostGlobs, type HostGlob } from '../match/host-glob.ts'
import { compileSegments, deep, type PathPlace, type Segment } from '../match/path-glob.ts'
import { classEnd, readClass } from '../match/wildcard.ts'
import { type PatternKind, resources } from '../resources.ts'
import { type PatternWord, parsePatternWords } from '../shell/pattern-words.ts'
import { hole, many } from '../shell/words.ts'
import type { Capability, Request } from '../types.ts'

/** What a request asks about, and what else tells it apart. */
export type Target = Pick<Request, 'target' | 'words' | 'attributes'>

/** More alternatives than this say little more. */
const mostAlternatives = 12

/**
 * For each alternative of a pattern two targets that it matches, or nearly: one that a reader likes, and one with names
 * that no other pattern is likely to have. They are made from the text alone: most questions need no more than these.
 */
export function samplesOf(capability: Capability, place: PathPlace): readonly Target[] {
  return [plain, odd].flatMap((filling) => filledIn(capability, { place, filling }))
}

/** Of these, the targets that a reader likes. */
export function plainSamplesOf(capability: Capability, place: PathPlace): readonly Target[] {
  return filledIn(capability, { place, filling: plain })
}

function filledIn(capability: Capability, reading: Reading): readonly Target[] {
  const targets = readers[resources[capability.resource].pattern](capability, reading)
  return targets.slice(0, mostAlternatives).map((target) => withTail(target, capability))
}

/** Commands of which nothing is known but what each alternative says itself. */
export function unknownSamples({ pattern }: Capability): readonly Target[] {
  return parsePatternWords(pattern).map((words) => {
    const [program, ...rest] = words.map((word) => {
      if (word.kind !== 'word') return word.kind === 'one' ? hole : many
      return word.segments.join(hole)
    })
    return wordsTarget([(program ?? '').replaceAll(hole, 'x') || 'x', ...rest])
  })
}

/** A path in which the folders of one pattern hold what floats in the other. */
export function crossedPath(outer: Capability, inner: Capability, place: PathPlace): readonly Target[] {
  const [above, below] = [outer, inner].map(({ pattern }) => compileSegments(pattern, place)[0] ?? [])
  const floats = below?.indexOf(deep) ?? -1
  if (above === undefined || below === undefined || floats < 0) return []
  const top = above.includes(deep) ? above.slice(0, above.indexOf(deep)) : above
  return [{ target: pathOf([...top, ...below.slice(floats + 1)], plain) }]
}

interface Filling {
  /** For a `*`. */
  readonly star: string
  /** For a `?`, or what a class leaves. */
  readonly letters: string
  /** For a `**` in the middle, and at the end. */
  readonly middle: readonly string[]
  readonly last: readonly string[]
}

const plain: Filling = { star: 'x', letters: 'xyz', middle: [], last: ['x'] }
const odd: Filling = { star: 'q7z', letters: 'q7zjkvw', middle: ['q7', 'z8'], last: ['q7', 'z8'] }

interface Reading {
  readonly place: PathPlace
  readonly filling: Filling
}

const readers: Readonly<
  Record<PatternKind, (capability: Capability, reading: Reading) => readonly Target[]>
> = {
  path: ({ pattern }, { place, filling }) =>
    compileSegments(pattern, place).map((segments) => ({ target: pathOf(segments, filling) })),
  host: ({ pattern }, { filling }) =>
    compileHostGlobs(pattern).map((glob) => ({ target: hostOf(glob, filling) })),
  words: ({ pattern }, { filling }) =>
    parsePatternWords(pattern).map((words) => wordsTarget(wordsOf(words, filling))),
  name: ({ resource, pattern }, { filling }) =>
    expandBraces(pattern).map((alternative) => ({ target: nameOf(alternative, resource, filling) })),
}

function pathOf(segments: readonly Segment[], { middle, last, ...filling }: Filling): string {
  const names = segments.flatMap((segment, index) => {
    if (segment === deep) return index === segments.length - 1 ? last : middle
    return segment.literal ?? filled(segment.source, { ...filling, middle, last })
  })
  return `/${names.join('/')}`
}

function hostOf({ host, ports, path }: HostGlob, filling: Filling): string {
  const port = ports === 'any' || ports.includes(443) ? 443 : (ports[0] ?? 443)
  const way = path === undefined ? '' : (path.literal ?? filled(path.source, filling))
  return `${hostName(host, filling)}:${port}${way}`
}

function hostName(host: HostGlob['host'], filling: Filling): string {
  if (host === 'any') return filling === plain ? 'example.com' : `${filling.star}.example`
  if ('exactly' in host) return host.exactly
  if ('below' in host) return `${filling.star}.${host.below}`
  return host.labels.map(({ literal, source }) => literal ?? filled(source, filling)).join('.')
}

function wordsOf(words: readonly PatternWord[], filling: Filling): readonly string[] {
  return words.flatMap((word, index): readonly string[] => {
    if (word.kind === 'word') return [word.segments.join(filling.star)]
    return word.kind === 'one' || index === 0 ? [filling.star] : filling.middle
  })
}

function wordsTarget(words: readonly string[]): Target {
  return { target: words.join(' '), words }
}

function nameOf(pattern: string, resource: Capability['resource'], filling: Filling): string {
  if (filling === plain && resource === 'git' && /^\*+$/.test(pattern)) return 'main'
  const { star, letters } = filling
  const upper = { ...filling, star: star.toUpperCase(), letters: letters.toUpperCase() }
  return filled(pattern, resource === 'env' ? upper : filling)
}

/** A text that the wildcard matches. */
function filled(source: string, { star, letters }: Filling): string {
  let text = ''
  for (let index = 0; index < source.length; index++) {
    const character = source[index] as string
    const close = character === '[' ? classEnd(source, index) : -1
    if (close > 0) {
      text += memberOf(source.slice(index + 1, close), letters)
      index = close
    } else if (character === '*') text += star
    else if (character === '?') text += letters[0]
    else text += character === '\\' ? (source[++index] ?? '\\') : character
  }
  return text
}

function memberOf(inside: string, letters: string): string {
  const { negated, members } = readClass(inside)
  if (!negated) return members[0]?.from ?? ''
  const isIn = (letter: string) => members.some(({ from, to }) => from <= letter && letter <= to)
  return Array.from(letters).find((letter) => !isIn(letter)) ?? ''
}

/** The host that a secret goes to, the remote that a branch goes to, where the pattern says which. */
function withTail(target: Target, { constraints: { to, remote } }: Capability): Target {
  if (to !== undefined) {
    const [glob] = compileHostGlobs(to)
    return glob === undefined ? target : { ...target, attributes: { to: hostOf(glob, plain) } }
  }
  if (remote === undefined) return target
  return { ...target, attributes: { remote: filled(expandBraces(remote)[0] ?? '', plain) } }
}
