import type { Result } from './result.ts'

/** What is wrong with a quantity, and the quantity that was probably meant. */
export interface QuantityProblem {
  readonly message: string
  readonly fix?: string
}
export type Quantity<Value> = Result<Value, QuantityProblem>

export type RateUnit = 's' | 'min' | 'h' | 'day'
export interface Rate {
  readonly count: number
  readonly per: RateUnit
}
/** An amount for the whole run, or for each period. */
export interface Budget {
  readonly count: number
  readonly per?: RateUnit
}

/** A number is always whole in its smallest unit: ms, bytes, pieces. */
export function parseDuration(text: string): Quantity<number> {
  return parseUnits(text, durations, 's')
}

export function printDuration(ms: number): string {
  return printUnits(ms, durations)
}

/** `KB` is 1,000 bytes and `KiB` is 1,024, so that nothing is ever allowed more than was written. */
export function parseSize(text: string): Quantity<number> {
  return parseUnits(text, sizes, 'MB')
}

export function printSize(bytes: number): string {
  return printUnits(bytes, sizes)
}

export function parseCount(text: string): Quantity<number> {
  return parseUnits(text, { '': 1 }, '')
}

export function parseRate(text: string): Quantity<Rate> {
  const budget = parseBudget(text, parseCount)
  if (!budget.ok) return budget
  const { count, per } = budget.value
  return per
    ? { ok: true, value: { count, per } }
    : wrong(`\`${text}\` does not say how often`, `${text}/min`)
}

export function printRate(rate: Rate): string {
  return `${rate.count}/${rate.per}`
}

export function parseTokens(text: string): Quantity<Budget> {
  return parseBudget(text, (amount) => parseUnits(amount, multiples, ''))
}

export function printTokens(budget: Budget): string {
  return printUnits(budget.count, multiples) + printPer(budget)
}

export function parseDollars(text: string): Quantity<Budget> {
  return parseBudget(text, (amount) => {
    if (!/^\d{1,9}(\.\d{1,6})?$/.test(amount))
      return wrong(`\`${amount}\` is not an amount`, plainDollars(amount))
    return Number(amount) > 0
      ? { ok: true, value: Number(amount) }
      : wrong(`\`${amount}\` is not more than zero`)
  })
}

/** `$5`, `5 USD`. */
function plainDollars(text: string): string | undefined {
  return /^(?:\$|usd)?\s*(\d{1,9}(?:\.\d{1,6})?)\s*(?:\$|usd|dollars?)?$/i.exec(text.trim())?.[1]
}

export function printDollars(budget: Budget): string {
  return decimal(budget.count) + printPer(budget)
}

type Units = Readonly<Record<string, number>>

const durations: Units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const sizes: Units = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}
const multiples: Units = { '': 1, k: 1e3, M: 1e6, G: 1e9 }
const periods: readonly RateUnit[] = ['s', 'min', 'h', 'day']

function parseUnits(text: string, units: Units, usual: string): Quantity<number> {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text) ?? []
  if (amount === undefined || unit === undefined)
    return wrong(`\`${text}\` is not a quantity`, readAmount(text, units))
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
  if (factor === undefined) return wrongUnit(amount, unit, units, usual)
  const value = Math.round(Number(amount) * factor)
  if (value <= 0) return wrong(`\`${text}\` is not more than zero`)
  if (!Number.isSafeInteger(value)) return wrong(`\`${text}\` is too large`)
  if (Math.abs(value - Number(amount) * factor) > 1e-6)
    return wrong(`\`${text}\` is not a whole number`, `${value}`)
  return { ok: true, value }
}

function wrongUnit(amount: string, unit: string, units: Units, usual: string): Quantity<never> {
  const names = Object.keys(units).filter((name) => name !== '')
  if (unit === '') return wrong(`\`${amount}\` has no unit (${names.join(', ')})`, amount + usual)
  if (names.length === 0) return wrong(`\`${amount}${unit}\` is not a plain number`, plainCount(amount, unit))
  const meant = meantUnit(unit, units)
  return wrong(
    `\`${unit}\` is not a unit here (${names.join(', ')})`,
    meant === undefined ? undefined : amount + meant,
  )
}

/** `5k` is 5000, `5 pids` are 5; of bytes or of minutes nobody knows how many. */
function plainCount(amount: string, unit: string): string | undefined {
  const factor = multiples[unit === 'K' ? 'k' : unit]
  if (factor !== undefined) return String(Math.round(Number(amount) * factor))
  return meantUnit(unit, sizes) || meantUnit(unit, durations) ? undefined : amount
}

