import { expect, test } from 'vitest'
import { type AnalyzeOptions, analyze, type Finding } from '../../../src/policy/analysis/analyze.ts'
import { createGrounds } from '../../../src/policy/analysis/ground.ts'
import { findVain } from '../../../src/policy/analysis/vain.ts'
import { printWitness } from '../../../src/policy/analysis/witness.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { capability, home, makeRule, type RuleParts, root } from '../random-rules.ts'

function find(rules: readonly RuleParts[], options?: AnalyzeOptions): readonly Finding[] {
  const numbered = rules.map((rule, line) => makeRule({ line: line + 1, ...rule }))
  return analyze(compilePolicy({ rules: numbered, root, home, now: 0 }), options)
}

/** What is found, of which line, by which lines, and shown by what. */
function summary(finding: Finding): readonly unknown[] {
  if (finding.kind === 'secret-way-out' || finding.kind === 'way-round') return [finding.kind]
  const by = finding.by.map(({ source }) => source.line)
  const witness = 'witness' in finding ? [printWitness(finding.witness, { root, home })] : []
  return [finding.kind, finding.rule.source.line, by, ...witness]
}

const deny = (...capabilities: string[]): RuleParts => ({ effect: 'deny', capabilities })
const ask = (...capabilities: string[]): RuleParts => ({ effect: 'ask', capabilities })
const allow = (...capabilities: string[]): RuleParts => ({ effect: 'allow', capabilities })
const only = (...capabilities: string[]): RuleParts => ({ effect: 'only', capabilities })
const limit = (...capabilities: string[]): RuleParts => ({ effect: 'limit', capabilities })
const user = { layer: 'user' } as const
const coder = { agents: ['coder'] }

