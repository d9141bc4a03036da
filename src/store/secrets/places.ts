import { isSecretField } from './names.ts'
import { isNothing, isReference, type Value, valueAt } from './value.ts'

/** A secret, by where it stands in a text. */
export interface Found {
  /** Where begins what says that it is one. */
  readonly at: number
  readonly start: number
  readonly end: number
}

interface Place {
  /** Up to the secret. Nothing in it that may be long is tried again from every place where it may begin. */
  readonly before: RegExp
  /** What is meant may as well be prose: then a value without quotes must look like this. */
  readonly mayBeProse?: (before: string) => boolean
  readonly looks?: RegExp
  /** It goes on to the end of the line, or of the quoted text that it stands in. */
  readonly isLine?: true
}

const gap = String.raw`(?:[ \t]|\\\r?\n)+`
const blank = String.raw`[ \t]{0,20}`
const quote = String.raw`(?:\\*["'])?`
const name = String.raw`(?<name>[a-z_][\w.-]*)`

/** What follows a name, which is judged apart. */
const fields: readonly Place[] = [
  // --password=x, --password x
  {
    before: new RegExp(String.raw`(?<![\w-])--?${name}(?:=|${gap}(?![\s-]))`, 'gi'),
    mayBeProse: (before) => !before.endsWith('='),
    looks: /[A-Z0-9]|.{8}/,
  },
  // TOKEN=x, ?token=x, token = "x"
  {
    before: new RegExp(String.raw`(?<![\w.-])${name}${quote}${blank}=${blank}`, 'gi'),
    mayBeProse: (before) => before.includes(' '),
    looks: /^(?=.*\d)(?=.*[a-z]).{6}/i,
  },
  // "password": "x", X-Api-Key: x; but not the capability secret:x
  {
    before: new RegExp(String.raw`(?<![\w./-])(?!secret:\S)${name}${quote}${blank}:${blank}`, 'gi'),
    mayBeProse: (before) => !/["']/.test(before),
    looks: /^(?=.*\d)(?=.*[a-z]).{6}/i,
  },
]

const header = (name: string, value: string): RegExp =>
  new RegExp(String.raw`\b${name}${quote}${blank}:${blank}${quote}(?:${value})`, 'gi')

const ofProgram = (names: string, option: string): Place => ({
  before: new RegExp(
    String.raw`(?<![\w.-])(?:${names})(?![\w.])(?:[ \t]+[^\s|;&]+){0,20}?[ \t]+(?:${option})`,
    'g',
  ),
})

const others: readonly Place[] = [
  {
    before: header('authorization', String.raw`(?:bearer|basic|token|apikey|key)[ \t]{1,20}|(?=\S{0,80}\d)`),
  },
  { before: /\bbearer[ \t]{1,20}(?=[\w.~+/=-]{16})/gi },
  { before: header('(?:set-)?cookie', String.raw`(?=[^\s=;"']{1,100}=)`), isLine: true },
  ofProgram('curl', String.raw`(?:-[uU][ \t]*|--(?:proxy-)?user[= \t])["']?[^\s:"']+:`),
  ofProgram('curl', String.raw`(?:-b[ \t]*|--cookie[= \t])["']?(?=[^\s=]{1,100}=)`),
  ofProgram(String.raw`(?:mysql|mariadb)[\w-]*`, '-p'),
  ofProgram('sshpass', String.raw`-p[ \t]*`),
  ofProgram('redis-cli', String.raw`-a[ \t]+`),
  ofProgram('login', String.raw`-p[ \t]+`),
  ofProgram('openssl', String.raw`-pass(?:in|out)?[ \t]+pass:`),
]

const called = 'pass|pwd|token|secret|credential|key|auth|cookie|dsn|database_url|webhook_url|_pat'

/** A text, or JSON, with nothing of this has no such place. */
export const placeHints = new RegExp(
  [
    String.raw`(?:(?:${called})\w{0,40}|\b(?:pat|sig|signature))(?:\\*["'])?[ \\t]{0,20}[=:]`,
    String.raw`-[\w.-]{0,40}(?:${called})\w{0,20}[\s"\\]`,
    'authorization|bearer|cookie|curl|mysql|mariadb|sshpass|redis-cli|login|openssl',
  ].join('|'),
  'i',
)

/** Secrets by the names they are given, and by the places where people put them: in any order, and some perhaps twice. */
export function* secretsIn(text: string): Generator<Found> {
  for (const place of fields) yield* findAll(text, place)
  yield* secretsOfPrograms(text)
}

function* secretsOfPrograms(text: string): Generator<Found> {
  for (const place of others) yield* findAll(text, place)
}

function* findAll(text: string, { before, mayBeProse, looks, isLine }: Place): Generator<Found> {
  const pattern = new RegExp(before)
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const { name } = match.groups ?? {}
    if (name !== undefined && !isSecretField(name)) continue
    const value = isLine ? lineAt(text, pattern.lastIndex) : valueAt(text, pattern.lastIndex)
    // What could be a value is not searched again: there may be any number of names in it.
    pattern.lastIndex = Math.max(pattern.lastIndex, value.end)
    const said = text.slice(value.start, value.end)
    if (isNothing(said) || isReference(said)) continue
    const isLoose = !value.isQuoted && mayBeProse?.(match[0]) === true
    if (!isLoose || looks?.test(said)) yield { at: match.index, start: value.start, end: value.end }
  }
}

function lineAt(text: string, start: number): Value {
  const rest = text.slice(start).search(/[\r\n"'`]/)
  return { start, end: rest < 0 ? text.length : start + rest, isQuoted: false }
}

const option = new RegExp(`^--?${name}$`, 'i')
const assignment = new RegExp(`^(?:--?)?${name}=`, 'i')

/**
 * Where in each of these words a secret begins that goes on to the word's end: an option and its value stand apart, and
 * no quotes tell how far a value goes.
 */
export function secretWords(words: readonly string[]): (number | undefined)[] {
  const starts = words.map((word, index) => {
    const start = startInWord(word, words[index - 1] ?? '')
    return start === undefined || isNothing(word.slice(start)) ? undefined : start
  })
  for (const { at, start } of secretsOfPrograms(words.join(' '))) {
    const { index, offset } = wordAt(words, start)
    if (at < offset) starts[index] ??= start - offset
  }
  return starts
}

/** Which of the words, in one text, and where that begins. */
function wordAt(words: readonly string[], position: number): { index: number; offset: number } {
  let offset = 0
  for (const [index, word] of words.entries()) {
    if (position <= offset + word.length) return { index, offset }
    offset += word.length + 1
  }
  return { index: words.length, offset }
}

function startInWord(word: string, before: string): number | undefined {
  const asked = option.exec(before)?.groups?.name
  if (asked !== undefined && isSecretField(asked) && !word.startsWith('-')) return 0
  const [assigned, given] = assignment.exec(word) ?? []
  // A script (`sh -c`) says more than what it assigns first.
  const isScript = /^-\w*c$/.test(before)
  return given !== undefined && isSecretField(given) && !isScript ? assigned?.length : undefined
}
