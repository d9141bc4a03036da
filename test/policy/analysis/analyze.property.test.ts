import fc from 'fast-check'
import { expect, test } from 'vitest'
import { analyze, type Finding } from '../../../src/policy/analysis/analyze.ts'
import { sameEffects } from '../../../src/policy/analysis/same-effect.ts'
import { freedom } from '../../../src/policy/analysis/turn.ts'
import { printCapability } from '../../../src/policy/capability/capability.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decide, decidePart } from '../../../src/policy/decide.ts'
import type { Request, Rule } from '../../../src/policy/types.ts'
import { arbitraryRequest, arbitraryRule, home, makeRule, type RuleParts, root } from '../random-rules.ts'

// OOS_CASES=1000000 for a long run. A case is one request to one set of rules.
const cases = Number(process.env.OOS_CASES ?? 10_000)
const perSet = 100

function policyOf(rules: readonly Rule[]) {
  return compilePolicy({ rules, root, home, now: 0 })
}

// What `random-rules.ts` leaves out: amounts, remotes, and ends.
const constrained = fc
  .record({
    effect: fc.constantFrom<Rule['effect']>('allow', 'allow', 'deny', 'ask'),
    capability: fc.constantFrom(
      'http:x.com:get{max:2}',
      'http:*.x.com:request{max:2}',
      'http:x.com:get{rate:5/min}',
      'git:main:push{remote:origin}',
      'git:*:push{remote:o*}',
      'git:*:push',
      'shell:{git,npm} *',
      'shell:git *',
      'shell:git',
    ),
  })
  .map(({ effect, capability }) => makeRule({ effect, capabilities: [capability] }))
const folder = fc.constantFrom(undefined, undefined, undefined, root, '/elsewhere')
const rules = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 4, arbitrary: arbitraryRule }, { weight: 1, arbitrary: constrained }),
      fc.constantFrom<Rule['layer']>('project', 'project', 'project', 'user', 'built-in'),
      folder,
    ),
    { minLength: 2, maxLength: 14 },
  )
  .map((all) => all.map(([rule, layer, within], line) => placed(rule, { layer, within, line: line + 1 })))

/** Each on a line of its own: only so it can be said which one comes later. */
function placed(
  rule: Rule,
  { layer, within, line }: { layer: Rule['layer']; within: string | undefined; line: number },
): Rule {
  const file = layer === 'user' ? '~/.agent-os/GLOBAL_RULES.md' : '.agent-os/AGENT.md'
  const source = { ...rule.source, file, line }
  return { ...rule, layer, source, ...(layer === 'user' && within && { in: within }) }
}

const word = fc.constantFrom('push', 'run', 'test', '\0', '\0\0', '\0\0\0', 'te\0', '--yes', '-C')
const unknownCommand = fc
  .tuple(fc.constantFrom('git', 'npm', 'ls', '/usr/bin/git', 'gitk'), fc.array(word, { maxLength: 4 }))
  .map(
    ([program, rest]): Request => ({
      resource: 'shell',
      action: 'execute',
      target: '',
      words: [program, ...rest],
    }),
  )
const branch = fc
  .tuple(
    fc.constantFrom('push', 'commit'),
    fc.constantFrom('*', 'main', 'x'),
    fc.constantFrom(undefined, '*', 'origin', 'x'),
  )
  .map(
    ([action, target, remote]): Request => ({
      resource: 'git',
      action,
      target,
      ...(remote && { attributes: { remote } }),
    }),
  )
const asked = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: arbitraryRequest },
    { weight: 2, arbitrary: unknownCommand },
    { weight: 1, arbitrary: branch },
  ),
  { minLength: perSet, maxLength: perSet },
)

const runs = { numRuns: Math.ceil(cases / perSet) }

type Of<Kind extends Finding['kind']> = Extract<Finding, { kind: Kind }>

function of<Kind extends Finding['kind']>(
  all: readonly Finding[],
  ...kinds: readonly Kind[]
): readonly Of<Kind>[] {
  return all.filter((finding): finding is Of<Kind> => kinds.some((kind) => kind === finding.kind))
}

function expectSame(before: readonly Rule[], after: readonly Rule[], requests: readonly Request[]): void {
  const [one, other] = [policyOf(before), policyOf(after)]
  for (const request of requests) {
    const [old, now] = [decidePart(one, request), decidePart(other, request)]
    expect([request, now.effect, now.constraints]).toEqual([request, old.effect, old.constraints])
  }
}

function closeSame(all: Rule['capabilities'], left: Rule['capabilities']): boolean {
  const acts = (some: Rule['capabilities']) =>
    new Set(some.flatMap(({ resource, actions }) => actions.map((action) => `${resource} ${action}`)))
  return acts(left).size === acts(all).size
}

const nothing = { effect: 'allow', capabilities: [] } as const

