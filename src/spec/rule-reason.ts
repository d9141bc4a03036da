import { startsAsCapability } from './effect-word.ts'
import type { Token } from './inline.ts'
import { denyInstead, ownRule, type Stray } from './rule-meant.ts'
import { afterList, type Drafting, exclusions, isClauseWord, isSeparator, lettersOf } from './rule-words.ts'

/** A rule or a clause that stands behind the reason's dash, where it holds nothing. A capability alone is a mention. */
export function strayInReason(tokens: readonly Token[], drafting: Drafting): Stray | undefined {
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'code' || !isSurelyCapability(token.text)) continue
    const found = strayRule(tokens, index, drafting.source) ?? strayException(tokens, index, drafting)
    if (found) return found
  }
  return undefined
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
  const [, list = ''] = forAgents.exec(reason) ?? []
  return list === '' ? [] : list.replace(/`/g, '').split(/, ?| and /)
}

const agent = '`?[\\w-]+(?:\\.[\\w-]+)*`?'
const forAgents = new RegExp(
  `^(?:only )?for (${agent}(?:(?:, ?| and )${agent})*)(?: only)?[.,;]?(?=$| *[—–]| because )`,
)