const vain: readonly { name: string; rules: readonly RuleParts[]; found: readonly unknown[] }[] = [
  {
    name: 'an Allow wholly under a Deny',
    rules: [deny('file:secrets/**:*'), allow('file:secrets/a.txt:read')],
    found: ['under-deny', 2, [1], 'file:secrets/a.txt:read'],
  },
  {
    name: 'an Allow under two Denies together',
    rules: [deny('http:x.com:80:request'), deny('http:x.com:443:request'), allow('http:x.com:get')],
    found: ['under-deny', 3, [2, 1], 'http:x.com:get'],
  },
  {
    name: 'an Ask under a Deny of the whole program',
    rules: [deny('shell:git *'), ask('shell:git push *')],
    found: ['under-deny', 2, [1], 'shell:git push'],
  },
  {
    name: 'an Allow outside what an Only names',
    rules: [only('file:src/**:write'), allow('file:docs/**:write')],
    found: ['under-deny', 2, [1], 'file:docs/x:write'],
  },
  {
    name: 'an Allow under a Deny for its agent alone',
    rules: [
      { ...deny('env:CI'), ...coder },
      { ...allow('env:CI'), ...coder },
    ],
    found: ['under-deny', 2, [1], 'env:CI'],
  },
  {
    name: 'an Allow wholly under an Ask',
    rules: [ask('git:*:push'), allow('git:main:push')],
    found: ['under-ask', 2, [1], 'git:main:push'],
  },
  {
    name: "a project's Allow under a Deny of the user",
    rules: [{ ...deny('http:*.com:request'), ...user }, allow('http:x.com:request')],
    found: ['under-deny', 2, [1], 'http:x.com:request'],
  },
  {
    name: 'an Allow that another one covers',
    rules: [allow('file:src/**:read'), allow('file:**:read,write')],
    found: ['covered', 1, [2], 'file:src/x:read'],
  },
  {
    name: 'an Allow that two others cover together',
    rules: [allow('env:A'), allow('env:B'), allow('env:{A,B}')],
    found: ['covered', 3, [1, 2], 'env:A'],
  },
  {
    name: 'an Allow of which a Deny takes one part and another Allow gives the other',
    rules: [deny('env:A'), allow('env:B'), allow('env:{A,B}')],
    found: ['covered', 3, [1, 2], 'env:A'],
  },
  {
    name: 'a Deny of several actions that others have one each',
    rules: [deny('file:a:read'), deny('file:a:write'), deny('file:a:read,write')],
    found: ['covered', 3, [1, 2], 'file:a:read'],
  },
  {
    name: 'an Ask that asks and Denies cover',
    rules: [ask('shell:npm *'), deny('shell:pnpm *'), ask('shell:{npm,pnpm} publish *')],
    found: ['covered', 3, [1, 2], 'shell:npm publish'],
  },
  {
    name: 'the later one of two that say the same',
    rules: [deny('http:x.com:request'), deny('http:x.com:request')],
    found: ['covered', 2, [1], 'http:x.com:request'],
  },
  {
    name: 'a capability that another one of its rule covers',
    rules: [deny('env:A_B', 'env:A_*')],
    found: ['covered', 1, [1], 'env:A_B'],
  },
  {
    name: 'an Only that another one says already',
    rules: [only('file:src/**:write'), only('file:src/**:write')],
    found: ['covered', 2, [1], 'file:src/x:write'],
  },
  {
    name: 'a Deny of what an Only leaves out',
    rules: [only('file:src/**:write'), deny('file:docs/**:write')],
    found: ['covered', 2, [1], 'file:docs/x:write'],
  },
  {
    name: "an agent's rule that holds for all already",
    rules: [allow('file:**:write'), { ...allow('file:src/**:write'), ...coder }],
    found: ['covered', 2, [1], 'file:src/x:write'],
  },
  {
    name: 'an Allow with an amount beside one without',
    rules: [allow('http:x.com:get{max:5}'), allow('http:x.com:get')],
    found: ['covered', 1, [2], 'http:x.com:get'],
  },
  {
    name: 'two rules of the user',
    rules: [
      { ...deny('env:A*'), ...user },
      { ...deny('env:AB'), ...user },
    ],
    found: ['covered', 2, [1], 'env:AB'],
  },
  {
    name: 'a Limit that stands there twice',
    rules: [limit('run:*{timeout:30m}'), limit('run:*{timeout:30m}')],
    found: ['repeated', 2, [1]],
  },
  {
    name: 'an except that excepts nothing',
    rules: [{ ...deny('file:secrets/**:*'), except: ['file:src/**:read'] }],
    found: ['empty-except', 1, [], 'file:src/x:read'],
  },
  {
    name: 'an except of what the rule does not do',
    rules: [allow('file:**:read,write'), { ...deny('file:src/**:write'), except: ['file:src/a.ts:read'] }],
    found: ['empty-except', 2, [], 'file:src/a.ts:read'],
  },
  {
    name: "a project's except under a Deny of the user",
    rules: [
      { ...deny('file:**/.env*:*'), ...user },
      { ...deny('file:**/.env*:*'), except: ['file:.env.test:read'] },
    ],
    found: ['closed-except', 2, [1], 'file:.env.test:read'],
  },
]

test.for(vain)('$name is found', ({ rules, found }) => {
  expect(find(rules).map(summary)).toEqual([found])
})