test('what never matters, and what stands there twice, can all be taken away together', () => {
  fc.assert(
    fc.property(rules, asked, (all, requests) => {
      const found = of(
        analyze(policyOf(all)),
        'under-deny',
        'under-ask',
        'covered',
        'all-excepted',
        'repeated',
      )
      const left = all.map((rule): Rule => {
        const own = found.filter((each) => each.rule === rule)
        if (rule.effect === 'only' && own.some(({ kind }) => kind === 'covered'))
          return { ...rule, ...nothing }
        const isLeft = (one: Rule['capabilities'][number]) =>
          !own.some(({ capability }) => capability === one)
        const capabilities = rule.capabilities.filter(isLeft)
        // An Only of which nothing is allowed still denies the rest.
        return rule.effect === 'only' && !closeSame(rule.capabilities, capabilities)
          ? rule
          : { ...rule, capabilities }
      })
      expectSame(all, left, requests)
    }),
    runs,
  )
})

test('an except that excepts or opens nothing can be taken away', () => {
  fc.assert(
    fc.property(rules, asked, (all, requests) => {
      for (const { rule, capability } of of(analyze(policyOf(all)), 'empty-except', 'closed-except')) {
        if (rule.effect === 'only') continue
        const less = { ...rule, except: rule.except.filter((each) => each !== capability) }
        expectSame(
          all,
          all.map((each) => (each === rule ? less : each)),
          requests,
        )
      }
    }),
    runs,
  )
})

test('a line that is written again is found', () => {
  fc.assert(
    fc.property(rules, fc.nat(), (all, which) => {
      const own = all.filter(
        ({ effect, layer, in: within }) => effect !== 'limit' && layer !== 'built-in' && !within,
      )
      const rule = own[which % own.length]
      if (rule === undefined) return
      const again = placed(rule, { layer: rule.layer, within: undefined, line: 100 })
      const found = of(
        analyze(policyOf([...all, again])),
        'under-deny',
        'under-ask',
        'covered',
        'all-excepted',
      )
      const lines = found.filter((each) => each.rule === again)
      expect(lines.length).toBe(rule.effect === 'only' ? 1 : rule.capabilities.length)
    }),
    runs,
  )
})

test('no finding depends on the order in which the rules are read', () => {
  const shuffled = rules.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
  )
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      const [first, second] = [one, other].map((all) => analyze(policyOf(all)).map(describe).sort())
      expect(second).toEqual(first)
    }),
    runs,
  )
})

function describe(finding: Finding): string {
  return JSON.stringify(finding, (key, value) => (key === 'rule' || key === 'by' ? lineOf(value) : value))
}

function lineOf(rules: Rule | readonly Rule[]): unknown {
  return 'source' in rules ? rules.source.line : rules.map(({ source }) => source.line)
}

test('what a finding shows is so when it is asked', () => {
  fc.assert(
    fc.property(rules, (all) => {
      const policy = policyOf(all)
      for (const finding of analyze(policy)) {
        if (finding.kind === 'repeated' || finding.kind === 'way-round' || finding.kind === 'secret-way-out')
          continue
        const { kind, rule, witness } = finding
        const { effect } = decidePart(policy, {
          ...witness,
          ...(rule.agents[0] && { agent: rule.agents[0] }),
        })
        if (kind === 'under-deny') expect([witness, effect]).toEqual([witness, 'deny'])
        if (kind === 'under-ask' || kind === 'closed-except') expect(effect).not.toBe('allow')
        if (kind === 'covered' && rule.effect === 'deny') expect(effect).toBe('deny')
      }
    }),
    runs,
  )
})

// The ways of the table as rules, one word more or less.
const way = fc
  .constantFrom(...sameEffects.flatMap(({ ways }) => ways))
  .map((text) => text.replace(/ ?[A-Z]{3,} ?|…/g, ' * ').trim())
const spoken = fc
  .tuple(fc.constantFrom<Rule['effect']>('deny', 'ask'), way, fc.constantFrom('', '', ' *', ' x'))
  .map(
    ([effect, text, more]): RuleParts => ({
      effect,
      capabilities: [`shell:${text}${more}`.replace(/(?: \*)+ \*/, ' *')],
    }),
  )
const grants = fc.subarray(['shell:*', 'git:*:*', 'git:*:push', 'shell:git *', 'shell:npm *', 'file:**:*'], {
  minLength: 1,
})

test('what goes round a rule is let through, and is not where the rule is the one that is offered', () => {
  fc.assert(
    fc.property(grants, fc.array(spoken, { minLength: 1, maxLength: 5 }), (given, denied) => {
      const parts: readonly RuleParts[] = [{ effect: 'allow', capabilities: given }, ...denied]
      const all = parts.map((each, line) => makeRule({ ...each, line: line + 1 }))
      const policy = policyOf(all)
      for (const { rule, requests, instead } of of(analyze(policy), 'way-round')) {
        const strength = freedom[rule.effect === 'deny' ? 'deny' : 'ask']
        const better = policyOf(
          all.map((each) => (each === rule ? { ...rule, capabilities: instead } : each)),
        )
        expect(requests.length).toBeLessThanOrEqual(3)
        for (const request of requests) {
          expect([request.target, freedom[decide(policy, request).effect]]).not.toEqual([
            request.target,
            strength,
          ])
          const texts = [request.target, instead.map((each) => printCapability(each))]
          expect([...texts, freedom[decide(better, request).effect] <= strength]).toEqual([...texts, true])
        }
      }
    }),
    { numRuns: Math.ceil(cases / 20) },
  )
})
