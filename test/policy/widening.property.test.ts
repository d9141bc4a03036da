import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freedom } from '../../src/policy/analysis/turn.ts'
import { parseCapability } from '../../src/policy/capability/capability.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { decidePart } from '../../src/policy/decide.ts'
import { differenceOf, isWidening } from '../../src/policy/difference/difference.ts'
import type { Effect, Request, Resource, Rule } from '../../src/policy/types.ts'
import { home, makeRule, root } from './random-rules.ts'

// Patterns that nearly coincide, with the constraints that `random-rules.ts` leaves out.

const cases = Number(process.env.OOS_CASES ?? 10_000)
const perRun = 150

interface Scene {
  readonly resource: Resource
  readonly patterns: readonly string[]
  readonly constraints: readonly string[]
  readonly requests: fc.Arbitrary<Request>
}

const amounts = fc.constantFrom<Readonly<Record<string, number>>>({}, {}, { max: 2 }, { max: 3 }, { max: 4 })
const remotes = ['', 'origin', 'oz', 'up', 'evil', '*']
const hosts = ['', 'x.com:443', 'x.com:99', 'a.x.com:443', '10.0.0.1:443', '10.0.0.2:443']

const scenes: readonly Scene[] = [
  {
    resource: 'shell',
    patterns: [
      '*',
      '* **',
      'git *',
      'git push',
      'git push --force',
      '{git {push,pull},npm}',
      'g*',
      'GIT push',
    ],
    constraints: ['', '', '{max:2}', '{allowlist:git,npm}', '{allowlist:git}', '{max:3,allowlist:git}'],
    requests: fc
      .tuple(
        fc.constantFrom('git', 'npm', '/usr/bin/git', 'GIT', 'ls'),
        fc.array(fc.constantFrom('push', 'pull', '--force', 'x', '-C', '.'), { maxLength: 3 }),
        amounts,
      )
      .map(([program, rest, attributes]) => {
        const words = [program, ...rest]
        return { resource: 'shell', action: 'execute', target: words.join(' '), words, attributes }
      }),
  },
  {
    resource: 'git',
    patterns: ['*:push', '?*:*', 'main:push', 'm*:push,commit', '{main,{dev,feat/*}}:push', '[!m]*:push'],
    constraints: ['', '{remote:origin}', '{remote:o*}', '{remote:*}', '{remote:up*,max:3}', '{max:2}'],
    requests: fc
      .tuple(
        fc.constantFrom('main', 'dev', 'feat/a', 'MAIN', 'zed', '*'),
        fc.constantFrom('push', 'commit', 'tag'),
        fc.constantFrom(...remotes),
        amounts,
      )
      .map(([target, action, remote, asked]) => {
        return { resource: 'git', action, target, attributes: { ...asked, ...(remote && { remote }) } }
      }),
  },
  {
    resource: 'secret',
    patterns: ['k', '*', '{k,j}', 'K'],
    constraints: ['{to:x.com}', '{to:*.x.com}', '{to:10.0.0.1}', '{to:x.com:99}', '{to:*}'],
    requests: fc.tuple(fc.constantFrom('k', 'j', 'K'), fc.constantFrom(...hosts)).map(([target, to]) => ({
      resource: 'secret',
      action: 'use',
      target,
      ...(to && { attributes: { to } }),
    })),
  },
]

function rulesOf({ resource, patterns, constraints }: Scene): fc.Arbitrary<readonly Rule[]> {
  const bare = fc.constantFrom(...patterns.map((pattern) => `${resource}:${pattern}`))
  const full = fc
    .tuple(bare, fc.constantFrom(...constraints))
    .map((parts) => parts.join(''))
    .filter((text) => parseCapability(text).ok)
  const rule = fc
    .record({
      effect: fc.constantFrom<Effect>('allow', 'allow', 'deny', 'ask', 'only', 'limit'),
      capabilities: fc.array(full, { minLength: 1, maxLength: 2 }),
      except: fc.array(bare, { maxLength: 2 }),
      agents: fc.constantFrom<readonly string[]>([], [], ['coder'], ['coder', 'tester']),
      isWithheld: fc.constantFrom(false, false, false, true),
    })
    .map(({ isWithheld, ...parts }): Rule => {
      return { ...makeRule(parts), ...(isWithheld && { withheld: true as const }) }
    })
  return fc.array(rule, { maxLength: 3 })
}

const policyOf = (rules: readonly Rule[]) => compilePolicy({ rules, root, home, now: 0 })
const agents = ['command', 'coder', 'tester']

test.each(scenes)('an edit that is told to widen nothing about $resource widens nothing', (scene) => {
  const rules = rulesOf(scene)
  const requests = fc.array(scene.requests, { minLength: perRun, maxLength: perRun })
  fc.assert(
    fc.property(rules, rules, rules, rules, requests, (shared, old, now, given, asked) => {
      const [before, after] = [policyOf([...shared, ...old]), policyOf([...shared, ...now])]
      const besides = policyOf(given)
      if (isWidening(differenceOf(before, after, { agents, wideningOnly: true, given: besides }))) return
      for (const request of asked.flatMap((one) => agents.map((agent) => ({ ...one, agent })))) {
        const [was, could, is] = [before, besides, after].map(
          (policy) => freedom[decidePart(policy, request).effect],
        ) as [number, number, number]
        expect([request, is <= Math.max(was, could)]).toEqual([request, true])
      }
    }),
    { numRuns: Math.ceil(cases / perRun) },
  )
})
