import { expect, test } from 'vitest'
import { analyze } from '../../../src/policy/analysis/analyze.ts'
import { printWitness } from '../../../src/policy/analysis/witness.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decidePart } from '../../../src/policy/decide.ts'
import { home, makeRule, type RuleParts, root } from '../random-rules.ts'

function policyOf(rules: readonly RuleParts[]) {
  return compilePolicy({
    rules: rules.map((rule, line) => makeRule({ line: line + 1, ...rule })),
    root,
    home,
    now: 0,
  })
}

const denySecrets: RuleParts = { effect: 'deny', capabilities: ['file:secrets/**:*'] }

const vain: readonly {
  name: string
  rules: readonly RuleParts[]
  kind: string
  by?: number
  witness: string
}[] = [
  {
    name: 'an Allow wholly under a Deny',
    rules: [denySecrets, { effect: 'allow', capabilities: ['file:secrets/a.txt:read'] }],
    kind: 'under-deny',
    by: 1,
    witness: 'file:secrets/a.txt:read',
  },
  {
    name: 'an Allow under two Denies together',
    rules: [
      { effect: 'deny', capabilities: ['http:x.com:80:request'] },
      { effect: 'deny', capabilities: ['http:x.com:443:request'] },
      { effect: 'allow', capabilities: ['http:x.com:get'] },
    ],
    kind: 'under-deny',
    by: 1,
    witness: 'http:x.com:80:get',
  },
  {
    name: 'an Ask under a Deny of the whole program',
    rules: [
      { effect: 'deny', capabilities: ['shell:git *'] },
      { effect: 'ask', capabilities: ['shell:git push *'] },
    ],
    kind: 'under-deny',
    by: 1,
    witness: 'shell:git push',
  },
  {
    name: 'an Allow outside what an Only names',
    rules: [
      { effect: 'only', capabilities: ['file:src/**:write'] },
      { effect: 'allow', capabilities: ['file:docs/**:write'] },
    ],
    kind: 'under-deny',
    by: 1,
    witness: 'file:docs:create',
  },
  {
    name: 'an except that excepts nothing',
    rules: [{ ...denySecrets, except: ['file:src/**:read'] }],
    kind: 'empty-except',
    witness: 'file:src:read',
  },
]

test.for(vain)('$name is found, with $witness', ({ rules, kind, by, witness }) => {
  const policy = policyOf(rules)
  const found = analyze(policy)
  expect(found.map((each) => [each.kind, each.by?.source.line, printWitness(each.witness, policy)])).toEqual([
    [kind, by, witness],
  ])
  if (kind === 'under-deny')
    for (const each of found) expect(decidePart(policy, each.witness).effect).toBe('deny')
})

const sound: readonly { name: string; rules: readonly RuleParts[] }[] = [
  {
    name: 'an Allow of which a Deny takes a part',
    rules: [denySecrets, { effect: 'allow', capabilities: ['file:**:read'] }],
  },
  {
    name: 'an Allow in the hole of a Deny',
    rules: [
      { ...denySecrets, except: ['file:secrets/public/**:read'] },
      { effect: 'allow', capabilities: ['file:secrets/public/a:read'] },
    ],
  },
  {
    name: 'an Allow of several actions of which one is denied',
    rules: [
      { effect: 'deny', capabilities: ['file:src/**:delete'] },
      { effect: 'allow', capabilities: ['file:src/**:write'] },
    ],
  },
  {
    name: 'an except that overlaps',
    rules: [{ effect: 'deny', capabilities: ['file:**/*.pem:*'], except: ['file:test/**:read'] }],
  },
]

test.for(sound)('$name is fine', ({ rules }) => {
  expect(analyze(policyOf(rules))).toEqual([])
})
