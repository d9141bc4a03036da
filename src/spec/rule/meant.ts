import { parseCapability, printCapability } from '../../policy/capability/capability.ts'
import { looksLikePath } from '../../policy/capability/meant.ts'
import type { Effect } from '../../policy/types.ts'
import { closest } from '../../shared/closest.ts'
import type { CodeToken, Token } from '../markdown/inline.ts'
import type { Span } from '../markdown/text.ts'
import { leavesAgentsOut, noneLeftOut } from './agents-meant.ts'
import { effectTitle, effectWords, isNearlyCapability, isNearlyEffect } from './effect-word.ts'
import { actionsInside, amountInside, constraintsInside, secretTo, withConstraints } from './inside.ts'
import {
  afterList,
  clauseNames,
  type Drafting,
  exclusions,
  isOpening,
  isSeparator,
  joints,
  lettersOf,
  resourceOf,
  stageMeant,
  stageOf,
  wordSet,
} from './words.ts'

/** What stands in a rule where it holds nothing, and how it would. */
export interface Stray {
  readonly span: Span
  readonly message: string
  readonly fix: string
}

/**
 * What was meant by words that are no part of a rule.
 * INVARIANT: whoever follows the fix has a rule that opens no more, and closes no less, than what was written: a
 * restriction never becomes a reason, which holds nothing.
 */
export function readStray(tokens: readonly Token[], at: number, drafting: Drafting): Stray {
  const rest = tokens.slice(at)
  const end = rest.findIndex(isSeparator)
  const part = end < 0 ? rest : rest.slice(0, end)
  const index = part.findIndex(({ kind }) => kind === 'code')
  const before = index < 0 ? part : part.slice(0, index)
  const code = part[index]
  const words = before.map((token) => lettersOf(token, drafting.source))
  const stretch = { before, words, drafting }
  const whole = { ...stretch, before: part }
  if (leavesAgentsOut(textOf(whole))) return stray(whole, noneLeftOut)
  if (code?.kind !== 'code') return wordsAlone(stretch, tokens[at - 1])
  const own = ownRule(part, index, drafting.source)
  if (own) return { ...own, span: { start: part[0]?.start ?? own.span.start, end: own.span.end } }
  if (before.length === 0) return secondSpan(code, tokens[at - 1], drafting)
  const clause = words.length === 1 ? misspeltClause(words[0] ?? '') : undefined
  if (clause) return stray(stretch, `write \`${clause}\``)
  const inside = secretTo(words, code, tokens[at - 1])
  if (inside)
    return { ...stray(stretch, inside), span: { start: part[0]?.start ?? code.start, end: code.end } }
  return isNearlyCapability(code.text)
    ? beforeCapability(stretch, code)
    : beforeName(stretch, code, tokens[at - 1])
}

/** A rule that begins in the middle of another: an effect right before a capability. */
export function ownRule(tokens: readonly Token[], index: number, source: string): Stray | undefined {
  const code = tokens[index]
  const before = tokens.slice(Math.max(0, index - 2), index)
  const lead = before.findLast((token) => lettersOf(token, source) !== '')
  if (code?.kind !== 'code' || lead === undefined || !isNearlyCapability(code.text)) return undefined
  const letters = lettersOf(lead, source)
  const effect = closest(letters, effectWords) ?? 'deny'
  const isOne = lead.kind === 'word' ? isTitle(lead.text) : isNearlyEffect(letters)
  if (!isOne) return undefined
  const end = tokens[afterList(tokens, index) - 1]?.end ?? code.end
  return {
    span: { start: lead.start, end },
    message: `**${effectTitle(effect)}** begins a rule of its own`,
    fix: ownLine(`**${effectTitle(effect)}** ${source.slice(code.start, end)}`),
  }
}

export function ownLine(rule: string): string {
  return `write it as a rule of its own, on the next line: - ${rule}`
}

/** An exception names the rule's own resource; of another one a Deny holds what was meant. */
export function denyInstead({ text }: CodeToken, { effect, capabilities }: Drafting): string | undefined {
  const fits = capabilities.some((one) => resourceOf(one.text) === resourceOf(text))
  return fits || !isOpening(effect) ? undefined : ownLine(`**Deny** \`${text}\``)
}

interface Stretch {
  readonly before: readonly Token[]
  /** The same as letters. */
  readonly words: readonly string[]
  readonly drafting: Drafting
}

const conditions = wordSet('if when whenever until till while once after during provided before')
const bounds = wordSet('only just solely exclusively never no limited max most up')
const toNames = wordSet('for to by as')
const leaveOut = `a capability is left out with \`except\`: except \`file:**/.env.example:read\`; ${noneLeftOut}`
const dash = 'put a dash before the reason: — why'

function secondSpan(code: CodeToken, previous: Token | undefined, { effect }: Drafting): Stray {
  const isName = /^[A-Za-z][\w.-]*$/.test(code.text)
  const fix =
    withConstraints(previous, code.text, effect) ??
    (isName ? behindFor(code.text) : 'put a comma between them')
  return { span: code, message: `\`${code.text}\` stands behind another code span`, fix }
}

function beforeCapability(stretch: Stretch, code: CodeToken): Stray {
  const { words, drafting } = stretch
  if (hasOne(words, exclusions)) return stray(stretch, denyInstead(code, drafting) ?? 'write `except`')
  if (hasOne(words, conditions))
    return stray({ ...stretch, before: [...stretch.before, code] }, conditionFix(drafting.effect))
  if (hasOnly(words, joints)) return stray(stretch, 'put a comma between code spans')
  return stray(stretch, 'write `except` before it if it is left out, and a comma if it is one more')
}

