import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Project } from '../../../src/ops/project/project.ts'
import { findExcess, isEmpty, withoutExcess } from '../../../src/ops/trust/excess.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decidePart } from '../../../src/policy/decide.ts'
import { partsOf } from '../../../src/policy/request/parts.ts'
import type { Request, Rule } from '../../../src/policy/types.ts'
import { parseSources } from '../../../src/spec/parse.ts'
import { printRule } from '../../../src/spec/print.ts'
import type { SpecSource } from '../../../src/spec/types.ts'
import { arbitraryRequest, arbitraryRule, home, root } from '../../policy/random-rules.ts'

const cases = Number(process.env.OOS_CASES ?? 10_000)
const perRun = 100
const rules = fc.array(
  // A definition of every agent that a rule could be for would be needed, and says nothing about trust.
  arbitraryRule.map((rule): Rule => ({ ...rule, agents: [] })),
  { maxLength: 4 },
)
const requests = fc
  .array(
    arbitraryRequest.map(({ agent: _agent, lineage: _lineage, ...request }): Request => request),
    { minLength: perRun, maxLength: perRun },
  )
  // One thing at a time: of a command, one side may give the program and the other the branch that it moves.
  .map((all) => all.flatMap((request) => partsOf(request, { root, home }).parts))

const file = (layer: 'user' | 'project', written: readonly Rule[]): SpecSource => ({
  path: layer === 'user' ? '~/.agent-os/GLOBAL_RULES.md' : '.agent-os/AGENT.md',
  kind: layer === 'user' ? 'rules' : 'agent',
  layer,
  bytes: Buffer.from(written.map(printRule).join('\n')),
})

const policyOf = (all: readonly Rule[]) => compilePolicy({ rules: all, root, home, now: 0 })
const freedom = { deny: 0, ask: 1, allow: 2 }
const answers = (all: readonly Rule[]) => {
  const policy = policyOf(all)
  return (part: Request) => freedom[decidePart(policy, part).effect]
}
const project = (sources: readonly SpecSource[]) =>
  ({ root, home, sources, ...parseSources(sources) }) as unknown as Project

const most = (...effects: readonly number[]) => Math.max(...effects)

test('what is left without the excess gives no more than is given now, or was agreed to', () => {
  fc.assert(
    fc.property(rules, rules, rules, rules, requests, (had, mine, before, now, asked) => {
      const [userThen, user] = [file('user', had), file('user', mine)]
      const [then, current] = [file('project', before), file('project', now)]
      const whole = project([user, current])
      const left = answers(
        withoutExcess(whole, findExcess(whole, { agreed: [userThen, then], now: 0 })).rules,
      )
      const [given, agreed] = [answers(project([user]).rules), answers(project([userThen, then]).rules)]
      for (const request of asked)
        expect([request, left(request) <= most(given(request), agreed(request))]).toEqual([request, true])
    }),
    { numRuns: Math.ceil(cases / perRun) },
  )
})

test('a project in which nothing is in excess gives nothing beyond what is given now and was agreed to', () => {
  fc.assert(
    fc.property(rules, rules, rules, rules, requests, (had, mine, before, now, asked) => {
      const [userThen, user] = [file('user', had), file('user', mine)]
      const [then, current] = [file('project', before), file('project', now)]
      const whole = project([user, current])
      const excess = findExcess(whole, { agreed: [userThen, then], now: 0 })
      if (!isEmpty(excess)) return
      const [full, given] = [answers(whole.rules), answers(project([user]).rules)]
      const agreed = excess.agreed.length === 0 ? given : answers(project([userThen, then]).rules)
      for (const request of asked)
        expect([request, full(request) <= most(given(request), agreed(request))]).toEqual([request, true])
    }),
    { numRuns: Math.ceil(cases / perRun) },
  )
})
