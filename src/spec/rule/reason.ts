import type { Token } from '../markdown/inline.ts'
import { startsAsCapability } from './effect-word.ts'
import { constraintsInside } from './inside.ts'
import { denyInstead, ownRule, type Stray } from './meant.ts'
import { afterList, type Drafting, exclusions, isClauseWord, isSeparator, lettersOf } from './words.ts'

/** A rule or a clause that stands behind the reason's dash, where it holds nothing. A capability alone is a mention. */
export function strayInReason(tokens: readonly Token[], drafting: Drafting): Stray | undefined {
  const clause = strayClause(tokens, drafting)
  if (clause) return clause
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'code' || !isSurelyCapability(token.text)) continue
    const found = strayRule(tokens, index, drafting.source) ?? strayException(tokens, index, drafting)
    if (found) return found
  }
  return undefined
}

/** Nothing but a clause, or a constraint: ``— in `~/work/shop` ``, `— until 2027-01-01`. */
function strayClause(tokens: readonly Token[], drafting: Drafting): Stray | undefined {
  const end = tokens.findIndex(isSeparator)
  const part = (end < 0 ? tokens : tokens.slice(0, end)).filter(
    (token) => token.kind !== 'word' || lettersOf(token, drafting.source) !== '',
  )
  const [word, code] = part
  const last = part.at(-1)
  if (word?.kind !== 'word' || last === undefined) return undefined
  const span = { start: word.start, end: last.end }
  const inside = constraintsInside(part, drafting.capabilities.at(-1), drafting)
  if (inside)
    return { span, message: 'a constraint stands in the reason, where nothing holds it', fix: inside }
  const isClause = code?.kind === 'code' && part.length === 2 && clauseShapes[word.text]?.(code.text) === true
  if (!isClause) return undefined
  const text = drafting.source.slice(span.start, span.end)
  return {
    span,
    message: `\`${word.text}\` stands in the reason, where nothing holds it`,
    fix: `write it before the dash: ${text}`,
  }
}

/** What surely is one behind its word. */
const clauseShapes: Readonly<Record<string, (text: string) => boolean>> = {
  in: (text) => /^(?:~\/|\/)/.test(text),
  via: isSurelyCapability,
  when: isSurelyCapability,
}

/** A reason is prose: an address, or a line of some other YAML, is no capability there. */
function isSurelyCapability(text: string): boolean {
  return startsAsCapability(text) && !/^[a-z]+:(?:\s|\/\/)/.test(text)
}

/** Bold it is a rule wherever it stands; in plain letters where a sentence begins. */
function strayRule(tokens: readonly Token[], index: number, source: string): Stray | undefined {
  const own = ownRule(tokens, index, source)
  const at = tokens.findIndex(({ start }) => start === own?.span.start)
  const lead = tokens[at]
  const isRule = lead?.kind !== 'word' || (begins(tokens, at, source) && endsAt(tokens, index, source))
  return isRule ? own : undefined
}

function begins(tokens: readonly Token[], at: number, source: string): boolean {
  const [before, lead] = [tokens[at - 1], tokens[at]]
  if (before === undefined || lead === undefined) return true
  const gap = source.slice(before.end, lead.start)
  return (
    /[\r\n]/.test(gap) || /^(?:but|and|or|then|also|.*[.;:,])$/.test(source.slice(before.start, before.end))
  )
}

/** `Only a is used today` goes on, and is a sentence. */
function endsAt(tokens: readonly Token[], index: number, source: string): boolean {
  const next = tokens[afterList(tokens, index)]
  return (
    next?.kind !== 'word' ||
    isSeparator(next) ||
    isClauseWord(next) ||
    lettersOf(next, source) === '' ||
    exclusions.has(lettersOf(next, source))
  )
}

/** They contrast as often as they leave out; and what a Deny or an Ask does not leave out is closed, which is safe. */
const contrasts: ReadonlySet<string> = new Set(['but', 'without', 'not', 'minus', 'besides'])

function strayException(tokens: readonly Token[], index: number, drafting: Drafting): Stray | undefined {
  const [earlier, last] = tokens
    .slice(Math.max(0, index - 2), index)
    .map((token) => lettersOf(token, drafting.source))
  const opens = drafting.effect === 'allow' || drafting.effect === 'only'
  const word = [last ?? earlier, last === 'for' ? earlier : undefined].find(
    (one) => exclusions.has(one ?? '') && (opens || !contrasts.has(one ?? '')),
  )
  const code = tokens[index]
  if (word === undefined || code?.kind !== 'code') return undefined
  const end = tokens[afterList(tokens, index) - 1]?.end ?? code.end
  const lead = tokens[index - 1] ?? code
  const text = drafting.source.slice(code.start, end)
  return {
    span: { start: lead.start, end },
    message: `what stands behind \`${word}\` is part of the reason, and not left out`,
    fix: denyInstead(code, drafting) ?? `write it before the dash: except ${text}`,
  }
}

/** The agents that a reason is nothing but a `for` of, and so perhaps the rule's clause. */
export function agentsIn(reason: string): readonly string[] {
  return agentsOf(forAgents.exec(reason)?.[1])
}

/** Those that a reason does nothing but leave out: `for all but coder`, `not for coder`. */
export function agentsLeftOut(reason: string): readonly string[] {
  return agentsOf(forOthers.exec(reason)?.[1])
}

function agentsOf(list: string | undefined): readonly string[] {
  return list === undefined ? [] : list.replace(/`/g, '').split(/, ?| and /)
}

const agent = '`?[\\w-]+(?:\\.[\\w-]+)*`?'
const agentList = `(${agent}(?:(?:, ?| and )${agent})*)`
const ending = '[.,;]?(?=$| *[—–]| (?:because|since|so) )'
const forAgents = new RegExp(`^(?:only )?for ${agentList}(?: only)?${ending}`)
const forOthers = new RegExp(
  `^(?:[\\w-]+,? ){0,4}(?:but|except|excluding|than|apart from|besides|not)(?: for| by| to)?(?: the)? ${agentList}${ending}`,
)
