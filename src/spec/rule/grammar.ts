import { parseCapability } from '../../policy/capability/capability.ts'
import type { Stage } from '../../policy/types.ts'
import type { CodeToken, Token } from '../markdown/inline.ts'
import type { Span } from '../markdown/text.ts'
import type { Report } from '../report.ts'
import { agentsMeant, noneLeftOut } from './agents-meant.ts'
import { isNearlyCapability } from './effect-word.ts'
import { exceptPath, readStray } from './meant.ts'
import { strayInReason } from './reason.ts'
import {
  type ClauseName,
  clauseName,
  type Drafting,
  isClauseWord,
  isSeparator,
  secondClause,
  stageMeant,
  stages,
} from './words.ts'

/** What stands behind each clause word, still as written. */
export interface Clauses {
  readonly for?: ListClause
  readonly except?: ListClause
  readonly before?: StageClause
  readonly when?: ListClause
  readonly via?: ListClause
  readonly in?: ListClause
}
export interface ListClause extends Span {
  readonly items: readonly CodeToken[]
}
export interface StageClause extends Span {
  readonly stage: Stage
}

/** A rule behind its effect: syntax alone, nothing looked up. */
export interface Draft {
  readonly capabilities: readonly CodeToken[]
  readonly clauses: Clauses
  /** Where the part before the reason ends. */
  readonly end: number
  /** Where the reason's text begins, behind its dash or `because`. */
  readonly reasonStart?: number
}

/** `capability {"," capability} clause* [reason]`; undefined once something was reported. */
export function parseDraft(
  tokens: readonly Token[],
  { report, ...place }: Pick<Drafting, 'effect' | 'source'> & { readonly report: Report },
): Draft | undefined {
  const list = tokens[0]?.kind === 'code' ? readList(tokens, 0, report) : { items: [], next: 0 }
  if (!list) return undefined
  const drafting = { ...place, capabilities: list.items }
  let clauses: Clauses = {}
  let at = list.next
  let end = list.items.at(-1)?.end ?? tokens[0]?.start ?? 0
  for (;;) {
    const token = tokens[at]
    if (!token) return { capabilities: list.items, clauses, end }
    if (isSeparator(token)) {
      const stray = strayInReason(tokens.slice(at + 1), drafting)
      if (stray) report('rule/in-reason', stray.span, stray.message, { fix: stray.fix })
      return stray ? undefined : { capabilities: list.items, clauses, end, reasonStart: token.end }
    }
    const clause = readClause(tokens, at, drafting, report)
    if (clause === 'none') {
      const { span, message, fix } = readStray(tokens, at, drafting)
      report('rule/unexpected', span, message, { fix })
    }
    if (!clause || clause === 'none') return undefined
    if (clauses[clause.name]) {
      report('rule/repeated-clause', token, `\`${clause.name}\` stands twice`, secondClause(clause.name))
      return undefined
    }
    clauses = { ...clauses, [clause.name]: clause.value }
    at = clause.next
    end = clause.value.end
  }
}

interface Reading<Value> {
  readonly name: ClauseName
  readonly value: Value
  readonly next: number
}

function readClause(
  tokens: readonly Token[],
  at: number,
  drafting: Drafting,
  report: Report,
): Reading<ListClause & StageClause> | Reading<ListClause> | Reading<StageClause> | 'none' | undefined {
  const word = tokens[at]
  const name = word?.kind === 'word' ? clauseName(word.text) : undefined
  if (!word || !name) return 'none'
  return name === 'before'
    ? readStage(tokens, at, word, report)
    : readListClause(tokens, at, { name, drafting }, report)
}

function readStage(
  tokens: readonly Token[],
  at: number,
  word: Token,
  report: Report,
): Reading<StageClause> | undefined {
  const token = tokens[at + 1]
  const stage =
    token?.kind === 'word' || token?.kind === 'code' ? stages.find((name) => name === token.text) : undefined
  if (token?.kind === 'word' && stage) {
    return { name: 'before', value: { stage, start: word.start, end: token.end }, next: at + 2 }
  }
  const [meant] = tokens.slice(at + 1, at + 3).flatMap((one) => stageMeant(one) ?? [])
  const fix = stage
    ? `write it without backticks: before ${stage}`
    : meant
      ? `write: before ${meant}`
      : 'a stage is `start`, `commit`, `push` or `done`'
  report('rule/stage', token ?? word, '`before` is not followed by a stage', { fix })
  return undefined
}

