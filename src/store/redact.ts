import { placeHints, secretsIn, secretWords } from './secrets/places.ts'
import { shapeHints, shapePattern } from './secrets/shapes.ts'
import { secretValues } from './secrets/values.ts'

export interface Redactor {
  text(text: string): string
  /** Takes and gives JSON; every string in it is redacted. */
  json(text: string): string
}

/** What every stored text goes through: values of secret-looking variables, known token shapes and what a name says to be secret are taken out. */
export function createRedactor(env: Readonly<Record<string, string | undefined>>): Redactor {
  const names = secretValues(env)
  const values = [...names.keys()].sort((a, b) => b.length - a.length)
  const pattern = new RegExp([...values.map(escapeRegExp), shapePattern].join('|'), 'gi')
  const written = values.map((value) => JSON.stringify(value).slice(1, -1).toLowerCase())
  const text = (given: string) =>
    hidePlaces(given.replace(pattern, (found) => `[redacted${label(names, found)}]`))
  const json = redactJson(text)
  return { text, json: (given) => (maySecret(given, written) ? json(given) : given) }
}

/** Whether something was taken out of a stored text: it is no longer what it was. */
export function isRedacted(text: string): boolean {
  return text.includes('[redacted')
}

function maySecret(json: string, written: readonly string[]): boolean {
  if (shapeHints.test(json) || placeHints.test(json)) return true
  const lower = written.length > 0 ? json.toLowerCase() : json
  return written.some((value) => lower.includes(value))
}

function hidePlaces(text: string): string {
  if (!placeHints.test(text)) return text
  const found = [...secretsIn(text)].sort((a, b) => a.start - b.start)
  let hidden = ''
  let from = 0
  for (const { start, end } of found) {
    if (start >= from) hidden += `${text.slice(from, start)}[redacted]`
    from = Math.max(from, end)
  }
  return hidden + text.slice(from)
}

function redactJson(text: (given: string) => string): (json: string) => string {
  /** The last command: what is taken out of its words is taken out of the same in one text, where no word has an end. */
  let said = { given: '', stored: '' }
  const words = (given: readonly string[]): string[] => {
    const stored = hideInWords(given, text)
    said = { given: given.join(' '), stored: stored.join(' ') }
    return stored
  }
  const redacted = (value: unknown): unknown => {
    if (typeof value === 'string') return value === said.given ? said.stored : text(value)
    if (typeof value !== 'object' || value === null) return value
    if (!Array.isArray(value)) return mapValues(value, redacted)
    return value.every((item) => typeof item === 'string') ? words(value) : value.map(redacted)
  }
  return (json) => JSON.stringify(redacted(JSON.parse(json)))
}

function mapValues(object: object, map: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}

function hideInWords(words: readonly string[], text: (given: string) => string): string[] {
  const starts = secretWords(words)
  return words.map((word, index) => {
    const start = starts[index]
    return start === undefined ? text(word) : `${text(word.slice(0, start))}[redacted]`
  })
}

function label(values: ReadonlyMap<string, string>, found: string): string {
  const name = values.get(found)
  return name === undefined ? '' : ` ${name}`
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
