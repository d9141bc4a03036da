import { describe, expect, it } from 'vitest'
import { printCapability } from '../../../src/policy/capability/capability.ts'
import type { Rule } from '../../../src/policy/types.ts'
import { parseSpec } from '../../../src/spec/parse.ts'
import { codesOf, rulesOf, source } from '../sources.ts'

function show({ effect, capabilities, except, agents, stage, when, via, reason }: Rule): string {
  const all = (list: Rule['capabilities']) => list.map((capability) => printCapability(capability)).join(' ')
  return [
    `${effect} ${all(capabilities)}`,
    except.length > 0 && `except ${all(except)}`,
    stage && `before ${stage}`,
    when && `when ${all([when])}`,
    via && `via ${all([via])}`,
    agents.length > 0 && `for ${agents.join(' ')}`,
    reason && `because ${reason}`,
  ]
    .filter((part) => part)
    .join(' ')
}

describe('a list item that is a rule', () => {
  const cases = [
    ['- **Allow** `file:src/**:read,write`', 'allow file:src/**:read,write'],
    ['- **Deny** `file:a:*` except `file:a:read` — x', 'deny file:a:read,write except file:a:read because x'],
    ['- **Ask** `shell:git push *` – a person looks', 'ask shell:git push * because a person looks'],
    ['- **Ask** `env:A` - a person looks', 'ask env:A because a person looks'],
    ['- **Ask** `env:A` -- a person looks', 'ask env:A because a person looks'],
    ['- **Ask** `env:A` because a person looks', 'ask env:A because a person looks'],
    ['- **Ask** `env:A`—close', 'ask env:A because close'],
    ['- **Limit** `run:*{timeout:30m,processes:512}`', 'limit run:*{timeout:30m,processes:512}'],
    ['- **Require** `shell:npm test` before done', 'require shell:npm test before done'],
    [
      '- **Require** `shell:npm test` when `file:src/**:write` before push',
      'require shell:npm test before push when file:src/**:write',
    ],
    ['- **Allow** `env:A`, `env:B` for `one`, `two`', 'allow env:A env:B for one two'],
    ['- **Allow** for `one` `env:A`', undefined],
    ['- **Only** `file:{app,lib}/**:write`', 'only file:{app,lib}/**:write'],
    [
      '- **Allow** `secret:k{to:*.x.com}` via `shell:terraform plan *`',
      'allow secret:k{to:*.x.com} via shell:terraform plan *',
    ],
    ['- **Deny:** `env:A`', 'deny env:A'],
    ['- **Deny**: `env:A`', 'deny env:A'],
    ['- __Deny__ `env:A`', 'deny env:A'],
    ['- [ ] **Deny** `env:A`', 'deny env:A'],
    ['- [x] __Deny:__ `env:A`', 'deny env:A'],
    ['- Deny `env:A`', 'deny env:A'],
    ['- Deny `capability://env/A?action=read`', 'deny env:A'],
    ['* **Deny** `env:A`', 'deny env:A'],
    ['1. **Deny** `env:A`', 'deny env:A'],
    ['- **Deny**\n  `env:A`\n  for `one`\n  — two\n  lines', 'deny env:A for one because two lines'],
    ['- **Deny** `env:A` — one\n\n  two `three`\n\n  - four', 'deny env:A because one two `three` four'],
    ['- a list\n  - of lists\n    - **Deny** `env:A`', 'deny env:A'],
    ['- **Deny** ``file:a`b:read``', 'deny file:a`b:read'],
  ] as const
  it.each(cases)('%s', (text, expected) => {
    expect(rulesOf(text).rules.map(show)).toEqual(expected === undefined ? [] : [expected])
  })
})

it('makes a rule of each item of a group, with the effect and clauses of its head', () => {
  const { rules, diagnostics } = rulesOf(
    [
      '- **Deny** for `one` — credentials',
      '  - `file:~/.aws/**:*`',
      '  - `env:AWS_*` except `env:AWS_REGION` — names',
    ].join('\n'),
  )
  expect(diagnostics).toEqual([])
  expect(rules.map(show)).toEqual([
    'deny file:~/.aws/**:read,write for one because credentials',
    'deny env:AWS_* except env:AWS_REGION for one because names',
  ])
  expect(rules.map(({ source: { line, text } }) => [line, text])).toEqual([
    [2, '**Deny** `file:~/.aws/**:*` for `one`'],
    [3, '**Deny** `env:AWS_*` except `env:AWS_REGION` for `one`'],
  ])
})

it('takes nested items with a mark as examples', () => {
  const { rules } = rulesOf(
    '- **Allow** `env:A` — x\n  - ✓ `env:A`\n  - ✗ `env:B` any other\n  - ? `env:C`\n  - ? a question',
  )
  expect(
    rules[0]?.examples.map(({ expected, request, place }) => [expected, request, place.line, place.column]),
  ).toEqual([
    ['allow', 'env:A', 2, 7],
    ['deny', 'env:B', 3, 7],
    ['ask', 'env:C', 4, 7],
  ])
  expect(rules[0]?.reason).toBe('x ? a question')
})