const sound: readonly { name: string; rules: readonly RuleParts[] }[] = [
  {
    name: 'an Allow of which a Deny takes a part',
    rules: [deny('file:secrets/**:*'), allow('file:**:read')],
  },
  {
    name: 'an Allow in the hole of a Deny',
    rules: [
      { ...deny('file:secrets/**:*'), except: ['file:secrets/public/**:read'] },
      allow('file:secrets/public/a:read'),
    ],
  },
  {
    name: 'an Allow of several actions of which one is denied',
    rules: [deny('file:src/**:delete'), allow('file:src/**:write')],
  },
  {
    name: 'an except that overlaps',
    rules: [{ ...deny('file:**/*.pem:*'), except: ['file:test/**:read'] }],
  },
  {
    name: 'what an Only leaves open beside what it names',
    rules: [{ ...only('file:src/**:write'), except: ['file:docs/**:write'] }],
  },
  {
    name: 'an Allow under a Deny for one agent',
    rules: [{ ...deny('env:CI'), agents: ['command'] }, allow('env:CI')],
  },
  {
    name: 'a rule for two agents that is covered for one',
    rules: [
      { ...deny('env:A*'), ...coder },
      { ...deny('env:AB'), agents: ['coder', 'tester'] },
    ],
  },
  {
    name: 'an Allow of methods beside one of them',
    rules: [allow('http:x.com:get,post'), allow('http:x.com:get,head')],
  },
  {
    name: 'an Allow of tunnels beside one of every method',
    rules: [allow('http:*.x.com:get,head,post,put,patch,delete,options'), allow('http:a.x.com:request')],
  },
  {
    name: 'an Allow without an amount beside one with',
    rules: [allow('http:x.com:get'), allow('http:*.com:get{max:5}')],
  },
  {
    name: 'amounts that differ',
    rules: [allow('http:x.com:get{max:5}'), allow('http:x.com:get{rate:5/min}')],
  },
  {
    name: 'an Allow that ends sooner beside one that ends later',
    rules: [allow('env:A{expires:2030-01-01T00:00:00Z}'), allow('env:A{expires:2031-01-01T00:00:00Z}')],
  },
  {
    name: 'a Deny that also hides the program',
    rules: [deny('shell:{curl,wget} *'), deny('shell:curl *{everywhere}')],
  },
  { name: "a project's Deny that its user has too", rules: [{ ...deny('env:A'), ...user }, deny('env:A')] },
  { name: "a user's Deny that one project has too", rules: [deny('env:A'), { ...deny('env:A'), ...user }] },
  {
    name: "a user's Deny that another one has for a single project",
    rules: [
      { ...deny('env:A*'), ...user, in: root },
      { ...deny('env:AB'), ...user },
    ],
  },
  {
    name: "a user's Allow about which a project asks",
    rules: [ask('git:*:push'), { ...allow('git:*:push'), ...user }],
  },
  {
    name: 'what a shipped pack says, said again',
    rules: [{ ...deny('env:*TOKEN*'), pack: 'oos:secrets' }, deny('env:*TOKEN*')],
  },
  { name: 'what a pack says twice', rules: [1, 2].map(() => ({ ...deny('env:A'), pack: 'oos:secrets' })) },
  {
    name: 'a plain path, which is closed also where it does not exist, beside a pattern',
    rules: [deny('file:**/.env:*'), deny('file:.env:*')],
  },
  {
    name: 'names that must not come to be, in any folder, beside a pattern of what is there',
    rules: [deny('file:**/hooks/**:write'), deny('file:**/.git/hooks/**:write')],
  },
  {
    name: 'a Deny with a hole beside one with another',
    rules: [
      { ...deny('env:*'), except: ['env:A'] },
      { ...deny('env:*'), except: ['env:B'] },
    ],
  },
  { name: 'an Only that names one thing twice', rules: [only('env:CI', 'env:CI')] },
  { name: 'Limits that differ', rules: [limit('run:*{timeout:30m}'), limit('run:*{timeout:10m}')] },
  {
    name: "a project's except of which a Deny of the user takes a part",
    rules: [
      { ...deny('file:**/.env:*'), ...user },
      { ...deny('file:**/.env*:*'), except: ['file:**/.env*:read'] },
    ],
  },
]

test.for(sound)('$name is fine', ({ rules }) => {
  expect(find(rules).map(summary)).toEqual([])
})

