import { parseCapability } from '../../policy/capability/capability.ts'
import type { CodeToken, Token } from '../markdown/inline.ts'
import { oneLine, type Span, type SpecText } from '../markdown/text.ts'
import type { Report, ReportDetail } from '../report.ts'
import type { NamedPattern } from '../types.ts'
import { isComma, isSeparator, joints } from './words.ts'

const namePattern = /^@[A-Za-z][A-Za-z0-9_-]*$/

/** `` `@code` = `{app,lib}/**` `` behind a **Let**. A name holds in its own file. */
export function parseLet(tokens: readonly Token[], text: SpecText, report: Report): NamedPattern | undefined {
  const [name, equals, pattern, rest] = tokens
  const at = tokens[0] ?? { start: 0, end: 0 }
  const detail = letMeant(text.text.slice(at.start, tokens.at(-1)?.end ?? at.end))
  if (name?.kind !== 'code' || !namePattern.test(name.text)) {
    report('let/syntax', at, 'a Let does not begin with a name such as `@code`', detail)
    return undefined
  }
  if (equals?.kind !== 'word' || equals.text !== '=' || pattern?.kind !== 'code') {
    const message = `\`${name.text}\` is not followed by = and a pattern in backticks`
    report('let/syntax', equals ?? at, message, detail)
    return undefined
  }
  if (rest && !isSeparator(rest)) {
    report('let/syntax', rest, 'a Let has one pattern, and then a reason behind a dash', severalMeant(tokens))
    return undefined
  }
  const whole = parseCapability(pattern.text)
  if (whole.ok) {
    const fix = `write: - **Let** \`${name.text}\` = \`${whole.value.pattern}\``
    report('let/syntax', pattern, 'a Let names a pattern alone, without resource and actions', { fix })
    return undefined
  }
  return { name: name.text, pattern: pattern.text, place: text.place(name) }
}

/** A pattern is written out: a name in it would stand for itself, and close nothing that was meant. */
export function reportNames(
  { name, pattern }: NamedPattern,
  { span, lets }: { readonly span: Span; readonly lets: ReadonlyMap<string, NamedPattern> },
  report: Report,
): void {
  const [first] = /^@[A-Za-z][\w-]*/.exec(pattern) ?? []
  const meant = first && lets.get(first)?.pattern
  const fix =
    meant === undefined || meant.startsWith('@')
      ? `write it out, or \`\\${first}\` for a plain @`
      : `write: - **Let** \`${name}\` = \`${meant}${pattern.slice(first?.length)}\``
  const literal = literalLet(pattern, lets)
  if (first) report('let/syntax', span, `\`${first}\` stands for nothing in the pattern of a Let`, { fix })
  else if (literal)
    report('rule/unlikely', span, `\`${literal.name}\` stands for itself in the pattern of a Let`)
}

/** `` `code` be `src/**` ``, `` `@code = src/**` ``: the same Let, as it is written. */
function letMeant(said: string): ReportDetail {
  const [whole = '', name, pattern] =
    /^`?@?([A-Za-z][\w-]*)`?\s*(?:=|:=?|\b(?:be|is|as)\b|(?=`))\s*`?([^\s`,=]+)`?(?!\S)/.exec(
      oneLine(said),
    ) ?? []
  if (name === undefined) return {}
  const rest = oneLine(said).slice(whole.length)
  return { fix: `write: - **Let** \`@${name}\` = \`${pattern}\`${rest}` }
}

/** `` `@code` = `src/**`, `lib/**` ``: one of several. */
function severalMeant(tokens: readonly Token[]): ReportDetail {
  const [name, ...patterns] = tokens.flatMap((token) => (token.kind === 'code' ? [token.text] : []))
  const isList = tokens.every((token, index) => {
    if (index % 2 === 0) return token.kind === 'code' && (index === 0 || !token.text.startsWith('@'))
    return index === 1 || (token.kind === 'word' && (isComma(token) || joints.has(token.text)))
  })
  return isList ? { fix: `write: - **Let** \`${name}\` = \`{${patterns.join(',')}}\`` } : {}
}

/** A capability's text with its name put in; `columnOf` leads from the new text back to what was written. */
export interface Expanded {
  readonly text: string
  readonly name?: string
  columnOf(column: number): number
}

/** A name stands for the whole beginning of a pattern: `file:@code:write`, `capability://file/@code?action=write`. */
export function expandLet(
  token: CodeToken,
  lets: ReadonlyMap<string, NamedPattern>,
): Expanded | { unknown: string; at: number } {
  const match = /^(capability:\/\/[a-z]+\/(?:\.\/)?|[a-z]+:)(@[A-Za-z0-9_-]*)/.exec(token.text)
  if (!match) return { text: token.text, columnOf: (column) => column }
  const [whole, before = '', name = ''] = match
  const named = lets.get(name)
  if (!named) return { unknown: name, at: before.length }
  const pattern = before.startsWith('capability:') ? inUri(before, named.pattern) : named.pattern
  const grown = pattern.length - name.length
  const columnOf = (column: number) => {
    if (column <= before.length) return column
    return column > before.length + pattern.length ? column - grown : before.length + 1
  }
  return { text: before + pattern + token.text.slice(whole.length), name, columnOf }
}

/** A name that stands where it is not replaced: `file:packages/@code:read`. A backslash before it says that it is meant so. */
export function literalLet(
  text: string,
  lets: ReadonlyMap<string, NamedPattern>,
): { name: string; at: number } | undefined {
  const found = [...text.matchAll(/(?<![\\\w@])@[A-Za-z][\w-]*/g)].find(
    ({ 0: name, index }) => lets.has(name) && !beginning.test(text.slice(0, index)),
  )
  return found && { name: found[0], at: found.index }
}

const beginning = /^(?:capability:\/\/[a-z]+\/(?:\.\/)?|[a-z]+:)$/

/** A uri's path is absolute; a pattern stays relative to the project, as it would in the short spelling. */
function inUri(before: string, pattern: string): string {
  const encoded = pattern.replace(/[%?& ]/g, encodeURIComponent)
  return before === 'capability://file/' && !/^[/~]/.test(pattern)
    ? `./${encoded}`
    : encoded.replace(/^\//, '')
}