function readListClause(
  tokens: readonly Token[],
  at: number,
  { name, drafting }: { readonly name: ClauseName; readonly drafting: Drafting },
  report: Report,
): Reading<ListClause> | undefined {
  const [word = { start: 0, end: 0 }, first] = tokens.slice(at)
  if (first?.kind !== 'code') {
    report('rule/expected-code', first ?? word, `\`${name}\` is not followed by a code span`, {
      fix: clauseMeant(name, tokens.slice(at + 1), drafting) ?? clauseExamples[name],
    })
    return undefined
  }
  const list = readList(tokens, at + 1, report)
  if (!list) return undefined
  const single = name === 'when' || name === 'via' || name === 'in'
  const second = list.items[1]
  if (single && second) {
    report('rule/unexpected', second, `\`${name}\` takes one code span`, {
      fix: `write a rule of its own for the other one`,
    })
    return undefined
  }
  return {
    name,
    value: { items: list.items, start: word.start, end: list.items.at(-1)?.end ?? word.end },
    next: list.next,
  }
}

/** What stands there without its backticks. */
function clauseMeant(name: ClauseName, tokens: readonly Token[], drafting: Drafting): string | undefined {
  const [next, code] = tokens
  if (name === 'except' && next?.kind === 'word' && next.text === 'for')
    return code?.kind === 'code' && isNearlyCapability(code.text)
      ? `write: except \`${code.text}\``
      : noneLeftOut
  if (name === 'for') {
    const end = tokens.findIndex(isSeparator)
    const last = tokens.at(end < 0 ? -1 : end - 1)
    return next && agentsMeant(drafting.source.slice(next.start, last?.end))
  }
  const isAlone = code === undefined || isSeparator(code) || isClauseWord(code)
  const isOne = isAlone && next?.kind === 'word' && parseCapability(next.text).ok
  if (name === 'except' && isAlone && next?.kind === 'word' && !isOne) return exceptPath(next.text, drafting)
  return isOne && name !== 'in' ? `write: ${name} \`${next.text}\`` : undefined
}

const clauseExamples: Readonly<Record<ClauseName, string>> = {
  for: 'name agents in backticks: for `researcher`, `coder`',
  except: 'name capabilities in backticks: except `file:**/.env.example:read`',
  before: 'write: before done',
  when: 'name a capability in backticks: when `file:src/**:write`',
  via: 'name a command in backticks: via `shell:terraform plan *`',
  in: 'name the project’s folder in backticks: in `~/work/shop`',
}

/** ``, and `b` ``: the comma is enough; and where nothing follows it is too much. */
function withoutJoint(token: Token | undefined, next: Token | undefined): { readonly fix?: string } {
  if (token === undefined || isSeparator(token)) return { fix: 'leave the comma before it out' }
  const isJoint = token?.kind === 'word' && /^(?:and|or|&)$/.test(token.text) && next?.kind === 'code'
  return isJoint ? { fix: `leave the \`${token.text}\` out: the comma is enough` } : {}
}

function readList(
  tokens: readonly Token[],
  from: number,
  report: Report,
): { items: readonly CodeToken[]; next: number } | undefined {
  const items: CodeToken[] = []
  let at = from
  for (;;) {
    const token = tokens[at]
    if (token?.kind !== 'code') {
      report(
        'rule/expected-code',
        token ?? tokens[at - 1] ?? { start: 0, end: 0 },
        'a comma is not followed by a code span',
        isClauseWord(token) ? { fix: 'leave the comma before it out' } : withoutJoint(token, tokens[at + 1]),
      )
      return undefined
    }
    items.push(token)
    const comma = tokens[at + 1]
    if (comma?.kind !== 'word' || comma.text !== ',') return { items, next: at + 1 }
    at += 2
  }
}
