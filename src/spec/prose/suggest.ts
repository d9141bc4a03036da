import { parseCapability } from '../../policy/capability/capability.ts'
import { readAct } from './plain-act.ts'
import { type PlainSentence, plainSentence } from './plain-sentence.ts'

/** What a list stands under: its items are whole sentences only with that word. */
export type ListHead = 'never' | 'always' | 'ask'

/**
 * The rule that a sentence plainly means; undefined where it could mean something else. Every word must be understood.
 * INVARIANT: never an Allow, an Only or a Limit. A suggestion only ever tightens.
 */
export function suggestRule(sentence: string, head?: ListHead): string | undefined {
  const plain = plainSentence(sentence)
  return plain && (read(plain, head) ?? undefined)
}

function read({ words, spans }: PlainSentence, head: ListHead | undefined): string | undefined {
  const required = requireForm.exec(words)
  if (required && head !== 'never' && head !== 'ask') return requireRule(required, spans)
  const asked = firstAct(askForms, words) ?? (head === 'ask' ? words : undefined)
  if (asked !== undefined) return printRule('Ask', asked, spans)
  const refused = firstAct(denyForms, words) ?? (head === 'never' ? words : undefined)
  return refused === undefined ? undefined : printRule('Deny', refused, spans)
}

const people = '(?:me|us|someone|somebody|a person|a human|a maintainer|the user|the owner|the maintainer)'
const leave =
  '(?:(?:explicit|prior|written|human|user|manual|my|our|the|an?) )*(?:approval|permission|confirmation|consent|sign-?off)'
const who = '(?:(?:you|agents?|the agent|an agent|we|please|always|must|should|first|also) )*'
const refusal = [
  '(?:must|should|shall|may|can|do|does|will) (?:not|never)',
  "never|mustn't|shouldn't|don't|can't|cannot|avoid|no",
  '(?:is|are) (?:not|never) (?:allowed|permitted) to',
  '(?:is|are) (?:forbidden|prohibited) (?:to|from)',
].join('|')

/** Each says that a person is asked, before the act that it names. */
const askForms: readonly RegExp[] = [
  new RegExp(
    `^${who}(?:ask(?: ${people})?|confirm|check with ${people}|(?:get|request|obtain) ${leave})(?: (?:first|with ${people}|from ${people}|for ${leave}))* before (?:you )?(?<act>.+)$`,
  ),
  new RegExp(
    `^${who}(?:${refusal}) (?<act>.+?) without (?:first )?(?:asking|${leave})(?: (?:first|${people}|from ${people}|of ${people}|for ${leave}))*$`,
  ),
  new RegExp(`^(?<act>.+?) (?:always )?(?:needs?|requires?) ${leave}$`),
]

/** Each refuses the act that it names. */
const denyForms: readonly RegExp[] = [
  new RegExp(`^${who}(?:${refusal}) (?!be )(?<act>.+)$`),
  /^(?<act>.+?) (?:is|are) (?:strictly |always )?(?:forbidden|prohibited|not allowed|not permitted|never allowed|off[- ]limits)$/,
  /^(?<object>.+?) (?:(?:must|may|should|shall|can|will|is|are) (?:not|never)|cannot|can't|mustn't)(?: to)?(?: ever)? be (?<done>.+)$/,
]
const readOnlyForm = /^(?:(?:treat|keep|consider) )?(?<object>.+?) (?:is |are |as )?(?:\w+ )?read-only$/

function firstAct(forms: readonly RegExp[], words: string): string | undefined {
  for (const form of forms) {
    const groups = form.exec(words)?.groups
    if (groups) return groups.act ?? `${groups.done} ${groups.object}`
  }
  const object = forms === denyForms ? readOnlyForm.exec(words)?.groups?.object : undefined
  return object === undefined ? undefined : `modify ${object}`
}

function printRule(effect: 'Ask' | 'Deny', words: string, spans: readonly string[]): string | undefined {
  const capabilities = readAct({ words, spans })
  if (!capabilities?.every((text) => parseCapability(text).ok)) return undefined
  return `**${effect}** ${capabilities.map((text) => `\`${text}\``).join(', ')}`
}

const requireForm =
  /^(?:(?:always|(?:you |agents? )?must|make sure to|be sure to) )*run §(?<command>\d+)(?: (?:successfully|first))? before (?:(?:you|every|each|any|a|the|are|is|being|calling it|saying) )*(?<stage>commit|push|finish|done)(?:t?ing|s|es)?(?: (?:code|changes|anything|work))?$/

const stages: Readonly<Record<string, string>> = {
  commit: 'commit',
  push: 'push',
  finish: 'done',
  done: 'done',
}

function requireRule({ groups }: RegExpExecArray, spans: readonly string[]): string | undefined {
  const command = `shell:${spans[Number(groups?.command)] ?? ''}`
  const plain = parseCapability(command).ok && !/[*?[{\\]/.test(command)
  return plain ? `**Require** \`${command}\` before ${stages[groups?.stage ?? '']}` : undefined
}
