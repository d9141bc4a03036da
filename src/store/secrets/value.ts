/** What stands behind a name, in a text that may be a line of a shell, JSON, a URL, a setting or prose. */
export interface Value {
  readonly start: number
  readonly end: number
  readonly isQuoted: boolean
}

/** Of a text in JSON in JSON the quotes are escaped. */
const opening = /\\*["'`]/y
/** Behind a quoted text: it is but a part of a word. */
const goesOn = /[\w$/+~%@#!^*(-]|["']\w/y
/** What ends a word, or looks like it. */
const stop = /[\s"'`&;|<>\\]|\[redacted/g
/** How a shell is given a quote within single quotes. */
const innerQuote = /'(?:\\'|"'")'/y

export function valueAt(text: string, start: number): Value {
  const quoted = quotedAt(text, start)
  if (quoted === undefined) return { start, end: wordEnd(text, start), isQuoted: false }
  if (!isAt(goesOn, text, quoted.after)) return { start: quoted.start, end: quoted.end, isQuoted: true }
  return { start, end: wordEnd(text, quoted.after), isQuoted: true }
}

/** What stands for any value, what is only on or off, and what was taken out before. */
export function isNothing(value: string): boolean {
  return /^(?:\*+|\.{3}|…|true|false|null|none|yes|no|on|off|undefined|\d{1,4}|id=.*|\[redacted[^\]]*\])?$/i.test(
    value,
  )
}

/** A variable of a shell or of a template says nothing of what is in it. */
export function isReference(value: string): boolean {
  return /^(?:\$[a-z_]\w*[)\]},.]*$|\$\{\w+\}$|\$\(|\$?\{\{|%\w+%$)/i.test(value)
}

/** What has no end goes to the end of its line. */
function quotedAt(text: string, from: number): { start: number; end: number; after: number } | undefined {
  opening.lastIndex = from
  const mark = opening.exec(text)?.[0]
  if (mark === undefined) return undefined
  const start = from + mark.length
  let end = text.indexOf(mark, start)
  for (let inner = innerLength(text, mark, end); inner > 0; inner = innerLength(text, mark, end))
    end = text.indexOf(mark, end + inner)
  if (end >= 0) return { start, end, after: end + mark.length }
  const rest = text.slice(start).search(/[\r\n]/)
  const lineEnd = rest < 0 ? text.length : start + rest
  return { start, end: lineEnd, after: lineEnd }
}

/** How long the text is that only looks like the end of a quoted one. */
function innerLength(text: string, mark: string, at: number): number {
  if (at < 0) return 0
  if (mark === '"') return isEscaped(text, at) ? 1 : 0
  if (mark !== "'" || !isAt(innerQuote, text, at)) return 0
  return innerQuote.lastIndex - at
}

function isEscaped(text: string, at: number): boolean {
  let first = at
  while (text[first - 1] === '\\') first -= 1
  return (at - first) % 2 === 1
}

function wordEnd(text: string, from: number): number {
  stop.lastIndex = from
  for (let found = stop.exec(text); found !== null; found = stop.exec(text)) {
    const after = pieceEnd(text, found.index)
    if (after === undefined) return found.index
    stop.lastIndex = after
  }
  return text.length
}

/** Behind what only looks like the end of a word. */
function pieceEnd(text: string, at: number): number | undefined {
  const [first, next = ''] = text.slice(at, at + 2)
  if (first === '[') return text.indexOf(']', at) + 1 || text.length
  if (first === '\\') return /["'`]/.test(next) ? undefined : at + (/\s/.test(next) ? 2 : 1)
  if (first !== '"' && first !== "'") return undefined
  return /\w/.test(next) && text.includes(first, at + 1) ? quotedAt(text, at)?.after : undefined
}

function isAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at
  return pattern.test(text)
}