function beforeName(stretch: Stretch, { text }: CodeToken, previous: Token | undefined): Stray {
  const { words, before, drafting } = stretch
  const leads = words.slice(0, -1)
  const goesOn = previous?.kind === 'code' && !drafting.capabilities.includes(previous)
  const isMore = goesOn && words.at(-1) === 'for' && leads.length > 0 && hasOnly(leads, joints)
  if (isMore || hasOnly(words, joints)) return stray(stretch, 'put a comma between code spans')
  if (words.at(-1) === 'for' && leads.length > 0 && hasOnly(leads, bounds)) {
    const lead = { ...stretch, before: before.slice(0, -1) }
    return stray(lead, `leave the \`${textOf(lead)}\` out`)
  }
  const hole = hasOne(words, exclusions) ? exceptPath(text, drafting) : undefined
  if (hole) return stray(stretch, hole)
  if (hasOne(words, exclusions)) return stray(stretch, hasOne(words, toNames) ? noneLeftOut : leaveOut)
  if (hasOne(words, conditions))
    return stray(stretch, 'name the agents that it holds for: for `researcher`, `coder`')
  if (hasOnly(words, new Set([...bounds, ...toNames]))) return stray(stretch, 'write `for`')
  const isReason = !isOpening(drafting.effect) && !hasOne(words, bounds)
  return stray(stretch, isReason ? dash : behindFor(text))
}

/** A path without its capability: what the rule says of files, left out there. */
export function exceptPath(path: string, { capabilities: [first] }: Drafting): string | undefined {
  const rule = first && parseCapability(first.text)
  if (!looksLikePath(path) || !rule?.ok || rule.value.resource !== 'file') return undefined
  const hole = parseCapability(`file:${path}:${rule.value.actions.join(',')}`)
  const text = hole.ok ? printCapability(hole.value) : hole.problems[0]?.fix
  return text && `write: except \`${text}\``
}

function wordsAlone(stretch: Stretch, previous: Token | undefined): Stray {
  const { before, words, drafting } = stretch
  const [word = ''] = words
  // `, push`, `, and before push`
  const at = before.slice(0, 4).findIndex((token) => stageOf(token))
  const stage = stageOf(before[at])
  if (stage && stageOf(previous))
    return stray({ ...stretch, before: before.slice(0, at + 1) }, ownStage(drafting, stage))
  const alone = { ...stretch, before: before.slice(0, 1) }
  const inside =
    constraintsInside(before, previous, drafting) ??
    amountInside(before, previous) ??
    actionsInside(words, previous)
  if (inside) return stray(stretch, inside)
  if (word === '') return stray(alone, `leave the \`${textOf(alone)}\` out`)
  if (word === 'and' || word === 'or') return stray(alone, 'put a comma between code spans')
  const clause = misspeltClause(word)
  if (clause) return stray(alone, `write \`${clause}\``)
  if (hasOne(words, exclusions))
    return stray(alone, 'name what is left out in backticks: except `file:**/.env.example:read`')
  if (hasOne(words, conditions)) return stray(alone, conditionFix(drafting.effect, word))
  const late =
    drafting.effect === 'require' ? before.map(stageMeant).find((one) => one !== undefined) : undefined
  if (late) return stray(stretch, `write: before ${late}`)
  if (isOpening(drafting.effect) && hasOne(words, bounds))
    return stray(alone, 'a bound is part of the pattern, or a clause: for `coder`, except `file:**/.env*:*`')
  if (drafting.effect === 'limit' && previous?.kind === 'code' && !previous.text.endsWith('}'))
    return stray(
      stretch,
      'how much stands inside of the backticks: `run:*{timeout:30m,memory:4GB,processes:512}`',
    )
  return stray(alone, dash)
}

/** `before commit, push`: of a stage each has a rule of its own. */
function ownStage({ capabilities, source }: Drafting, stage: string): string {
  const command = source.slice(capabilities[0]?.start, capabilities.at(-1)?.end)
  return ownLine(`**Require** ${command} before ${stage}`)
}

/** No rule has a condition but a Require: without it an Allow would open more, the others only close more. */
function conditionFix(effect: Effect, word = ''): string {
  if (effect === 'require' && word === 'after') return 'a Require is run before a stage: before commit'
  if (effect === 'require') return 'write: when `file:src/**:write`'
  if (isOpening(effect))
    return 'a rule has no such condition: write **Ask**, so that a person looks each time'
  return 'a rule has no such condition: leave it out, and the rule holds always'
}

function misspeltClause(word: string): string | undefined {
  // Half of all short words are an edit away from `in` or `for`.
  return word.length > 4 ? closest(word, clauseNames) : clauseNames.find((known) => known === word)
}

function behindFor(name: string): string {
  return `the name of an agent stands behind \`for\`: for \`${name}\``
}

function stray(stretch: Stretch, fix: string): Stray {
  const { before } = stretch
  const span = { start: before[0]?.start ?? 0, end: before.at(-1)?.end ?? 0 }
  return { span, message: `\`${textOf(stretch)}\` is no part of a rule`, fix }
}

function textOf({ before, drafting: { source } }: Stretch): string {
  return source.slice(before[0]?.start, before.at(-1)?.end).replace(/\s+/g, ' ').slice(0, 60)
}

function isTitle(text: string): boolean {
  return effectWords.some((effect) => effectTitle(effect) === text.replace(/:$/, ''))
}

function hasOne(words: readonly string[], set: ReadonlySet<string>): boolean {
  return words.some((word) => set.has(word))
}

function hasOnly(words: readonly string[], set: ReadonlySet<string>): boolean {
  return words.every((word) => word === '' || set.has(word))
}
