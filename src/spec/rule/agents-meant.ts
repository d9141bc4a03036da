import { oneLine } from '../markdown/text.ts'

/** What is to be written behind `for`, of the words that stand there without backticks. */
export function agentsMeant(text: string): string | undefined {
  const line = oneLine(text.replace(/[*_`~]/g, ''))
  if (leavesAgentsOut(`for ${line}`)) return noneLeftOut
  const [words = ''] = line.split(/,? (?:except|before|when|via|in) /)
  if (everybody.test(words)) return heldForAll
  const names = words
    .replace(/(?: only| alone)?[.,;:]*$/, '')
    .split(/\s*,(?:\s*and\s)?\s*|\s+(?:and|or|&)\s+/)
    .map((one) => one.replace(/^(?:(?:the|an?|agents?)\s+)*(\S+?)(?:\s+agents?)?$/, '$1'))
  return names.every((name) => agent.test(name))
    ? `write: for ${names.map((name) => `\`${name}\``).join(', ')}`
    : undefined
}

/** Whether words leave agents out of those that a rule holds for: `for everyone but coder`. */
export function leavesAgentsOut(text: string): boolean {
  return allBut.test(text.replace(/[*_`~]/g, ''))
}

export const heldForAll = 'leave it out: without `for` a rule holds for all whom its file is for'
export const noneLeftOut =
  'no rule leaves an agent out: name each of the others behind `for`, and `command` for runs without an agent'

const allBut =
  /(?:\b(?:every|any)(?:one|body)|\bagents?|\b(?:for|to|by) (?:all|any|others?))(?: else)?,? (?:but|except(?:ing)?|excluding|(?:other|else) than|apart from|besides|save|(?:that|which|who) (?:is|are)(?: not|n['’]t))\b|\bother agents? than\b|\bnon-\w+ agents?\b/i

const everybody =
  /^(?:every(?:one|body)|any(?:one|body)|all|(?:all|any|every|each)(?: the)? agents?)[.,;:]*$/i
const agent = /^(?!(?:every|any|all|each|me|us|now|others?|the|an?)$)[A-Za-z][\w-]*(?:\.[\w-]+)*$/i
