import type { ListItem } from 'mdast'
import { isUrl, looksLikePath } from '../../policy/capability/meant.ts'
import { tokenize } from '../markdown/inline.ts'
import type { RuleContext } from './build.ts'
import { isNearlyCapability, isWordCapability, readEffect } from './effect-word.ts'
import { isClauseWord, isSeparator } from './words.ts'

export function startsWithCode(item: ListItem): boolean {
  const [paragraph] = item.children
  return paragraph?.type === 'paragraph' && paragraph.children[0]?.type === 'inlineCode'
}

/** With its backticks, or without: then it is told that they are missing. */
export function beginsCapability(item: ListItem, { text }: RuleContext): boolean {
  const [paragraph] = item.children
  if (paragraph?.type !== 'paragraph') return false
  const [first] = tokenize(text.text, paragraph)
  const isBare = first?.kind === 'word' && isWordCapability(first.text) && !isUrl(first.text)
  return startsWithCode(item) || isBare
}

/** Nothing but a capability, perhaps with clauses and a reason: what an item of a group looks like. */
export function isBareCapability(item: ListItem, { text }: RuleContext): boolean {
  const [paragraph] = item.children
  if (paragraph?.type !== 'paragraph') return false
  const [first, second] = tokenize(text.text, paragraph)
  if (first?.kind !== 'code' || !isNearlyCapability(first.text)) return false
  return (
    !second || isSeparator(second) || isClauseWord(second) || (second.kind === 'word' && second.text === ',')
  )
}

export function mentionsRule(item: ListItem, { text }: RuleContext): boolean {
  const [paragraph] = item.children
  if (paragraph?.type !== 'paragraph') return false
  const tokens = tokenize(text.text, paragraph)
  const [first] = tokens
  return (
    readEffect(tokens) !== undefined ||
    (tokens.length === 1 && first?.kind === 'word' && looksLikePath(first.text)) ||
    tokens.some(
      (token) =>
        (token.kind === 'code' && isNearlyCapability(token.text)) ||
        (token.kind === 'word' && isWordCapability(token.text)),
    )
  )
}

export function beginsEffect({ children: [paragraph] }: ListItem, { text }: RuleContext): boolean {
  return paragraph?.type === 'paragraph' && readEffect(tokenize(text.text, paragraph)) !== undefined
}
