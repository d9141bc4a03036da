import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilePolicy } from '../../src/policy/compile.ts'
import { decide } from '../../src/policy/decide.ts'
import type { DecisionEffect, Request, Rule } from '../../src/policy/types.ts'
import { decideNaively } from './oracle.ts'
import { arbitraryRequest, arbitraryRule, arbitraryRules, home, root } from './random-rules.ts'

// OOS_CASES=1000000 for a long run. A case is one request to one set of rules.
const cases = Number(process.env.OOS_CASES ?? 10_000)
const requests = fc.array(arbitraryRequest, { minLength: 10, maxLength: 10 })
const runs = { numRuns: Math.ceil(cases / 10) }

const freedom: Record<DecisionEffect, number> = { deny: 0, ask: 1, allow: 2 }

function policyOf(rules: readonly Rule[]) {
  return compilePolicy({ rules, root, home, now: 0 })
}

function freedoms(rules: readonly Rule[], asked: readonly Request[]): readonly number[] {
  const policy = policyOf(rules)
  return asked.map((request) => freedom[decide(policy, request).effect])
}

test('agrees with a naive reading of the rules', () => {
  fc.assert(
    fc.property(arbitraryRules, requests, (rules, asked) => {
      const policy = policyOf(rules)
      for (const request of asked) {
        const git = request.resource === 'shell' && /git$/.test(request.words?.[0] ?? '')
        if (git && request.words?.some((word) => word === 'push')) continue
        expect(decide(policy, request).effect).toBe(decideNaively({ rules, root, home, now: 0 }, request))
      }
    }),
    runs,
  )
})

test('the order of rules never changes a decision, nor the rule it names', () => {
  const shuffled = arbitraryRules.chain((rules) =>
    fc.tuple(fc.constant(rules), fc.shuffledSubarray(rules, { minLength: rules.length })),
  )
  fc.assert(
    fc.property(shuffled, requests, ([rules, others], asked) => {
      const [one, other] = [policyOf(rules), policyOf(others)]
      expect(one.hash).toBe(other.hash)
      for (const request of asked) {
        const [a, b] = [decide(one, request), decide(other, request)]
        expect([b.effect, b.rule?.source, b.constraints]).toEqual([a.effect, a.rule?.source, a.constraints])
      }
    }),
    runs,
  )
})

test('another Deny, Ask or Limit never allows more', () => {
  const stricter = arbitraryRule.filter(
    ({ effect }) => effect === 'deny' || effect === 'ask' || effect === 'limit',
  )
  fc.assert(
    fc.property(arbitraryRules, stricter, requests, (rules, added, asked) => {
      const after = freedoms([...rules, added], asked)
      freedoms(rules, asked).forEach((before, index) => {
        expect(after[index]).toBeLessThanOrEqual(added.effect === 'ask' ? Math.max(before, 1) : before)
      })
    }),
    runs,
  )
})

test('another Allow never denies more', () => {
  fc.assert(
    fc.property(arbitraryRules, arbitraryRule, requests, (rules, rule, asked) => {
      const after = freedoms([...rules, { ...rule, effect: 'allow' }], asked)
      freedoms(rules, asked).forEach((before, index) => {
        expect(after[index]).toBeGreaterThanOrEqual(before)
      })
    }),
    runs,
  )
})

test('an except of an Allow grants nothing', () => {
  fc.assert(
    fc.property(arbitraryRules, arbitraryRule, requests, (rules, rule, asked) => {
      const allow: Rule = { ...rule, effect: 'allow' }
      const without = freedoms([...rules, { ...allow, except: [] }], asked)
      freedoms([...rules, allow], asked).forEach((after, index) => {
        expect(after).toBeLessThanOrEqual(without[index] ?? 0)
      })
    }),
    runs,
  )
})

test('a child gets at most what its parent holds', () => {
  fc.assert(
    fc.property(arbitraryRules, requests, (rules, asked) => {
      const parents = freedoms(
        rules,
        asked.map((request) => ({ ...request, agent: 'coder', lineage: [] })),
      )
      const children = freedoms(
        rules,
        asked.map((request) => ({ ...request, agent: 'tester', lineage: ['coder'] })),
      )
      children.forEach((child, index) => {
        expect(child).toBeLessThanOrEqual(parents[index] ?? 0)
      })
    }),
    runs,
  )
})

test('without an Allow nothing is allowed', () => {
  fc.assert(
    fc.property(arbitraryRules, requests, (rules, asked) => {
      const none = rules.filter(({ effect }) => effect !== 'allow' && effect !== 'only')
      for (const free of freedoms(none, asked)) expect(free).toBeLessThan(2)
    }),
    runs,
  )
})
