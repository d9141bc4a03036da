import { expect, it } from 'vitest'
import { proposeRules } from '../../../src/ops/learn/propose.ts'
import { planEdit } from '../../../src/ops/learn/write.ts'
import { ruleLimit } from '../../../src/spec/parse-spec.ts'
import type { SpecSource } from '../../../src/spec/types.ts'
import { factsOf, learnedOf, root } from './scene.ts'

function teamWith(rules: number): SpecSource {
  const lines = Array.from(
    { length: rules },
    (_, index) => `- **Deny** \`file:closed/${index}:read\` — closed`,
  )
  const bytes = Buffer.from(`# Team\n\n${lines.join('\n')}\n`)
  return { path: '.agent-os/rules/team.md', kind: 'rules', layer: 'project', bytes }
}

it('nothing is planned where the specs would not check afterwards', () => {
  const accepted = proposeRules(learnedOf(['read a.js']), factsOf()).needed.filter(({ rule }) => rule)
  const plan = (rules: number) => planEdit({ root, sources: [teamWith(rules)] }, accepted)
  expect(Buffer.from(plan(1).bytes).toString()).toContain('`file:a.js:read`')
  expect(() => plan(ruleLimit)).toThrow(expect.objectContaining({ code: 'failed' }))
})
