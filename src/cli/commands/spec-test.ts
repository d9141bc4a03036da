import { openProject } from '../../ops/project/project.ts'
import { exitCodes } from '../../shared/errors.ts'
import type { ExampleResult } from '../../spec/examples.ts'
import type { Define } from '../command.ts'
import { renderPlace } from '../output/diagnostics.ts'
import { sanitizeLine } from '../output/sanitize.ts'
import type { Style } from '../output/style.ts'

const marks = { allow: '✓', deny: '✗', ask: '?' } as const

/** `oos spec test`: asks the policy every example that stands below a rule. */
export const specTest: Define = (_command, terminal) => async () => {
  const project = await openProject({ cwd: terminal.cwd(), env: terminal.env })
  const { runExamples } = await import('../../spec/examples.ts')
  const results = runExamples(await project.loadSpecs(), project)
  const failed = results.filter(({ passed }) => !passed)
  const data = {
    passed: results.length - failed.length,
    failed: failed.length,
    examples: results.map(exampleData),
  }
  terminal.answer('spec test', data, () => {
    const { style } = terminal
    const lines = failed.map((result) => renderFailure(result, style)).join('')
    const count = `${data.passed} examples hold`
    return `${lines}${failed.length === 0 ? style.good(count) : `${count}, ${style.bad(failed.length === 1 ? '1 does not' : `${failed.length} do not`)}`}\n`
  })
  return failed.length === 0 ? exitCodes.done : exitCodes.invalid
}

function exampleData({ example, rule, passed, decision, problem }: ExampleResult) {
  const { request, expected, place } = example
  return { request, expected, passed, place, effect: decision?.effect, rule: rule.source.text, problem }
}

function renderFailure({ example, decision, problem }: ExampleResult, style: Style): string {
  const { expected, request, place } = example
  const found = decision === undefined ? (problem ?? 'no request') : `${decision.effect}, not ${expected}`
  const by =
    decision?.rule === undefined
      ? ''
      : `  ${style.dim('by')} ${style.place(renderPlace(decision.rule.source))}`
  return `${style.place(renderPlace(place))} ${marks[expected]} ${sanitizeLine(request)}: ${style.bad(sanitizeLine(found))}${by}\n`
}
