/** One system call as strace prints it, its arguments read as far as paths go. */
export interface Call {
  readonly thread: number
  readonly name: string
  readonly args: readonly Argument[]
  readonly result: CallResult
}

export interface Argument {
  /** As printed, without the path behind a descriptor. */
  readonly text: string
  /** What stands in quotes. */
  readonly quoted?: string
  /** What a descriptor, or `AT_FDCWD`, stands for. */
  readonly at?: string
}

export interface CallResult {
  /** Nothing where it succeeded; `?` where nobody knows. */
  readonly error?: string
  /** What a returned descriptor leads to, links followed. */
  readonly at?: string
}

export interface CallReader {
  /** The call that the line ends, if it ends one. */
  readonly read: (line: string) => Call | undefined
}

/** A call that waits is printed in two lines, with those of other threads in between. */
export function createCallReader(): CallReader {
  const begun = new Map<string, string>()
  const read = (line: string): Call | undefined => {
    const [, thread = '', text = ''] = /^(\d+) +(.*)$/s.exec(line) ?? []
    const resumed = /^<\.\.\. \w+ resumed>/.exec(text)?.[0]
    if (text.endsWith(unfinished)) {
      begun.set(thread, text.slice(0, -unfinished.length))
      return undefined
    }
    const whole = resumed === undefined ? text : `${begun.get(thread) ?? ''}${text.slice(resumed.length)}`
    begun.delete(thread)
    const call = parseCall(whole)
    return call && { thread: Number(thread), ...call }
  }
  return { read }
}

const unfinished = ' <unfinished ...>'

/** `openat(AT_FDCWD</w>, "a", O_RDONLY) = 3</w/a>`; undefined for what is no call, or was cut off. */
export function parseCall(text: string): Omit<Call, 'thread'> | undefined {
  const name = /^(\w+)\(/.exec(text)?.[1]
  if (name === undefined) return undefined
  const args: Argument[] = []
  for (let at = name.length + 1; at < text.length; ) {
    const { argument, end } = readArgument(text, at)
    args.push(argument)
    if (text[end] === ',') {
      at = end + 1
      continue
    }
    const [, result] = /^\)\s*= (.*)$/s.exec(text.slice(end)) ?? []
    return result === undefined ? undefined : { name, args, result: parseResult(result) }
  }
  return undefined
}

interface Reading {
  readonly argument: Argument
  /** Where the comma or the closing bracket stands. */
  readonly end: number
}

/** Quotes and paths are read as such, since anything may stand in them; other brackets only nest. */
function readArgument(text: string, from: number): Reading {
  let depth = 0
  let plain = ''
  let quoted: string | undefined
  let target: string | undefined
  let at = from
  for (; at < text.length; at += 1) {
    const character = text[at] ?? ''
    if (depth === 0 && (character === ',' || character === ')')) break
    if (character === '"' || (character === '<' && isAnnotated(plain))) {
      const close = endOf(text, at, character === '"' ? '"' : '>')
      const inside = unescapeText(text.slice(at + 1, close))
      if (character === '"') quoted ??= inside
      else target ??= withoutMark(inside)
      at = close
      continue
    }
    if ('([{'.includes(character)) depth += 1
    if (')]}'.includes(character)) depth -= 1
    plain += character
  }
  const argument = {
    text: plain.trim(),
    ...(quoted === undefined ? {} : { quoted }),
    ...(target === undefined ? {} : { at: target }),
  }
  return { argument, end: at }
}

/** A path stands behind a number or the name of the working folder, and nowhere else. */
const isAnnotated = (before: string) => /(?:^|[\s=[])(?:\d+|AT_FDCWD)$/.test(before)

function endOf(text: string, open: number, close: string): number {
  for (let at = open + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === close) return at
  }
  return text.length
}

function parseResult(text: string): CallResult {
  const error = /^-1 (E\w+)/.exec(text)?.[1] ?? (/^\?/.test(text) ? '?' : undefined)
  if (error !== undefined) return { error }
  const open = /^\d+</.exec(text)?.[0].length
  if (open === undefined) return {}
  return { at: withoutMark(unescapeText(text.slice(open, endOf(text, open - 1, '>')))) }
}

/** Of a file that has no name any more; older versions of strace print it inside. */
const withoutMark = (path: string) => path.replace(/ ?\(deleted\)$/, '')

const letters: Readonly<Record<string, number>> = { n: 10, t: 9, v: 11, f: 12, r: 13, a: 7, b: 8 }

/** C's escapes, as bytes; strace prints everything that is not plain ASCII that way. */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text
  const bytes: number[] = []
  for (const [piece] of text.matchAll(/\\(?:[0-7]{1,3}|x[0-9a-f]{2}|.)|[^\\]/gs)) {
    const code = piece.slice(1)
    if (!piece.startsWith('\\') || code === '') bytes.push(...Buffer.from(piece))
    else if (/^[0-7]/.test(code)) bytes.push(Number.parseInt(code, 8) & 255)
    else if (/^x./.test(code)) bytes.push(Number.parseInt(code.slice(1), 16))
    else bytes.push(...(letters[code] === undefined ? Buffer.from(code) : [letters[code] ?? 0]))
  }
  return Buffer.from(bytes).toString('utf8')
}
