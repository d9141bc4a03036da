import type { ExplainedPart, Explanation } from '../../policy/explain/explain.ts'
import type { Constraints, Decision, DecisionEffect, Rule } from '../../policy/types.ts'
import { renderPlace } from './diagnostics.ts'
import { paintEffect, renderRuleLine, renderRulePlace } from './rules.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'

export interface Explained extends Omit<Explanation, 'request'> {
  /** As it was asked. */
  readonly request: string
  readonly constraints: Constraints
}

/** The answer, the line it stands on, and what would change it. */
export function renderExplained(explained: Explained, style: Style): string {
  const { request, effect, rule, because, parts, https, nearest, changes } = explained
  const row = (name: string, text: string) => `${style.dim(name.padEnd(7))}${text}\n`
  return [
    `${paintEffect(effect, style)(style.bold(effect.padEnd(6)))} ${sanitizeLine(request)}\n`,
    row('why', sanitizeLine(because)),
    ...(rule === undefined ? [] : [row('rule', renderRuleLine(rule, style))]),
    ...parts.map((part) =>
      row(
        'part',
        `${paintEffect(part.effect, style)(part.effect.padEnd(5))} ${sanitizeLine(part.text)}${part.rule ? `  ${style.place(renderRulePlace(part.rule))}` : ''}`,
      ),
    ),
    ...(https === undefined ? [] : [row('https', httpsLine(https, style))]),
    ...nearest.map((miss) =>
      row(
        'nearly',
        `${style.place(renderRulePlace(miss.rule))} ${sanitizeLine(miss.rule.source.text)}: ${sanitizeLine(miss.text)}`,
      ),
    ),
    ...changes.map(({ kind, text, place }) =>
      row(
        kind === 'none' ? 'note' : 'change',
        `${sanitizeLine(text)}${place === undefined ? '' : `  ${style.dim('at')} ${style.place(renderPlace(place))}`}`,
      ),
    ),
  ].join('')
}

function httpsLine({ text, effect, rule }: ExplainedPart, style: Style): string {
  const by = rule === undefined ? 'no rule allows it' : renderRuleLine(rule, style)
  return `over https only \`${sanitizeLine(text)}\` is asked, and ${answers[effect]}: ${by}`
}

const answers: Readonly<Record<DecisionEffect, string>> = {
  allow: 'that is allowed',
  ask: 'that is asked about',
  deny: 'that is denied',
}

/** What `--json` says of a rule: enough to find it and to show it. */
export function ruleData({ effect, source, reason, layer, agents }: Rule) {
  const { file, line, column, pack, text } = source
  return { effect, text, reason, agents, layer, file, line, column, pack }
}

export function explainedData({ rule, parts, https, nearest, ...rest }: Explained) {
  return {
    ...rest,
    rule: rule && ruleData(rule),
    parts: parts.map(partData),
    ...(https && { https: partData(https) }),
    nearest: nearest.map(({ rule: by, because, text }) => ({ rule: ruleData(by), because, text })),
  }
}

function partData({ text, effect, rule }: ExplainedPart) {
  return { request: text, effect, rule: rule && ruleData(rule) }
}

/** One line of `--stdin`: the decision alone. */
export function decisionData(request: string, { effect, rule, reasons, constraints }: Decision) {
  return { request, effect, rule: rule && ruleData(rule), reason: reasons[0]?.kind, constraints }
}