test('a hole in a pack that none of its rules is about is found where it is written', () => {
  const place = { file: '.agent-os/AGENT.md', line: 2, column: 1 }
  const rules = [{ ...deny('env:*TOKEN*'), pack: 'oos:secrets', except: ['env:TOKN', 'env:MY_TOKEN'] }]
  const holes = ['env:TOKN', 'env:MY_TOKEN'].map((text) => ({ capability: capability(text), place }))
  expect(find(rules, { holes })).toMatchObject([
    { kind: 'empty-except', place, capability: { pattern: 'TOKN' } },
  ])
})

test('a hole in a pack opens nothing that the user denies', () => {
  const place = { file: '.agent-os/AGENT.md', line: 2, column: 1 }
  const hole = 'file:test/fixtures/**:read'
  const pack = { ...deny('file:**/.env{,.*}:*'), pack: 'oos:secrets' }
  const example = 'file:**/.env.example:*'
  const found = find(
    [
      { ...pack, except: [example, hole] },
      { ...pack, ...user, except: [example] },
    ],
    { holes: [{ capability: capability(hole), place }] },
  )
  expect(found).toMatchObject([{ kind: 'closed-except', place, by: [{ layer: 'user' }] }])
})

test('an Only of which nothing is allowed still denies the rest', () => {
  const rules = [deny('file:docs/**:write'), deny('file:src/**:write'), only('file:src/**:write')]
  expect(find(rules).map(summary)).toEqual([
    ['under-deny', 3, [2], 'file:src/x:write'],
    ['covered', 1, [3], 'file:docs/x:write'],
  ])
})

test('of two Onlys that overlap each is told what the other one denies', () => {
  const rules = [
    only('file:src/**:write', 'file:doc/**:write'),
    only('file:src/a/**:write', 'file:lib/**:write'),
  ]
  expect(find(rules).map(summary)).toEqual([
    ['under-deny', 2, [1], 'file:lib/x:write'],
    ['under-deny', 1, [2], 'file:doc/x:write'],
  ])
  const names = [deny('env:A'), only('file:a:read', 'file:b:write', 'env:A', 'env:B')]
  expect(find(names).map(summary)).toEqual([['under-deny', 2, [1], 'env:A']])
  expect(find([deny('env:A'), only('file:a:read', 'env:A')])).toEqual([])
})

test('one line of a file that is taken in twice is found once, and not by itself', () => {
  const lines = [deny('env:AB'), deny('env:A*')].map((rule, line) => ({ ...rule, line: line + 1 }))
  const twice = [...lines, ...lines.map((rule) => ({ ...rule, ...coder }))]
  expect(find(twice).map(summary)).toEqual([['covered', 1, [2], 'env:AB']])
})

test('a variable that may become several words is covered by a last `*` alone', () => {
  const rules = [allow('shell:git'), allow('shell:git * *'), allow('shell:git *')]
  expect(find(rules).map(summary)).toEqual([
    ['covered', 2, [3], 'shell:git x'],
    ['covered', 1, [3], 'shell:git'],
  ])
})

test('without a step to spend, what the text does not show is not said', () => {
  const rules = [deny('env:A'), deny('env:A'), deny('env:B*'), deny('env:BC*')]
  const numbered = rules.map((rule, line) => makeRule({ ...rule, line: line + 1 }))
  const policy = compilePolicy({ rules: numbered, root, home, now: 0 })
  const lines = (left: number) =>
    findVain(createGrounds(policy, { left })).map(({ rule }) => rule.source.line)
  expect(lines(1_000_000)).toEqual([4, 2])
  expect(lines(-1)).toEqual([2])
})

test('hundreds of rules within each other are all found', () => {
  const nested = Array.from({ length: 300 }, (_, depth) => deny(`file:${'a/'.repeat(depth % 40)}**:write`))
  expect(find(nested)).toHaveLength(299)
})

test('what would take too long to find out is passed over in silence', () => {
  const explosive = (end: string) => `file:**/${'?*a'.repeat(3)}${'?'.repeat(14)}${end}:write`
  expect(find([deny(explosive('')), deny(explosive('b'))])).toEqual([])
})
