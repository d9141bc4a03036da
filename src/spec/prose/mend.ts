import { type Aim, parseCapability } from '../../policy/capability/capability.ts'
import type { Diagnostic } from '../../shared/diagnostics.ts'
import { tokenize } from '../markdown/inline.ts'
import { parseMarkdown } from '../markdown/parse.ts'
import { createText, oneLine } from '../markdown/text.ts'
import { createReport } from '../report.ts'
import { aims, type RuleContext } from '../rule/build.ts'
import {
  type EffectWord,
  effectTitle,
  isNearlyCapability,
  isWordCapability,
  readEffect,
} from '../rule/effect-word.ts'
import { readItem } from '../rule/item.ts'
import { parseLet } from '../rule/lets.ts'
import type { Meant } from './plain-rule.ts'

/**
 * The person's own line with only what is wrong in it mended: the first attempt that is a rule without a fault; else an
 * example, which says that it is one, since nothing of the line is in it.
 */
export function mendRule(meant: Meant, context: RuleContext): string {
  const head = `- **${effectTitle(meant.effect)}**`
  const aim = meant.effect === 'let' ? 'opens' : aims[meant.effect]
  const lines = [meant.text.split(nextRule)[0] ?? '', meant.text.split(/[\r\n]/)[0] ?? ''].map(oneLine)
  const bodies = lines
    .filter((line) => line.length <= longest)
    .flatMap(unwrap)
    .flatMap((line) => mends(line, aim))
  const why = reasonIn(meant.text) ?? 'why'
  const own = [
    ...bodies.map((body) => `${head} ${body}`),
    ...stages[meant.effect === 'require' ? 'require' : 'other'].map(
      (stage) => `${head} \`${repair(meant.capability, aim)}\`${stage} — ${why}`,
    ),
  ]
  const attempts = [...(meant.lines ?? []), ...(isConditional(meant) ? [] : own)]
  const mended = attempts.find((line) => isSound(line, context))
  return mended === undefined ? ` as in: ${head} ${examples[meant.effect]}` : `: ${mended}`
}

/** "Allow if CI", "in tests", "before noon": no rule says when, and an Allow without it would open more than was written. */
function isConditional({ effect, text, capability }: Meant): boolean {
  const before = text.split(/[`\r\n]/)[0]?.split(capability)[0] ?? ''
  return effect === 'allow' && saysWhen(before)
}

export function saysWhen(words: string): boolean {
  return condition.test(words)
}

const condition =
  /\b(?:if|when(?:ever)?|while|during|before|after|until|till|once|unless|provided|in (?!general\b)|within|inside|on|at)\b/i

/** A line further down that begins like a rule of its own. */
const nextRule = /[\r\n][\s>]*(?:[-+*]\s+)?(?:\*\*|__)\p{L}/u
const longest = 300
const stages = { require: [' before commit'], other: [''] } as const

const examples: Readonly<Record<EffectWord, string>> = {
  allow: '`file:src/**:read` — why',
  deny: '`file:**/.env*:*` — why',
  ask: '`shell:git push *` — why',
  only: '`file:src/**:write` — why',
  limit: '`run:*{timeout:30m}` — why',
  require: '`shell:npm test` before commit — why',
  let: '`@code` = `src/**`',
}

/** Without the ends of markup that began at the effect: `**Deny `env:A`**`, a link, a line through all of it. */
function unwrap(line: string): readonly string[] {
  const body = line.replace(/^(?:<\/\w+>|[:*_~\s])+/, '')
  const inside = body.replace(/^([^`]*`[^`]*`)[*_~]+/, '$1')
  return [body, inside, body.replace(/[*_~\s]+$/, ''), body.replace(/\]\([^()]*\)[*_~\s]*$/, '')]
}

function mends(body: string, aim: Aim): readonly string[] {
  const quoted = quoteBare(
    body.replace(/\[([^[\]`]*)\]\([^()\s]*\)/g, '$1').replace(/<\/?(?:code|tt|kbd)\b[^<>]*>/gi, '`'),
  )
  const near = repairSpans(quoted, aim)
  return [body, quoted, near, agentsBehind(near), near.replace(/^[^`]+(?=`)/, '')]
}

/** ``for `coder`: `file:a:read` — why``: whom it holds for stands behind the capabilities. */
function agentsBehind(body: string): string {
  return body.replace(
    /^for\s+(?:the\s+|agents?\s+)*`?(?!(?:every|any|all|each|me|us)\w*\b)([\w.-]+)`?(?:\s+only)?\s*[:,]?\s+(`[^`]*`(?:,\s*`[^`]*`)*)/i,
    '$2 for `$1`',
  )
}

const bareCommand = /\bshell:\S.*?(?=\s+(?:[—–]|--?\s|because\s|before\s|for\s|except\s|when\s|via\s)|$)/

/** Capabilities without their backticks get them; those of a command end where a clause or the reason begins. */
function quoteBare(body: string): string {
  return outsideCode(body, (text) =>
    bareCommand.test(text)
      ? text.replace(bareCommand, (command) => `\`${command.trim()}\``)
      : text.replace(/\S+/g, (word) => {
          const [, bare = '', end = ''] = /^["'‘‚“„«‹´(]*([a-z]+:.*?)(["'’‘”“»›´),.;]*)$/.exec(word) ?? []
          return isWordCapability(bare) ? `\`${bare}\`${end.replace(/["'’‘”“»›´)]/g, '')}` : word
        }),
  )
}

function outsideCode(body: string, change: (text: string) => string): string {
  return body
    .split(/(`[^`]*`)/)
    .map((piece, index) => (index % 2 === 0 ? change(piece) : piece))
    .join('')
}

function repairSpans(body: string, aim: Aim): string {
  const except = body.search(/\bexcept\b/)
  return body.replace(/`([^`]*)`/g, (span, text: string, at: number) => {
    const isHole = except >= 0 && at > except
    const spanAim = isHole ? (aim === 'opens' ? 'closes' : 'opens') : aim
    return isNearlyCapability(text) ? `\`${repair(text, spanAim)}\`` : span
  })
}

function repair(capability: string, aim: Aim): string {
  const parsed = parseCapability(capability, aim)
  return (parsed.ok ? undefined : parsed.problems[0]?.fix) ?? capability
}

function reasonIn(text: string): string | undefined {
  const reason = /(?:\s(?:[—–]|--?)|\bbecause)\s+([^`]+)$/.exec(oneLine(text))?.[1]
  return reason === undefined || reason.length > longest ? undefined : reason.replace(/[*_~]+$/, '')
}

/** Whether the line, in this file, would be a rule with nothing to report. */
function isSound(line: string, context: RuleContext): boolean {
  const found: Diagnostic[] = []
  const text = createText(context.text.file, line)
  const report = createReport(text, found)
  const [list] = parseMarkdown(text, { bodyStart: 0, report }).children
  const [item] = list?.type === 'list' ? list.children : []
  const [paragraph] = item?.children ?? []
  if (item === undefined || paragraph?.type !== 'paragraph') return false
  const reading = readItem(item, { ...context, text, report, usedLets: new Set() })
  const isLet = () => parseLet(tokenize(line, paragraph).slice(1), text, report) !== undefined
  const isOne = reading.kind === 'rules' ? reading.rules.length > 0 : reading.kind === 'let' && isLet()
  return isOne && found.length === 0 && readEffect(tokenize(line, paragraph)) !== undefined
}
