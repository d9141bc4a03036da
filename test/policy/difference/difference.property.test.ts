import fc from 'fast-check'
import { expect, test } from 'vitest'
import { widens } from '../../../src/policy/analysis/inspect.ts'
import { freedom } from '../../../src/policy/analysis/turn.ts'
import { printWitness } from '../../../src/policy/analysis/witness.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decidePart } from '../../../src/policy/decide.ts'
import { differenceOf } from '../../../src/policy/difference/difference.ts'
import { parseRequest } from '../../../src/policy/request/parse.ts'
import { resources } from '../../../src/policy/resources.ts'
import { unknownTarget } from '../../../src/policy/shell/git.ts'
import type { Request, Resource, Rule } from '../../../src/policy/types.ts'
import { arbitraryRequest, arbitraryRule, home, makeRule, root } from '../random-rules.ts'

const cases = Number(process.env.OOS_CASES ?? 10_000)
const requests = fc.array(arbitraryRequest, { minLength: 200, maxLength: 200 })
/** Like `*` of every text, and unlike it of what is no text yet. */
const nearlyAll = fc
  .constantFrom<readonly string[]>(['shell:{*,npm}'], ['git:{*,main}:push'], ['git:*:push'], ['shell:*'])
  .map((capabilities) => makeRule({ effect: 'allow', capabilities }))
const few = fc.array(fc.oneof({ weight: 9, arbitrary: arbitraryRule }, { weight: 1, arbitrary: nearlyAll }), {
  maxLength: 4,
})

/** What is only known at run time, or cannot be read; of any path it can be said what it is. */
const unreadRequests: readonly Request[] = (Object.keys(resources) as Resource[]).flatMap((resource) => {
  const { pattern, actions } = resources[resource]
  const asked = {
    path: [],
    words: { target: '', words: [] },
    host: { target: '' },
    name: { target: unknownTarget },
  }
  return Object.keys(actions).flatMap((action) => {
    return [asked[pattern]].flat().flatMap((target): readonly Request[] => {
      const request = { resource, action, ...target }
      return [request, { ...request, attributes: { max: 1_000 } }]
    })
  })
})

function policyOf(rules: readonly Rule[]) {
  return compilePolicy({ rules, root, home, now: 0 })
}

test('whatever comes out differently is in the difference, and nothing else is', () => {
  fc.assert(
    fc.property(few, few, few, requests, (shared, old, now, asked) => {
      const [before, after] = [policyOf([...shared, ...old]), policyOf([...shared, ...now])]
      const agents = ['coder', 'tester']
      const { changes, undecided } = differenceOf(before, after, { agents })
      const unread = ['command', ...agents].flatMap((agent) =>
        unreadRequests.map((one) => ({ ...one, agent })),
      )
      for (const request of unread) {
        const [from, to] = [decidePart(before, request).effect, decidePart(after, request).effect]
        const { agent, resource } = request
        const told = [...changes.filter(widens), ...undecided].some(
          ({ capability }) => capability.resource === resource,
        )
        if (freedom[to] > freedom[from]) expect([agent, from, to, told]).toEqual([agent, from, to, true])
      }
      const isFreer = (request: Request) =>
        freedom[decidePart(after, request).effect] > freedom[decidePart(before, request).effect]
      for (const { agent, capability } of undecided)
        expect(
          unread.some((one) => one.agent === agent && one.resource === capability.resource && isFreer(one)),
        ).toBe(true)
      for (const request of asked) {
        const alone = { ...request, lineage: [] }
        const [from, to] = [decidePart(before, alone).effect, decidePart(after, alone).effect]
        const told = changes.some(
          (each) => each.from === from && each.to === to && each.capability.resource === request.resource,
        )
        if (from !== to) expect([alone, from, to, told]).toEqual([alone, from, to, true])
      }
      for (const { from, to, witnesses } of changes)
        for (const { request } of witnesses) {
          expect([decidePart(before, request).effect, decidePart(after, request).effect]).toEqual([from, to])
          const text = printWitness(request, { root, home })
          const parsed = parseRequest(text, { root, home, cwd: root })
          expect([text, parsed.ok && decidePart(after, { ...request, ...parsed.value }).effect]).toEqual([
            text,
            to,
          ])
        }
    }),
    { numRuns: Math.ceil(cases / 200) },
  )
})

/** Of each resource more lines than are looked through one by one; that they go lets nothing more pass. */
const manyGone = makeRule({
  effect: 'allow',
  capabilities: Array.from({ length: 60 }, (_, index) => [
    `file:/gone/${index}:read`,
    `shell:gone-${index}`,
    `http:gone-${index}.example.com:get`,
    `git:gone-${index}:push`,
    `env:GONE_${index}`,
  ]).flat(),
})

test('among very many edits, too, whatever comes out freer is told', () => {
  fc.assert(
    fc.property(few, few, few, requests, (shared, old, now, asked) => {
      const [before, after] = [policyOf([...shared, manyGone, ...old]), policyOf([...shared, ...now])]
      const { changes, undecided } = differenceOf(before, after, { agents: ['coder', 'tester'] })
      const freer = new Set(changes.filter(widens).map(({ capability }) => capability.resource))
      for (const { capability } of undecided) freer.add(capability.resource)
      for (const request of asked) {
        const alone = { ...request, lineage: [] }
        const [from, to] = [decidePart(before, alone).effect, decidePart(after, alone).effect]
        if (freedom[to] > freedom[from])
          expect([alone, from, to, freer.has(request.resource)]).toEqual([alone, from, to, true])
      }
      for (const { from, to, witnesses } of changes)
        for (const { request } of witnesses)
          expect([decidePart(before, request).effect, decidePart(after, request).effect]).toEqual([from, to])
    }),
    { numRuns: Math.ceil(cases / 500) },
  )
})

test('the same rules in other words and another order differ in nothing', () => {
  fc.assert(
    fc.property(few, (rules) => {
      const split = rules
        .toReversed()
        .flatMap((rule): Rule[] =>
          rule.effect === 'only' || rule.effect === 'limit'
            ? [rule]
            : rule.capabilities.map((one) => ({ ...rule, capabilities: [one], reason: 'in other words' })),
        )
      const { changes } = differenceOf(policyOf(rules), policyOf(split), { agents: ['coder', 'tester'] })
      expect(changes).toEqual([])
    }),
    { numRuns: Math.ceil(cases / 50) },
  )
})
