import { openProject } from '../../ops/project.ts'
import type { AdvisoryLine, Setting } from '../../spec/types.ts'
import type { Define } from '../command.ts'
import { renderPlace } from '../output/diagnostics.ts'
import { renderRules } from '../output/rules.ts'
import { renderTable } from '../output/table.ts'
import type { Terminal } from '../terminal.ts'

/** `oos spec show`: what holds here, as it was understood. */
export const specShow: Define = (_command, terminal) => async () => {
  const project = await openProject({ cwd: terminal.cwd(), env: terminal.env })
  const { specs, rules, agents, settings } = await project.loadSpecs()
  const lets = specs.flatMap((spec) => spec.lets)
  const advisory = specs.filter(({ pack }) => pack === undefined).flatMap((spec) => spec.advisory)
  const contents = specs.map(({ path, kind, layer, content }) => ({ path, kind, layer, content }))
  const data = { root: project.root, rules, lets, settings, agents, advisory, specs: contents }
  terminal.answer('spec show', data, () => {
    const parts = [
      renderRules(rules, terminal),
      renderPairs(
        'names for patterns',
        lets.map(({ name, pattern, place }) => [name, pattern, renderPlace(place)]),
        terminal,
      ),
      renderPairs('settings', settings.map(settingRow), terminal),
      renderPairs('advisory, held by nothing', advisoryRows(advisory), terminal),
    ]
    return parts.filter((part) => part !== '').join('\n')
  })
  return 0
}

type Triple = readonly [what: string, value: string, place: string]

function settingRow({ key, value, place }: Setting): Triple {
  return [key, String(value), renderPlace(place)]
}

function advisoryRows(lines: readonly AdvisoryLine[]): Triple[] {
  return lines.map(({ text, suggestion = '', place }): Triple => [text, suggestion, renderPlace(place)])
}

function renderPairs(
  title: string,
  rows: readonly Triple[],
  { style, width }: Pick<Terminal, 'style' | 'width'>,
): string {
  if (rows.length === 0) return ''
  const columns = [
    { title: 'what', text: ([what]: Triple) => what, wrap: true },
    {
      title: title.startsWith('advisory') ? 'as a rule' : 'is',
      text: ([, value]: Triple) => value,
      wrap: true,
    },
    { title: 'where', text: ([, , place]: Triple) => place, paint: () => style.place },
  ]
  return `${style.bold(title)}\n${renderTable(rows, { columns, width, heading: style.dim })}`
}
