import { refuse } from '../capability/problem.ts'

/** `*` any characters, `?` one, `[ab]` `[a-z]` `[!a]` one of a class, `\` the next as it is. Groups are expanded before. */
export interface Wildcard {
  readonly source: string
  matches(text: string): boolean
  /** What it matches, if that is one text alone. */
  readonly literal?: string
  /** What every match starts with. */
  readonly prefix: string
}

export function compileWildcard(pattern: string): Wildcard {
  // Most patterns are names; there are hundreds in each policy.
  if (!/[*?[\\]/.test(pattern)) return onlyText(pattern, pattern)
  const pieces = splitAtStars(parseTokens(pattern))
  const [first = [], ...rest] = pieces
  if (rest.length === 0 && isLiteral(first)) {
    return onlyText(pattern, first.join(''))
  }
  const prefix = first.slice(0, first.findIndex(isTest) >>> 0).join('')
  return {
    source: pattern,
    prefix,
    matches: pieces.every(isLiteral) ? literalMatcher(pieces) : pieceMatcher(pieces),
  }
}

function onlyText(source: string, literal: string): Wildcard {
  return { source, literal, prefix: literal, matches: (text) => text === literal }
}

/** Whether the pattern means one text alone; its groups count as wildcards. */
export function isPlain(pattern: string): boolean {
  return !/[*?[{]/.test(pattern.includes('\\') ? pattern.replace(/\\./gs, '') : pattern)
}

/** What a pattern without wildcards means. */
export function unescapePattern(pattern: string): string {
  return !pattern.includes('\\') ? pattern : pattern.replace(/\\(.)/gs, '$1')
}

/** The pattern that matches this text alone. */
export function escapePattern(text: string): string {
  return text.replace(/[*?[\]{}\\]/g, '\\$&')
}

/** Drops backslashes that change nothing, so that one pattern has one text. `offset` is that of the pattern. */
export function normalizeEscapes(pattern: string, offset = 0): string {
  let normal = ''
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? ''
    if (character === '[') {
      const close = classEnd(pattern, index)
      if (close < 0)
        refuse(
          'pattern',
          'the class is not closed',
          offset + index,
          `${pattern.slice(0, index)}\\${pattern.slice(index)}`,
        )
      normal += pattern.slice(index, close + 1)
      index = close
    } else if (character === '\\') {
      const next = pattern[++index]
      if (next === undefined)
        refuse('pattern', 'the backslash escapes nothing', offset + index - 1, pattern.slice(0, -1))
      normal += /[*?[\]{},\\%]/.test(next) ? `\\${next}` : next
    } else normal += character
  }
  return normal
}

type Test = (codePoint: string) => boolean
/** A character as it is, or a test of one. */
type Token = string | Test
type Piece = readonly Token[]
const star = Symbol('star')

function isTest(token: Token): token is Test {
  return typeof token === 'function'
}

function isLiteral(piece: Piece): piece is readonly string[] {
  return !piece.some(isTest)
}

function parseTokens(pattern: string): readonly (Token | typeof star)[] {
  const tokens: (Token | typeof star)[] = []
  for (let index = 0; index < pattern.length; ) {
    const character = String.fromCodePoint(pattern.codePointAt(index) ?? 0)
    const close = character === '[' ? classEnd(pattern, index) : -1
    if (close > 0) tokens.push(compileClass(pattern.slice(index + 1, close)))
    else if (character === '*') tokens.push(star)
    else if (character === '?') tokens.push(() => true)
    else tokens.push(character === '\\' ? (pattern[index + 1] ?? '\\') : character)
    index = close > 0 ? close + 1 : index + (character === '\\' ? 2 : character.length)
  }
  return tokens
}

/** Where the class that opens at `open` closes, -1 if nowhere. */
export function classEnd(pattern: string, open: number): number {
  const negated = pattern[open + 1] === '!' || pattern[open + 1] === '^'
  for (let index = open + (negated ? 3 : 2); index < pattern.length; index++) {
    if (pattern[index - 1] === '\\') continue
    if (pattern[index] === ']') return index
  }
  return -1
}

/** What stands between the brackets of a class. */
export function readClass(inside: string): {
  negated: boolean
  members: readonly { from: string; to: string }[]
} {
  const negated = /^[!^]/.test(inside)
  const members = Array.from(
    inside.slice(negated ? 1 : 0).matchAll(/(\\?.)(?:-(\\?.))?/gsu),
    ([, from = '', to = from]) => ({
      from: unescapePattern(from),
      to: unescapePattern(to),
    }),
  )
  return { negated, members }
}

function compileClass(inside: string): Test {
  const { negated, members } = readClass(inside)
  return (character) =>
    negated !== members.some(({ from, to }) => compare(from, character) <= 0 && compare(character, to) <= 0)
}

function compare(a: string, b: string): number {
  return (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0)
}

function splitAtStars(tokens: readonly (Token | typeof star)[]): readonly Piece[] {
  const pieces: Token[][] = [[]]
  for (const token of tokens) {
    if (token === star) pieces.push([])
    else pieces.at(-1)?.push(token)
  }
  return pieces
}

/** Each piece at its first chance: with `*` between them that finds a match if there is one, and never goes back. */
function literalMatcher(pieces: readonly Piece[]): (text: string) => boolean {
  const [prefix = '', ...rest] = pieces.map((piece) => piece.join(''))
  const suffix = rest.pop() ?? ''
  const inner = rest.filter((piece) => piece !== '')
  return (text) => {
    if (text.length < prefix.length + suffix.length || !text.startsWith(prefix) || !text.endsWith(suffix))
      return false
    let position = prefix.length
    for (const piece of inner) {
      const found = text.indexOf(piece, position)
      if (found < 0) return false
      position = found + piece.length
    }
    return position <= text.length - suffix.length
  }
}

/** The same over code points, for pieces that hold tests. */
function pieceMatcher(pieces: readonly Piece[]): (text: string) => boolean {
  const [first = [], ...rest] = pieces
  const last = rest.pop()
  return (text) => {
    const characters = Array.from(text)
    if (!holdsAt(first, characters, 0)) return false
    if (last === undefined) return characters.length === first.length
    const end = characters.length - last.length
    let position = first.length
    for (const piece of rest) {
      while (position + piece.length <= end && !holdsAt(piece, characters, position)) position++
      position += piece.length
    }
    return position <= end && holdsAt(last, characters, end)
  }
}

function holdsAt(piece: Piece, characters: readonly string[], start: number): boolean {
  return piece.every((token, index) => {
    const character = characters[start + index]
    return character !== undefined && (typeof token === 'string' ? token === character : token(character))
  })
}
