import { printCapability } from '../../policy/capability.ts'
import { rulePlace } from '../../policy/rule-place.ts'
import type { LayerName, Rule } from '../../policy/types.ts'
import type { Terminal } from '../terminal.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'
import { type Column, renderTable } from './table.ts'

const layers: readonly LayerName[] = ['built-in', 'user', 'project', 'agent', 'run']

/** The rules as tables, one a layer: what, about what, for whom, why, and the line it stands on. */
export function renderRules(
  rules: readonly Rule[],
  { style, width }: Pick<Terminal, 'style' | 'width'>,
): string {
  return layers
    .map((layer) => ({ layer, held: rules.filter((rule) => rule.layer === layer) }))
    .filter(({ held }) => held.length > 0)
    .map(
      ({ layer, held }) =>
        `${style.bold(layer)}\n${renderTable(held, { columns: ruleColumns(style), width, heading: style.dim })}`,
    )
    .join('\n')
}

export function ruleColumns(style: Style): readonly Column<Rule>[] {
  return [
    { title: 'effect', text: ({ effect }) => effect, paint: ({ effect }) => paintEffect(effect, style) },
    { title: 'capability', text: renderSubject, wrap: true },
    { title: 'for', text: ({ agents }) => agents.join(', '), wrap: true },
    { title: 'why', text: ({ reason }) => reason ?? '', wrap: true },
    { title: 'where', text: renderRulePlace, paint: () => style.place },
  ]
}

export function renderRulePlace({ source }: Rule): string {
  return sanitizeLine(rulePlace(source))
}

export function paintEffect(effect: string, style: Style): (text: string) => string {
  if (effect === 'allow') return style.good
  return effect === 'deny' || effect === 'only' ? style.bad : style.warn
}

function renderSubject({ capabilities, except, stage, when, via, in: scope }: Rule): string {
  const list = (many: Rule['capabilities']) =>
    many.map((capability) => printCapability(capability)).join(', ')
  return [
    list(capabilities),
    ...(except.length === 0 ? [] : [`except ${list(except)}`]),
    ...(stage === undefined ? [] : [`before ${stage}`]),
    ...(when === undefined ? [] : [`when ${list([when])}`]),
    ...(via === undefined ? [] : [`via ${list([via])}`]),
    ...(scope === undefined ? [] : [`in ${scope}`]),
  ].join(' ')
}
