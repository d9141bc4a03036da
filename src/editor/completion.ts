import { type CompletionItem, CompletionItemKind, type CompletionList } from 'vscode-languageserver'
import type { Span } from '../spec/markdown/text.ts'
import { type EffectWord, effectTitle, effectWords } from '../spec/rule/effect-word.ts'
import { type ClauseName, stages } from '../spec/rule/words.ts'
import { type ListFolder, offerCapability } from './capability-completion.ts'
import type { Cursor } from './cursor.ts'
import { offerFrontMatter } from './front-matter-completion.ts'
import { type CodeContext, readItemContext } from './item-context.ts'
import type { Offer, Offers } from './offer.ts'

/** What can be written here. `list` names what lies in a folder of the project. */
export function completionAt(cursor: Cursor, list: ListFolder): CompletionList {
  const found = offerFrontMatter(cursor) ?? offerInItem(cursor, list)
  const items = (found?.offers ?? []).map((offer, index): CompletionItem => {
    const { text, label = text, about, kind } = offer
    return {
      label,
      kind,
      ...(about !== undefined && { detail: about }),
      sortText: String(index).padStart(4, '0'),
      filterText: label,
      textEdit: { range: cursor.rangeOf(found?.typed ?? { start: 0, end: 0 }), newText: text },
    }
  })
  return { isIncomplete: items.length > 0, items }
}

function offerInItem(cursor: Cursor, list: ListFolder): Offers | undefined {
  const { text, offset } = cursor
  const context = readItemContext(text, offset)
  switch (context?.kind) {
    case 'effect':
      return { typed: withClosing(context, text), offers: effectOffers(context.mark) }
    case 'stage':
      return { typed: context.typed, offers: stages.map((stage) => ({ text: stage, kind: keyword })) }
    case 'clause':
      return { typed: context.typed, offers: clauseOffers(context.effect, cursor) }
    case 'code':
      return offerInCode(cursor, context, list)
    case undefined:
      return undefined
  }
}

function offerInCode(cursor: Cursor, context: CodeContext, list: ListFolder): Offers | undefined {
  const agents = agentOffers(cursor)
  if (context.role === 'agent')
    return { typed: { start: context.span.start, end: cursor.offset }, offers: agents }
  const isCapability = context.role === 'capability' || context.role === 'command'
  return isCapability ? offerCapability(cursor, context, { list, agents }) : undefined
}

const keyword = CompletionItemKind.Keyword

const effectMeanings: Readonly<Record<EffectWord, string>> = {
  allow: 'may happen',
  only: 'may happen, and nothing else of the kind',
  deny: 'never happens, whatever allows it',
  ask: 'a person is asked first',
  limit: 'amounts that nothing goes beyond',
  require: 'a command that must pass before a stage',
  let: 'a name for a pattern: `@code` = `{app,lib}/**`',
}

function effectOffers(mark: string): readonly Offer[] {
  return effectWords.map((word) => ({
    text: effectTitle(word) + mark,
    label: effectTitle(word),
    about: effectMeanings[word],
    kind: keyword,
  }))
}

/** Editors that write both ends of a bold word at once have its end behind the point. */
function withClosing({ typed, mark }: { typed: Span; mark: string }, text: string): Span {
  return { start: typed.start, end: text.startsWith(mark, typed.end) ? typed.end + mark.length : typed.end }
}

const clauses: Readonly<
  Record<ClauseName, { readonly about: string; readonly with?: readonly EffectWord[] }>
> = {
  except: { about: 'what the rule does not speak of' },
  for: { about: 'the agents that it is for' },
  before: { about: 'the stage before which it must pass', with: ['require'] },
  when: { about: 'only if the run did this', with: ['require'] },
  via: { about: 'only for what this command does', with: ['allow', 'only'] },
  in: { about: 'only in this project' },
}

function clauseOffers(effect: EffectWord, { file }: Cursor): readonly Offer[] {
  return (Object.keys(clauses) as ClauseName[]).flatMap((name) => {
    const { about, with: effects } = clauses[name]
    const isMisplaced = (effects && !effects.includes(effect)) || (name === 'in' && !file.startsWith('~/'))
    return isMisplaced || effect === 'let' ? [] : [{ text: name, about, kind: keyword }]
  })
}

function agentOffers({ snapshot }: Cursor): readonly Offer[] {
  const named = snapshot.set.agents.map(({ name, description }) => ({
    text: name,
    about: description,
    kind: CompletionItemKind.Class,
  }))
  return [
    ...named,
    { text: 'command', about: 'a run without an agent’s name', kind: CompletionItemKind.Class },
  ]
}
