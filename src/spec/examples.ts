import { compilePolicy } from '../policy/compile.ts'
import { decide } from '../policy/decide.ts'
import { parseRequest } from '../policy/request/parse.ts'
import type { Decision, Rule, RuleExample } from '../policy/types.ts'
import { extendSpecs } from './extend.ts'
import type { Spec, SpecSet } from './types.ts'

export interface ExampleResult {
  readonly example: RuleExample
  /** The rule that the example stands below. */
  readonly rule: Rule
  readonly passed: boolean
  /** None if the example is no request. */
  readonly decision?: Decision
  readonly problem?: string
}

/** Asks every example of the policy that its file and its packs alone would make. */
export function runExamples(
  set: SpecSet,
  { root, home }: { readonly root: string; readonly home: string },
): readonly ExampleResult[] {
  return set.specs.flatMap((spec) => {
    if (!spec.rules.some(({ examples }) => examples.length > 0)) return []
    const policy = compilePolicy({ rules: rulesOf(spec, set), root, home, now: 0 })
    return spec.rules.flatMap((rule) =>
      rule.examples.map((example) => {
        const request = parseRequest(example.request, { root, home, cwd: root })
        if (!request.ok)
          return { example, rule, passed: false, problem: request.problems[0]?.message ?? 'no request' }
        // A rule for one agent says something about that agent only.
        const [agent] = rule.agents
        const decision = decide(policy, { ...request.value, ...(agent !== undefined && { agent }) })
        return { example, rule, passed: decision.effect === example.expected, decision }
      }),
    )
  })
}

function rulesOf(spec: Spec, { specs }: SpecSet): readonly Rule[] {
  const find = (path: string) => specs.find((candidate) => candidate.path === path)
  return extendSpecs([spec], { find, names: [] }).rules
}
