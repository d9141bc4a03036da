import { compileSegments, deep, type PathPlace, type Segment } from '../match/path-glob.ts'
import { merged } from './merged.ts'
import {
  charsetBut,
  either,
  type Language,
  many,
  one,
  optional,
  type Regular,
  repeated,
  sequence,
  some,
  word,
} from './regular.ts'
import { wildcardLanguage } from './wildcard-language.ts'

// A path is each of its names after a slash; the file system's root is the empty text.

const inName = charsetBut('/')
const dot = word('.')
const notDot = one(charsetBut('/.'))
/** Any name but `.` and `..`. */
const name = either(
  sequence(notDot, many(inName)),
  sequence(dot, notDot, many(inName)),
  sequence(dot, dot, some(one(inName))),
)
const names = repeated(sequence(word('/'), name))

/** Every resolved path. */
export const anyPath: Regular = names

export function pathLanguage(pattern: string, place: PathPlace): Language {
  return { says: merged(compileSegments(pattern, place).map(inFolders)) }
}

/** Of what is no path at all it may say anything: nobody asks. */
const below = optional(sequence(word('/'), many(charsetBut(''))))

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
