import { isForAgent, isForAnother } from '../../ops/points/for-agent.ts'
import { openProject } from '../../ops/project/project.ts'
import { requireAgent } from '../../ops/request.ts'
import type { AdvisoryLine, Setting, SpecSet } from '../../spec/types.ts'
import type { Define } from '../command.ts'
import { renderPlace } from '../output/diagnostics.ts'
import { sayNested } from '../output/nested.ts'
import { renderRules } from '../output/rules.ts'
import { renderTable } from '../output/table.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly agent?: string
  readonly all?: boolean
}

/** `oos spec show`: what holds here, as it was understood. */
export const specShow: Define = (command, terminal) => {
  command
    .option('--agent <name>', 'only what is for this agent')
    .option('--all', 'each rule of the packs that ship, too; with --json they are always there')
  return async ({ agent, all = false }: Options) => {
    const project = await openProject({ cwd: terminal.cwd(), env: terminal.env })
    sayNested(project, terminal)
    const asking = agent === undefined ? {} : { agent: requireAgent(agent, project) }
    const shown = shownTo(await project.loadSpecs(), asking.agent)
    terminal.answer('spec show', { root: project.root, ...asking, ...shown }, () =>
      renderShown(shown, all, terminal),
    )
    return 0
  }
}

/** Everything, or what says something to one agent. */
function shownTo({ specs: all, rules, agents, settings }: SpecSet, agent: string | undefined) {
  const specs = agent === undefined ? all : all.filter((spec) => !isForAnother(spec, agent))
  return {
    rules: agent === undefined ? rules : rules.filter((rule) => isForAgent(rule, agent)),
    lets: specs.flatMap((spec) => spec.lets),
    settings,
    agents,
    advisory: specs.filter(({ pack }) => pack === undefined).flatMap((spec) => spec.advisory),
    specs: specs.map(({ path, kind, layer, content }) => ({ path, kind, layer, content })),
  }
}

function renderShown(shown: ReturnType<typeof shownTo>, all: boolean, terminal: Terminal): string {
  const { rules, lets, settings, advisory } = shown
  const parts = [
    renderRules(rules, all, terminal),
    renderPairs(
      'names for patterns',
      lets.map(({ name, pattern, place }) => [name, pattern, renderPlace(place)]),
      terminal,
    ),
    renderPairs('settings', settings.map(settingRow), terminal),
    renderPairs('advisory, held by nothing', advisoryRows(advisory), terminal),
  ]
  return parts.filter((part) => part !== '').join('\n')
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
