/** More alternatives than this in one pattern are refused: a few groups in a row would fill the memory. */
const mostAlternatives = 1_000

/**
 * `{a,b}` written out: `x{a,b}` is `xa` and `xb`. Groups nest; one without a comma is plain text, as in a shell;
 * a backslash escapes and is kept. Throws a RangeError beyond `mostAlternatives`.
 */
export function expandBraces(pattern: string): readonly string[] {
  if (!pattern.includes('{')) return [pattern]
  return new Expander(pattern).sequence(pattern.length)
}

/** Where the group that opens at `open` closes, -1 if nowhere. */
export function closingBrace(pattern: string, open: number): number {
  let depth = 0
  for (let index = open; index < pattern.length; index++) {
    const character = pattern[index]
    if (character === '\\') index++
    else if (character === '{') depth++
    else if (character === '}' && --depth === 0) return index
  }
  return -1
}

/** Where a group opens that closes nowhere, -1 if none does. */
export function unclosedBrace(pattern: string): number {
  for (let index = 0; index < pattern.length; index++) {
    if (pattern[index] === '{' && closingBrace(pattern, index) < 0) return index
    index = skip(pattern, index)
  }
  return -1
}

/** Splits at each `separator` that stands outside groups, classes and escapes. */
export function splitOutside(text: string, separator: string): readonly { text: string; offset: number }[] {
  const parts = []
  let start = 0
  for (let index = 0; index < text.length; index++) {
    if (text[index] === separator) {
      parts.push({ text: text.slice(start, index), offset: start })
      start = index + 1
    } else index = skip(text, index)
  }
  parts.push({ text: text.slice(start), offset: start })
  return parts
}

/** What stands in no group, however deep they nest, and in no class. */
export function textOutside(text: string): string {
  let outside = ''
  for (let index = 0; index < text.length; index++) {
    const end = skip(text, index)
    if (end === index || text[index] === '\\') outside += text.slice(index, end + 1)
    index = end
  }
  return outside
}

/** The last index of what starts here: an escape, a group, a class, or one character. */
function skip(text: string, index: number): number {
  const character = text[index]
  if (character === '\\') return index + 1
  if (character === '{') return Math.max(index, closingBrace(text, index))
  if (character === '[') return Math.max(index, text.indexOf(']', index + 1))
  return index
}

const plainText = /(?:\\.?|[^\\{])+|\{/suy

class Expander {
  private readonly pattern: string
  private position = 0

  constructor(pattern: string) {
    this.pattern = pattern
  }

  /** Up to `end`. */
  sequence(end: number): readonly string[] {
    let heads: readonly string[] = ['']
    while (this.position < end) heads = combine(heads, this.piece())
    return heads
  }

  private piece(): readonly string[] {
    const start = this.position
    const close = this.pattern[start] === '{' ? closingBrace(this.pattern, start) : -1
    if (close > 0) return this.group(close)
    // All plain text up to the next group at once.
    plainText.lastIndex = start
    const [text = ''] = plainText.exec(this.pattern) ?? []
    this.position += text.length
    return [text]
  }

  private group(close: number): readonly string[] {
    const inside = this.pattern.slice(this.position + 1, close)
    const choices = splitChoices(inside)
    this.position = close + 1
    if (choices.length === 1) return expandBraces(inside).map((text) => `{${text}}`)
    const expanded = choices.flatMap(expandBraces)
    return checked(expanded.length, expanded)
  }
}

function splitChoices(inside: string): readonly string[] {
  const choices = []
  let start = 0
  for (let index = 0; index < inside.length; index++) {
    if (inside[index] === '\\') index++
    else if (inside[index] === '{') index = Math.max(index, closingBrace(inside, index))
    else if (inside[index] === ',') {
      choices.push(inside.slice(start, index))
      start = index + 1
    }
  }
  return [...choices, inside.slice(start)]
}

function combine(heads: readonly string[], tails: readonly string[]): readonly string[] {
  if (tails.length === 1) return heads.map((head) => head + tails[0])
  checked(heads.length * tails.length, heads)
  return heads.flatMap((head) => tails.map((tail) => head + tail))
}

function checked(count: number, alternatives: readonly string[]): readonly string[] {
  if (count <= mostAlternatives) return alternatives
  throw new RangeError(`more than ${mostAlternatives.toLocaleString('en')} alternatives`)
}
