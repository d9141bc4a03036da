import { compileSegments, deep, type PathPlace, type Segment } from '../path-glob.ts'
import {
  charsetBut,
  either,
  type Language,
  one,
  optional,
  type Regular,
  repeated,
  sequence,
  word,
} from './regular.ts'
import { wildcardLanguage } from './wildcard-language.ts'

// A path is each of its names after a slash; the file system's root is the empty text.

const inName = charsetBut('/')
const dot = word('.')
const notDot = one(charsetBut('/.'))
/** Any name but `.` and `..`. */
const name = either(
  sequence(notDot, repeated(one(inName))),
  sequence(dot, notDot, repeated(one(inName))),
  sequence(dot, dot, repeated(one(inName), 1)),
)
const names = repeated(sequence(word('/'), name))

/** Every resolved path. */
export const anyPath: Regular = names

export function pathLanguage(pattern: string, place: PathPlace): Language {
  const alternatives = compileSegments(pattern, place)
  const [first = []] = alternatives
  // What all begin with stands once: the automaton is made several times as fast.
  const end = first.findIndex((segment, index) =>
    alternatives.some((other) => !isSame(segment, other[index])),
  )
  const common = end < 0 ? first : first.slice(0, end)
  const rests = alternatives.map((segments) => segments.slice(common.length))
  return { says: sequence(inFolders(common), either(...rests.map(inFolders))) }
}

function isSame(one: Segment, other: Segment | undefined): boolean {
  if (one === deep || other === deep || other === undefined) return one === other
  return one.source === other.source && one.literal === other.literal
}

/** Of what is no path at all it may say anything: nobody asks. */
const below = optional(sequence(word('/'), repeated(one(charsetBut('')))))

function inFolders(segments: readonly Segment[]): Regular {
  return sequence(
    ...segments.map((segment) => {
      if (segment === deep) return below
      const { literal, source } = segment
      return sequence(word('/'), literal === undefined ? wildcardLanguage(source, inName) : word(literal))
    }),
  )
}

export function writePath(target: string): string {
  return target === '/' ? '' : target
}

export function readPath(text: string): string {
  return text === '' ? '/' : text
}