it('takes the examples between the items of a group', () => {
  const { rules } = rulesOf('- **Allow**\n  - `env:A`\n  - ✓ `env:A`\n  - `env:B`\n    - ✓ `env:B`')
  expect(rules.flatMap(({ examples }) => examples.map(({ request }) => request)).sort()).toEqual([
    'env:A',
    'env:B',
  ])
})

it.each([
  ['file:x/@code:read', 1],
  ['file:{@code,x}:read', 1],
  ['capability://file/x/@code?action=read', 1],
  ['file:@code/x:read', 0],
  ['file:x/\\@code:read', 0],
  ['file:x/@coder:read', 0],
])('tells of a name that is taken as it stands: %s', (capability, told) => {
  const { diagnostics } = rulesOf(
    `- **Let** \`@code\` = \`a\`\n- **Deny** \`file:@code:read\`, \`${capability}\``,
  )
  expect(diagnostics.map(({ code }) => code)).toEqual(Array(told).fill('rule/unlikely'))
})

it('puts the pattern of a Let in, wherever the Let stands', () => {
  const { rules, lets, diagnostics } = rulesOf(
    '- **Only** `file:@code:write`\n- **Let** `@code` = `{app,lib}/**` — our code\n- **Deny** `capability://file/@code?action=read`',
  )
  expect(diagnostics).toEqual([])
  expect(rules.map(show)).toEqual(['only file:{app,lib}/**:write', 'deny file:{app,lib}/**:read'])
  expect(lets.map(({ name, pattern }) => [name, pattern])).toEqual([['@code', '{app,lib}/**']])
})

it.each([
  ['@a/**', 'let/syntax', 'write: - **Let** `@b` = `{x,y}/**`'],
  ['@none/**', 'let/syntax', 'write it out, or `\\@none` for a plain @'],
  ['z/@a/**', 'rule/unlikely', undefined],
  ['\\@a/**', undefined, undefined],
  ['z/@none/**', undefined, undefined],
])('tells of a name in the pattern of a Let: %s', (pattern, code, fix) => {
  const { diagnostics } = rulesOf(
    `- **Let** \`@b\` = \`${pattern}\`\n- **Let** \`@a\` = \`{x,y}\`\n- **Deny** \`file:@b:read\`, \`file:@a:write\``,
  )
  expect(diagnostics.map((one) => one.code)).toEqual(code === undefined ? [] : [code])
  if (fix !== undefined) expect(diagnostics[0]?.fix).toBe(fix)
})

it('has `in` only in the user’s own specs', () => {
  const text = '- **Allow** `env:A` in `~/work/shop`'
  expect(parseSpec(source('~/.agent-os/GLOBAL_RULES.md', text)).rules[0]?.in).toBe('~/work/shop')
  expect(codesOf(rulesOf(text))).toEqual(['rule/misplaced-clause'])
  for (const folder of ['work/shop', './shop', '~/a\u200Bb', '']) {
    const spec = parseSpec(source('~/.agent-os/GLOBAL_RULES.md', `- **Deny** \`env:A\` in \`${folder}\``))
    expect([spec.rules, spec.diagnostics.length > 0]).toEqual([[], true])
  }
})

describe('text that is never a rule, and says nothing', () => {
  const cases = [
    '```\n- **Deny** `env:A`\n```',
    '<!-- - **Deny** `env:A` -->',
    '<!--\n- **Deny** `env:A`\n-->',
    'Requires `node` ≥ 22',
    '- **Require** `node` ≥ 22',
    '- **Ask** the obvious',
    '- Allow time for review',
    '- Allow host:port pairs',
    '- Ask https://help.example.com first',
    '- **Note:** `env` is short for environment',
    '- [Deny `x`](https://x.example)',
    '**Allowed** fruits: `apple`',
    '- Limit: 100 requests',
  ]
  it.each(cases)('%s', (text) => {
    const { rules, diagnostics } = rulesOf(text)
    expect([rules, diagnostics]).toEqual([[], []])
  })
})

describe('places', () => {
  const cases = [
    ['- **Deny** `file:x:red`', 1, 20],
    ['# a\r\n\r\n- **Deny** `env:A`, `file:x:red`', 3, 29],
    ['\uFEFF- **Deny** `file:x:red`', 1, 20],
    ['---\ntitle: x\n---\n\n- **Deny** `file:x:red`', 5, 20],
    ['- **Deny** `` file:`:red ``', 1, 22],
    ['- **Let** `@a` = `some/long/path`\n- **Deny** `file:@a:red`', 2, 21],
    ['- **Deny** `shell:a\n  b|c`', 2, 4],
  ] as const
  it.each(cases)('%j has its fault at %d:%d', (text, line, column) => {
    const [first] = rulesOf(text).diagnostics
    expect([first?.code.startsWith('capability/'), first?.place.line, first?.place.column]).toEqual([
      true,
      line,
      column,
    ])
  })
})
