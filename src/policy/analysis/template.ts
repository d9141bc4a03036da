import { matchesAlways, type PatternWord } from '../shell/pattern-words.ts'
import { usualNames } from './same-effect.ts'
import { hasOption, programName, quoteText, type SpokenPattern, sampleWord } from './spoken-pattern.ts'

/** A command of the table: `git push REMOTE +BRANCH`. */
export interface Template {
  /** Each in parts: what is written, a name in capitals, what is written … */
  readonly words: readonly (readonly string[])[]
  /** Whether any further words may follow. */
  readonly isOpen: boolean
}

/** What a rule says where the template has a name, and what it says besides. */
export interface Bindings {
  readonly names: Readonly<Record<string, string>>
  readonly rest: readonly string[]
  /** Options that the template does not have. */
  readonly options: readonly string[]
}

const names = new RegExp(`(${Object.keys(usualNames).join('|')})`)

export function parseTemplate(text: string): Template {
  const words = text.split(' ')
  const isOpen = words.at(-1) === '…'
  return { words: (isOpen ? words.slice(0, -1) : words).map((word) => word.split(names)), isOpen }
}

export function templateProgram({ words }: Template): string {
  return words[0]?.[0] ?? ''
}

/** What the pattern says for the template's names, if it says the template itself: all of its words but the names. */
export function matchTemplate({ words, isOpen }: Template, pattern: SpokenPattern): Bindings | undefined {
  const [program = [], ...wanted] = words
  if (program[0] !== programName(pattern)) return undefined
  const found: Record<string, string> = {}
  const used = new Set<string>()
  let next = 0
  for (const parts of wanted) {
    const [text = ''] = parts
    if (parts.length === 1 && text.startsWith('-') && text !== '--') {
      const option = hasOption(pattern, text)
      if (option === undefined) return undefined
      used.add(option.text)
      continue
    }
    const operand = pattern.operands[next]
    if (!bind(parts, operand, found)) return undefined
    if (operand !== undefined && operand.kind !== 'any') next++
  }
  const left = pattern.operands.slice(next).filter((word) => word.kind !== 'any')
  if (left.length > 0 && !isOpen) return undefined
  return {
    names: found,
    rest: left.map((word) => (word.kind === 'word' ? sampleWord(word) : 'x')),
    options: pattern.options.filter(({ text }) => !used.has(text)).map(sampleWord),
  }
}

export function fillTemplate(
  { words, isOpen }: Template,
  { names: own, rest, options }: Bindings,
): readonly string[] {
  const filled = words.map((parts) =>
    parts.map((part, index) => (index % 2 === 0 ? part : nameOf(part, own))).join(''),
  )
  return [...filled, ...(isOpen ? rest : []), ...options]
}

/** A pattern of all that the template can be, where a rule says so much. */
export function templatePattern(
  { words, isOpen }: Template,
  { names: own, rest, options }: Bindings,
): string {
  const written = words.map((parts) =>
    parts
      .map((part, index) => (index % 2 === 0 ? quoteText(part) : own[part] ? quoteText(own[part]) : '*'))
      .join(''),
  )
  const text = [...written, ...(isOpen ? rest.map(quoteText) : []), ...options.map(quoteText)]
  return text.at(-1) === '*' ? text.join(' ') : `${text.join(' ')} *`
}

function nameOf(name: string, own: Readonly<Record<string, string>>): string {
  return own[name] ?? usualNames[name] ?? name
}

/** Whether the operand is this word, or leaves it open where it is a name. */
function bind(
  parts: readonly string[],
  operand: PatternWord | undefined,
  found: Record<string, string>,
): boolean {
  const isName = parts.length > 1
  if (operand?.kind !== 'word') return isName
  if (!isName) return matchesAlways(operand, parts[0] ?? '')
  if (operand.literal === undefined) return true
  const source = parts.map((part, index) =>
    index % 2 === 0 ? part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : '(.+)',
  )
  const match = new RegExp(`^${source.join('')}$`).exec(operand.literal)
  parts
    .filter((_, index) => index % 2 === 1)
    .forEach((name, index) => {
      const value = match?.[index + 1]
      if (value !== undefined) found[name] = value
    })
  return match !== null
}