/** The amount as people write it: `30 minutes`, `1h 30m`, `4 GB`; nothing where it cannot be read for sure. */
function readAmount(text: string, units: Units): string | undefined {
  const pieces = [...text.matchAll(amountPiece)].map(([, amount = '', unit = '']) => {
    const known = Object.hasOwn(units, unit) ? unit : meantUnit(unit, units)
    return known === undefined ? undefined : { amount, unit: known }
  })
  const [only] = pieces
  if (only === undefined || !pieces.every((piece) => piece !== undefined)) return undefined
  if (text.replace(amountPiece, '').trim() !== '') return undefined
  if (pieces.length === 1) return `${only.amount}${only.unit}`
  if (pieces.some(({ unit }) => unit === '')) return undefined
  const sum = pieces.reduce((total, { amount, unit }) => total + Number(amount) * (units[unit] ?? 0), 0)
  return Number.isSafeInteger(sum) ? printUnits(sum, units) : undefined
}

const amountPiece = /(\d+(?:\.\d+)?)\s*([A-Za-z]*)/g

/** The unit that a word or another spelling stands for. */
function meantUnit(word: string, units: Units): string | undefined {
  const lower = word.toLowerCase()
  const own = Object.keys(units).find((name) => name.toLowerCase() === lower)
  const [alias] = unitWords.find(([name, words]) => Object.hasOwn(units, name) && words.test(lower)) ?? []
  return own ?? alias
}

const unitWords: readonly (readonly [string, RegExp])[] = [
  ['ms', /^(?:msecs?|millis|milliseconds?)$/],
  ['s', /^(?:secs?|seconds?)$/],
  ['m', /^(?:mins?|minutes?)$/],
  ['h', /^(?:hrs?|hours?)$/],
  ['d', /^days?$/],
  ['B', /^bytes?$/],
  ['KB', /^(?:k|kilobytes?)$/],
  ['MB', /^(?:m|megs?|megabytes?)$/],
  ['GB', /^(?:g|gigs?|gigabytes?)$/],
  ['TB', /^(?:t|terabytes?)$/],
  ['KiB', /^(?:ki|kibibytes?)$/],
  ['MiB', /^(?:mi|mebibytes?)$/],
  ['GiB', /^(?:gi|gibibytes?)$/],
  ['TiB', /^(?:ti|tebibytes?)$/],
  ['k', /^thousand$/],
  ['M', /^(?:mio|millions?)$/],
  ['G', /^(?:b|billions?)$/],
]

/** The unit with the smallest whole number; of two equal ones the first. */
function printUnits(value: number, units: Units): string {
  const whole = Object.entries(units).filter(([, factor]) => value % factor === 0)
  const [unit, factor] = whole.reduce((best, next) => (next[1] > best[1] ? next : best), whole[0] ?? ['', 1])
  return `${value / factor}${unit}`
}

function parseBudget(text: string, parseAmount: (amount: string) => Quantity<number>): Quantity<Budget> {
  const spoken = text.trim().replace(/\s*(?:\/|\bper\b|\ban?\b)\s*/i, '/')
  if (spoken !== text) return wrong(`\`${text}\` is written \`${spoken}\``, settled(spoken, parseAmount))
  const slash = text.indexOf('/')
  const count = parseAmount(slash < 0 ? text : text.slice(0, slash))
  if (!count.ok) return slash < 0 ? count : withEnding(count.problems, text.slice(slash))
  if (slash < 0) return { ok: true, value: { count: count.value } }
  const written = text.slice(slash + 1)
  const per = periods.find((period) => period === written)
  if (per) return { ok: true, value: { count: count.value, per } }
  const meant = periods.find((_, index) => periodWords[index]?.test(written))
  return wrong(
    `\`${written}\` is not a period (${periods.join(', ')})`,
    meant && `${text.slice(0, slash)}/${meant}`,
  )
}

/** In the order of the periods. */
const periodWords = [
  /^(?:s|secs?|seconds?)$/i,
  /^(?:m|mins?|minutes?)$/i,
  /^(?:h|hrs?|hours?)$/i,
  /^(?:d|days?)$/i,
]

/** A budget's text once more, as far as its own fix leads. */
function settled(text: string, parseAmount: (amount: string) => Quantity<number>): string | undefined {
  const parsed = parseBudget(text, parseAmount)
  return parsed.ok ? text : parsed.problems[0]?.fix
}

function withEnding(problems: readonly QuantityProblem[], ending: string): Quantity<never> {
  return {
    ok: false,
    problems: problems.map(({ message, fix }) =>
      fix === undefined ? { message } : { message, fix: fix + ending },
    ),
  }
}

function printPer(budget: Budget): string {
  return budget.per ? `/${budget.per}` : ''
}

/** Never `1e-6`. */
function decimal(amount: number): string {
  return amount.toFixed(6).replace(/\.?0+$/, '')
}

function wrong(message: string, fix?: string): Quantity<never> {
  return { ok: false, problems: [fix === undefined ? { message } : { message, fix }] }
}
