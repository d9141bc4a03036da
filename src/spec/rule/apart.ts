import type { BlockContent, DefinitionContent, ListItem, Paragraph } from 'mdast'
import type { Effect } from '../../policy/types.ts'
import { spanOf, tokenize } from '../markdown/inline.ts'
import type { RuleContext } from './build.ts'
import { effectTitle, isNearlyCapability, readEffect } from './effect-word.ts'
import type { Draft } from './grammar.ts'
import { strayInReason } from './reason.ts'

export type Below = BlockContent | DefinitionContent | ListItem

interface Head {
  readonly paragraph: Paragraph
  readonly effect: Effect
  readonly context: RuleContext
}

/** The capability of an effect that has none, where it stands close by: surely it was meant for it. */
export function reportApart(
  { paragraph, effect, context }: Head,
  rest: readonly Below[],
  next: ListItem | undefined,
): boolean {
  const below = rest.find((block) => block.type === 'paragraph')
  const [block] = below ? [below] : (next?.children ?? [])
  const code = block?.type === 'paragraph' ? block.children[0] : undefined
  if (code?.type !== 'inlineCode' || !isNearlyCapability(code.value)) return false
  const title = effectTitle(effect)
  const fix = below
    ? `write it behind the effect: - **${title}** \`${code.value}\``
    : 'indent the items that belong to it by two columns'
  context.report(
    'rule/near-miss',
    spanOf(paragraph),
    `**${title}** looks like a rule and is none: \`${code.value}\` stands apart from it`,
    { fix },
  )
  return true
}

/** An exception that stands below its rule is in its reason, too. */
export function reportBelow(
  rest: readonly Below[],
  { draft, effect, context }: Pick<Head, 'effect' | 'context'> & { readonly draft: Draft },
): boolean {
  const source = context.text.text
  const drafting = { effect, source, capabilities: draft.capabilities }
  for (const block of rest.flatMap((node) => (node.type === 'list' ? node.children : [node]))) {
    const paragraph = block.type === 'listItem' ? block.children[0] : block
    const tokens = paragraph?.type === 'paragraph' ? tokenize(source, paragraph) : []
    const stray = readEffect(tokens) ? undefined : strayInReason(tokens, drafting)
    if (stray === undefined) continue
    context.report('rule/in-reason', stray.span, stray.message, { fix: stray.fix })
    return true
  }
  return false
}
