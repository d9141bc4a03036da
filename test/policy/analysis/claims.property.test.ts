import fc from 'fast-check'
import { expect, test } from 'vitest'
import { claimsOf, outcomeOf } from '../../../src/policy/analysis/claims.ts'
import { Languages } from '../../../src/policy/analysis/languages.ts'
import { accepts } from '../../../src/policy/analysis/search.ts'
import { textOf } from '../../../src/policy/analysis/witness.ts'
import { compilePolicy, type Policy } from '../../../src/policy/compile.ts'
import { decidePart } from '../../../src/policy/decide.ts'
import type { DecisionEffect, Request, Resource } from '../../../src/policy/types.ts'
import { arbitraryRequest, arbitraryRules, home, root } from '../random-rules.ts'

// OOS_CASES=1000000 for a long run. A case is one request to one set of rules.
const cases = Number(process.env.OOS_CASES ?? 10_000)

/** What the languages say to a request. */
function reader(policy: Policy): (request: Request) => DecisionEffect {
  const known = new Map<Resource, Languages>()
  const languagesOf = (resource: Resource) => {
    const all = policy.rules.flatMap((rule) => [...rule.capabilities, ...rule.except])
    const languages =
      known.get(resource) ??
      new Languages(
        resource,
        all.filter((one) => one.resource === resource),
        policy,
      )
    known.set(resource, languages)
    return languages
  }
  return (request) => {
    const { resource, action, agent, lineage } = request
    const languages = languagesOf(resource)
    const { max } = request.attributes ?? {}
    const matter = { resource, action, ...(typeof max === 'number' && { attributes: { max } }) }
    const claims = claimsOf(policy.view(agent, lineage).clauses(resource), matter, languages)
    const text = textOf(request) ?? ''
    const numbers = claims.flatMap(({ about, holes }) => [...about, ...holes])
    const accepted = numbers.filter((number) => accepts(languages.automaton(number) ?? [], text))
    return outcomeOf(claims, new Set([languages.any, ...accepted]))
  }
}

test('the languages of the rules say what the decision says', () => {
  const requests = fc.array(arbitraryRequest, { minLength: 20, maxLength: 20 })
  fc.assert(
    fc.property(arbitraryRules, requests, (rules, asked) => {
      const policy = compilePolicy({ rules, root, home, now: 0 })
      const outcome = reader(policy)
      for (const request of asked)
        expect([request, outcome(request)]).toEqual([request, decidePart(policy, request).effect])
    }),
    { numRuns: Math.ceil(cases / 20) },
  )
})
