import type { Effect, Stage } from '../../policy/types.ts'
import type { CodeToken, Token } from '../markdown/inline.ts'

export const clauseNames = ['for', 'except', 'before', 'when', 'via', 'in'] as const
export type ClauseName = (typeof clauseNames)[number]
export const stages: readonly Stage[] = ['start', 'commit', 'push', 'done']

/** The rule that its tokens are read for. */
export interface Drafting {
  readonly effect: Effect
  /** The file's text. */
  readonly source: string
  /** The capabilities that are read already. */
  readonly capabilities: readonly CodeToken[]
}

export function isSeparator(token: Token): boolean {
  return token.kind === 'word' && ['—', '–', '-', '--', 'because'].includes(token.text)
}

/** Whether it says before what: then it is surely a rule. */
export function namesStage(tokens: readonly Token[]): boolean {
  return tokens.some((token, index) => {
    return token.kind === 'word' && token.text === 'before' && stageOf(tokens[index + 1]) !== undefined
  })
}

export function stageOf(token: Token | undefined): Stage | undefined {
  return token?.kind === 'word' ? stages.find((name) => name === token.text) : undefined
}

/** Another form of its word: `committing`, `each push`. */
export function stageMeant(token: Token | undefined): Stage | undefined {
  if (token?.kind !== 'word') return undefined
  const letters = token.text.toLowerCase()
  return stages.find((name) => letters.startsWith(name)) ?? (/^finish/.test(letters) ? 'done' : undefined)
}

export function isClauseWord(token: Token | undefined): boolean {
  return token?.kind === 'word' && clauseName(token.text) !== undefined
}

export function clauseName(word: string): ClauseName | undefined {
  return clauseNames.find((name) => name === word)
}

/** What to do about a second clause of one kind: only lists of agents and of exceptions go on behind a comma. */
export function secondClause(name: ClauseName): { readonly fix?: string } {
  return name === 'for' || name === 'except' ? {} : { fix: 'write a rule of its own for the other one' }
}

/** Where the code spans that begin at `from` end, with commas between them: the index of what follows. */
export function afterList(tokens: readonly Token[], from: number): number {
  let at = from + 1
  while (isComma(tokens[at]) && tokens[at + 1]?.kind === 'code') at += 2
  return at
}

export function isComma(token: Token | undefined): boolean {
  return token?.kind === 'word' && token.text === ','
}

/** A token as it is read, without markup and punctuation. */
export function lettersOf({ start, end }: Token, source: string): string {
  return source
    .slice(start, end)
    .replace(/[*_~.,;:!()]/g, '')
    .toLowerCase()
}

/** Words that leave out what stands behind them. */
export const exclusions: ReadonlySet<string> = new Set(
  'except excepting excluding unless but without not minus besides outside'.split(' '),
)

/** Words that add one more. */
export const joints: ReadonlySet<string> = wordSet('and or & + plus also')

export function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '))
}

export function isOpening(effect: Effect): boolean {
  return effect === 'allow' || effect === 'only'
}

export function resourceOf(text: string): string {
  return /^(?:capability:\/\/)?([a-z]+)/.exec(text)?.[1] ?? ''
}
