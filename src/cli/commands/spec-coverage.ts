import { type Coverage, points, readCoverage } from '../../ops/coverage.ts'
import { openProject } from '../../ops/project.ts'
import type { Define } from '../command.ts'
import { ruleData } from '../output/decision.ts'
import { renderPlace } from '../output/diagnostics.ts'
import { renderRulePlace } from '../output/rules.ts'
import { sanitizeLine } from '../output/sanitize.ts'
import { type Column, renderTable } from '../output/table.ts'
import type { Terminal } from '../terminal.ts'

/** `oos spec coverage`: which rule is held where on this machine, and what is missing where one is not. */
export const specCoverage: Define = (_command, terminal) => async () => {
  const project = await openProject({ cwd: terminal.cwd(), env: terminal.env })
  const coverage = readCoverage(project.rules, terminal.env)
  const { specs } = await project.loadSpecs()
  const advisory = specs.filter(({ pack }) => pack === undefined).flatMap((spec) => spec.advisory)
  const data = { rules: coverage.map(({ rule, holdings }) => ({ ...ruleData(rule), holdings })), advisory }
  terminal.answer('spec coverage', data, () => {
    const lines = advisory.map(
      ({ text, place }) => `${terminal.style.place(renderPlace(place))} ${sanitizeLine(text)}\n`,
    )
    const told =
      lines.length === 0
        ? ''
        : `\n${terminal.style.bold('advisory: read by the agent, held by nothing')}\n${lines.join('')}`
    return `${renderCoverage(coverage, terminal)}${told}`
  })
  return 0
}

function renderCoverage(
  coverage: readonly Coverage[],
  { style, width }: Pick<Terminal, 'style' | 'width'>,
): string {
  const paints = { full: style.good, partial: style.warn, none: style.bad }
  const columns: readonly Column<Coverage>[] = [
    { title: 'where', text: ({ rule }) => renderRulePlace(rule), paint: () => style.place },
    { title: 'rule', text: ({ rule }) => rule.source.text, wrap: true },
    ...points.map((point) => ({
      title: point,
      text: ({ holdings }: Coverage) => holdings[point].level,
      paint: ({ holdings }: Coverage) => paints[holdings[point].level],
    })),
    { title: 'missing in the sandbox', text: ({ holdings }) => holdings.sandbox.missing ?? '', wrap: true },
  ]
  return renderTable(coverage, { columns, width, heading: style.dim })
}
