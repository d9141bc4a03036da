import type { Range } from 'vscode-languageserver'
import { type CoveredLine, holdingsOf } from '../ops/points/coverage.ts'
import { judgeRule, pointNames } from '../ops/points/points.ts'
import { printCapability } from '../policy/capability/capability.ts'
import type { Rule } from '../policy/types.ts'
import type { Holding, HoldMachine } from '../sandbox/holds.ts'
import { codeSpan } from './code-text.ts'
import type { Cursor } from './cursor.ts'
import { holdsPoint } from './positions.ts'
import { ruleMeaning } from './rule-meaning.ts'

export interface HoverText {
  readonly markdown: string
  readonly range: Range
}

/** What the line at the cursor means, and what holds it on this machine. `lines`: of all specs in force. */
export function hoverAt(
  { file, point, rangeAt }: Cursor,
  lines: readonly CoveredLine[],
  machine: HoldMachine,
): HoverText | undefined {
  const here = lines.filter(({ place }) => place.file === file && holdsPoint(place, point))
  // A sentence in the text of a rule stands within it: the inner one is meant.
  const line = here.find(({ advisory }) => advisory !== undefined) ?? here.at(-1)
  if (line === undefined) return undefined
  const { rule, advisory, place } = line
  const parts = [
    advisory ? sentenceText(line) : rule && ruleMeaning(rule),
    rule && heldText(rule, line, machine),
  ].filter((part) => part !== undefined)
  return { markdown: parts.join('\n\n'), range: rangeAt(place) }
}

const levels: Readonly<Record<Holding['level'], string>> = {
  full: 'held in full',
  partial: 'held in part',
  none: 'not held',
}

function heldText(rule: Rule, { verdict }: CoveredLine, machine: HoldMachine): string {
  const holdings = holdingsOf(rule, machine)
  const held = pointNames.filter((point) => holdings[point].level !== 'none')
  const rest = pointNames.filter((point) => !held.includes(point))
  return [
    `**On this machine ${levels[verdict.level]}**${verdict.missing === undefined ? '' : `: ${verdict.missing}`}`,
    '',
    ...eachHeld(rule, machine),
    ...held.map((point) => `- ${point}: ${describe(holdings[point])}`),
    ...(rest.length === 0 ? [] : [`- not by: ${rest.join(', ')}`]),
  ].join('\n')
}

/** A rule is held as far as its least held capability: of several each is told. */
function eachHeld(rule: Rule, machine: HoldMachine): readonly string[] {
  if (rule.capabilities.length < 2) return []
  return rule.capabilities.map((capability) => {
    const verdict = judgeRule({ ...rule, capabilities: [capability] }, machine)
    return `- ${codeSpan(printCapability(capability))}: ${describe(verdict)}`
  })
}

function describe({ level, missing }: Holding): string {
  return missing === undefined ? levels[level] : `${levels[level]}: ${missing}`
}

function sentenceText({ advisory, rule }: CoveredLine): string {
  if (rule !== undefined) {
    const { file, line, text } = rule.source
    return `**Advisory**, and a rule says the same: ${codeSpan(text)} (${codeSpan(`${file}:${line}`)})`
  }
  const suggestion = advisory?.suggestion
  const lead = '**Advisory**: the agent reads it, nothing holds it'
  return suggestion === undefined ? lead : `${lead}\n\nas a rule: ${codeSpan(`- ${suggestion}`)}`
}
