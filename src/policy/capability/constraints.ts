import type { QuantityProblem } from '../../shared/units.ts'
import {
  type Budget,
  parseCount,
  parseDollars,
  parseDuration,
  parseRate,
  parseSize,
  parseTokens,
  printDollars,
  printDuration,
  printRate,
  printSize,
  printTokens,
  type Quantity,
  type RateUnit,
} from '../../shared/units.ts'
import { normalizeHostPattern } from '../match/host-glob.ts'
import type { ConstraintName, Constraints } from '../types.ts'
import { Unparsable } from './problem.ts'

export interface ConstraintKind<Value = unknown> {
  parse(text: string): Quantity<Value>
  print(value: Value): string
  /** The stricter of two, or what both allow. */
  tighter(a: Value, b: Value): Value
  readonly about: string
}

type Table = { readonly [Name in ConstraintName]-?: ConstraintKind<NonNullable<Constraints[Name]>> }

const duration = { parse: parseDuration, print: printDuration, tighter: Math.min }
const size = { parse: parseSize, print: printSize, tighter: Math.min }
const count = { parse: parseCount, print: String, tighter: Math.min }

/** The one table of constraints; which resource takes which stands in `resources.ts`. */
export const constraintKinds: Table = {
  timeout: { ...duration, about: 'time by the clock' },
  memory: { ...size, about: 'memory of all processes together' },
  disk: { ...size, about: 'bytes written to private disks' },
  output: { ...size, about: 'bytes printed' },
  cpu: { ...duration, about: 'CPU time of the whole run, as a duration' },
  processes: { ...count, about: 'processes and threads at a time' },
  rate: { parse: parseRate, print: printRate, tighter: tighterBudget, about: 'how often, as `100/min`' },
  max: { ...count, about: 'how many in a run' },
  tokens: {
    parse: parseTokens,
    print: printTokens,
    tighter: tighterBudget,
    about: 'tokens of a model, as `2M/day`',
  },
  usd: { parse: parseDollars, print: printDollars, tighter: tighterBudget, about: 'dollars, as `5/day`' },
  allowlist: {
    parse: parseWords,
    print: (words) => words.join(','),
    tighter: (a, b) => a.filter((word) => b.includes(word)),
    about: 'the only programs, as `npm,node`',
  },
  to: { parse: parseHost, print: String, tighter: firstOf, about: 'the host that may be told the secret' },
  remote: { parse: parseName, print: String, tighter: firstOf, about: "the git remote's name" },
  everywhere: {
    parse: parseFlag,
    print: String,
    tighter: () => true,
    about: 'also masks the program in the sandbox',
  },
  expires: {
    parse: parseInstant,
    print: String,
    tighter: firstOf,
    about: 'the moment from which an Allow holds no more',
  },
}

export const constraintNames = Object.keys(constraintKinds) as readonly ConstraintName[]

export function isConstraintName(word: string): word is ConstraintName {
  return Object.hasOwn(constraintKinds, word)
}

/** The one that a word of three letters or more begins, or is another name of: `mem`, `proc`, `ram`. */
export function constraintCalled(word: string, among: readonly ConstraintName[]): ConstraintName | undefined {
  const lower = word.toLowerCase()
  const other = Object.hasOwn(otherNames, lower) ? otherNames[lower] : undefined
  return lower.length < 3 ? undefined : among.find((name) => name === other || name.startsWith(lower))
}

/** What people call a constraint. */
const otherNames: Readonly<Record<string, ConstraintName>> = {
  ram: 'memory',
  ...{ duration: 'timeout', deadline: 'timeout' },
  ...{ pids: 'processes', threads: 'processes' },
  ...{ cost: 'usd', dollars: 'usd' },
  ...{ until: 'expires', expiry: 'expires' },
}

/** Both together, the tightest of each. */
export function tightest(a: Constraints, b: Constraints): Constraints {
  if (isEmpty(b)) return a
  if (isEmpty(a)) return b
  const merged: Record<string, unknown> = { ...a }
  for (const name of constraintNames) {
    if (b[name] === undefined) continue
    const kind = constraintKinds[name] as ConstraintKind
    merged[name] = a[name] === undefined ? b[name] : kind.tighter(a[name], b[name])
  }
  return merged
}

function isEmpty(constraints: Constraints): boolean {
  for (const _ in constraints) return false
  return true
}

/** How much of something a constraint gives; nothing for those that are not quantities. */
export function amountOf(name: ConstraintName, value: Constraints[ConstraintName]): number | undefined {
  if (name === 'max' || typeof value === 'number') return value as number
  return typeof value === 'object' && 'count' in value ? value.count : undefined
}

export const periodMs: Readonly<Record<RateUnit, number>> = {
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  day: 86_400_000,
}

/** Two amounts in different periods cannot be ordered exactly: the slower flow counts as the tighter one, and of the same that of a whole run. */
function tighterBudget<Kind extends Budget>(a: Kind, b: Kind): Kind {
  const order = flow(a) - flow(b) || a.count - b.count
  return order < 0 || (order === 0 && a.per === undefined) ? a : b
}

/** A whole run is taken to be a day at most. */
function flow(budget: Budget): number {
  return budget.count / periodMs[budget.per ?? 'day']
}

function firstOf<Value extends string>(a: Value, b: Value): Value {
  return a <= b ? a : b
}

function parseWords(text: string): Quantity<readonly string[]> {
  const words = text.split(',')
  const odd = words.find((word) => !program.test(word))
  if (odd !== undefined) {
    const meant = text.split(/[\s,|[\]()"']+/).filter((word) => word !== '')
    const fix = meant.length > 0 && meant.every((word) => program.test(word)) ? meant.join(',') : undefined
    return wrong(odd === '' ? 'a word of the list is missing' : `\`${odd}\` is not a program's name`, fix)
  }
  if (new Set(words).size < words.length)
    return wrong('a word stands in the list twice', [...new Set(words)].join(','))
  return { ok: true, value: Object.freeze(words.sort()) }
}

const program = /^[\w.+@/-]+$/

function parseHost(text: string): Quantity<string> {
  try {
    const value = normalizeHostPattern(text)
    return value.includes('/')
      ? wrong('a host stands here, without a path', value.replace(/\/.*$/, ''))
      : { ok: true, value }
  } catch (error) {
    if (error instanceof Unparsable) return wrong(error.problem.message, error.problem.fix)
    throw error
  }
}

function parseName(text: string): Quantity<string> {
  return /^[\w.*@/-]+$/.test(text) ? { ok: true, value: text } : wrong(`\`${text}\` is not a name`, 'origin')
}

function parseFlag(text: string): Quantity<true> {
  return text === '' || text === 'true' ? { ok: true, value: true } : wrong('it stands alone', 'true')
}

function parseInstant(text: string): Quantity<string> {
  const date = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0]
  const ms = Date.parse(text)
  const whole = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,3})?([Zz]|[+-]\d{2}:\d{2})$/.test(text)
  if (!whole || Number.isNaN(ms) || !date || !isDay(date))
    return wrong(
      `\`${text}\` is not a moment, which is written as in \`2027-01-31T00:00:00Z\``,
      date && isDay(date) ? `${date}T00:00:00Z` : undefined,
    )
  return { ok: true, value: new Date(ms).toISOString().replace('.000Z', 'Z') }
}

/** `Date.parse` takes the 31st of February for a day in March. */
function isDay(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date)
}

function wrong(message: string, fix?: string): { ok: false; problems: readonly QuantityProblem[] } {
  return { ok: false, problems: [fix === undefined ? { message } : { message, fix }] }
}
