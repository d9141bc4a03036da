import { printCapability } from '../../policy/capability/capability.ts'
import { rulePlace } from '../../policy/rule-place.ts'
import type { LayerName, Rule } from '../../policy/types.ts'
import type { Terminal } from '../terminal.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'
import { type Column, renderTable } from './table.ts'

/** The nearest first: what ships holds the same everywhere, and nobody here wrote it. */
const layers: readonly LayerName[] = ['run', 'project', 'agent', 'user', 'built-in']

type Room = Pick<Terminal, 'style' | 'width'>

/**
 * The rules as tables, one a layer: what, about what, for whom, why, and the line it stands on. Those of packs that ship
 * stand behind all that people wrote, each pack on one line unless `all` are asked for.
 */
export function renderRules(rules: readonly Rule[], all: boolean, { style, width }: Room): string {
  const table = (title: string, held: readonly Rule[]) =>
    `${style.bold(title)}\n${renderTable(held, { columns: ruleColumns(style), width, heading: style.dim })}`
  const shipped = rules.filter(isShipped)
  const written = rules.filter((rule) => !isShipped(rule))
  const tables = byLayer(written).map(({ layer, held }) => table(layer, held))
  const packs = all
    ? byLayer(shipped).map(({ layer, held }) => table(`${layer}, by packs that ship`, held))
    : renderPacks(shipped, { style, width })
  return [...tables, ...packs].join('\n')
}

/** In a pack, or in an agent's definition, that comes with oos. */
export function isShipped({ source }: Rule): boolean {
  return source.file.startsWith('oos:')
}

function byLayer(rules: readonly Rule[]) {
  return layers
    .map((layer) => ({ layer, held: rules.filter((rule) => rule.layer === layer) }))
    .filter(({ held }) => held.length > 0)
}

function renderPacks(rules: readonly Rule[], { style, width }: Room): readonly string[] {
  const names = [...new Set(rules.map(({ source }) => source.file))]
  const packs = names.map((name) => ({ name, held: rules.filter(({ source }) => source.file === name) }))
  if (packs.length === 0) return []
  const columns: readonly Column<(typeof packs)[number]>[] = [
    { title: 'pack', text: ({ name }) => name, paint: () => style.place },
    { title: 'rules', text: ({ held }) => String(held.length), align: 'right' },
    { title: 'of', text: ({ held }) => [...new Set(held.map(({ layer }) => layer))].join(', ') },
  ]
  const list = renderTable(packs, { columns, width, heading: style.dim })
  return [`${style.bold('packs that ship')}\n${list}each rule of theirs: oos spec show --all\n`]
}

function ruleColumns(style: Style): readonly Column<Rule>[] {
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

/** With the place, and with why it stands there. */
export function renderRuleLine(rule: Rule, style: Style): string {
  const reason = rule.reason === undefined ? '' : ` — ${sanitizeLine(rule.reason)}`
  return `${style.place(renderRulePlace(rule))} ${sanitizeLine(rule.source.text)}${reason}`
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
