import { describe, expect, test } from 'vitest'
import { proposeFix } from '../../../src/editor/fixes.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decide } from '../../../src/policy/decide.ts'
import { parseRequest } from '../../../src/policy/request/parse.ts'
import { parseSpec } from '../../../src/spec/parse.ts'
import { noneLeftOut } from '../../../src/spec/rule/agents-meant.ts'
import { fc } from '../arbitrary.ts'
import { rulesOf, setOf } from '../sources.ts'

const place = { root: '/p', home: '/h', cwd: '/p' }

function effectOf(text: string, request: string): string {
  const { rules, diagnostics } = rulesOf(text)
  if (diagnostics.some(({ severity }) => severity === 'error')) return 'nothing starts'
  const parsed = parseRequest(request, place)
  if (!parsed.ok) throw new Error(request)
  return decide(compilePolicy({ rules, ...place, now: 0 }), { ...parsed.value, agent: 'command' }).effect
}

/** As whoever does what the first error says. */
function followed(text: string, more = 6): string {
  const found = rulesOf(text).diagnostics.find(({ severity }) => severity === 'error')
  if (found === undefined || more === 0) return text
  const { line, column, endLine = line, endColumn = column } = found.place
  const lines = text.split('\n')
  const offset = (row: number, at: number) =>
    lines.slice(0, row - 1).join('\n').length + (row > 1 ? 1 : 0) + at - 1
  const span = { start: offset(line, column), end: offset(endLine, endColumn) }
  const ask = found.fix?.includes('write **Ask**') ? text.replace('**Allow**', '**Ask**') : undefined
  const clause = /^write it before the dash: (.*)$/.exec(found.fix ?? '')?.[1]
  const out = found.fix?.includes('leave it out') || (clause !== undefined && ask === undefined)
  const cut = out ? text.slice(0, span.start).trimEnd() + text.slice(span.end) : undefined
  const moved = clause === undefined ? cut : cut?.replace(/ (—|-|because)/, ` ${clause} $1`)
  const fix = proposeFix(found, span, text)
  const next = ask ?? moved ?? (fix && text.slice(0, fix.start) + fix.text + text.slice(fix.end))
  return next === undefined ? text : followed(next, more - 1)
}

const restricting = [
  ...[
    'unless',
    'but',
    'but not',
    'without',
    'until',
    'if',
    'except',
    '**except**',
    '*except*',
    'Except',
    'excluding',
  ],
  ...[
    'except for',
    'not',
    'as long as it is not',
    '**Deny**',
    'Deny',
    'and **Deny**',
    ', **Deny**',
    '. **Deny**:',
  ],
  ...[
    '— except',
    '— but **Deny**',
    '— but Deny',
    'because it is needed, except',
    '— why\n  except',
    '— why\n  **Deny**',
  ],
  ...['— why\n  Deny', '- unless', '— all of it but', '— all of it, but not'],
]

describe('words between a rule and what it leaves out', () => {
  test.each(restricting)('Allow … %j … is an error whose fix opens no more', (words) => {
    const text = `- **Allow** \`shell:*\` ${words} \`shell:rm *\``
    const [found] = rulesOf(text).diagnostics
    if (words !== 'except')
      expect([found?.severity, found?.fix?.includes('dash before the reason')]).toEqual(['error', false])
    expect(effectOf(followed(text), 'shell:rm x')).not.toBe('allow')
  })

  test.each(restricting)('Deny … %j … is an error whose fix closes the rest', (words) => {
    const text = `- **Deny** \`shell:*\` ${words} \`shell:rm *\`\n- **Allow** \`shell:*\``
    expect(effectOf(followed(text), 'shell:ls')).not.toBe('allow')
  })

  test('and so of any of them in any order', () => {
    const words = fc.array(
      fc.constantFrom(
        ...restricting,
        'only',
        'for',
        'and',
        'or',
        ',',
        '.',
        '—',
        'with',
        'when',
        'for `coder`',
        'x',
      ),
      { minLength: 1, maxLength: 4 },
    )
    fc.assert(
      fc.property(words, (parts) => {
        const lead = `- **Allow** \`shell:*\` ${parts.join(' ')} \`shell:rm *\``
        const isLeftOut = /(?:except|unless|but|without|\*\*Deny\*\*:?)$/.test(parts.join(' '))
        fc.pre(isLeftOut)
        expect(effectOf(followed(lead), 'shell:rm x')).not.toBe('allow')
      }),
      { numRuns: 500 },
    )
  })
})

test.each([
  ['- **Allow** `shell:*` only for `coder`', 'leave the `only` out'],
  [
    '- **Allow** `shell:*` unless `coder`',
    `a capability is left out with \`except\`: except \`file:**/.env.example:read\`; ${noneLeftOut}`,
  ],
  ['- **Allow** `shell:*` only `coder`', 'write `for`'],
  ['- **Allow** `shell:*` `coder`', 'the name of an agent stands behind `for`: for `coder`'],
  [
    '- **Allow** `shell:*` unless told',
    'name what is left out in backticks: except `file:**/.env.example:read`',
  ],
  [
    '- **Allow** `shell:*` unless `file:a:read`',
    'write it as a rule of its own, on the next line: - **Deny** `file:a:read`',
  ],
  [
    '- **Allow** `shell:*` like `shell:ls`',
    'write `except` before it if it is left out, and a comma if it is one more',
  ],
  [
    '- **Require** `shell:a` before commit, push',
    'write it as a rule of its own, on the next line: - **Require** `shell:a` before push',
  ],
  [
    '- **Require** `shell:a` before commit and push — x',
    'write it as a rule of its own, on the next line: - **Require** `shell:a` before push',
  ],
  [
    '- **Require** `shell:a` before commit and before push',
    'write it as a rule of its own, on the next line: - **Require** `shell:a` before push',
  ],
  ['- **Require** `shell:a` on each commit', 'write: before commit'],
  ['- **Require** `shell:a` before pushing', 'write: before push'],
  ['- **Deny** `file:**:write` outside `src/`', 'write: except `file:src/**:write`'],
  ['- **Allow** `file:**:read` excluding `.env`', 'write: except `file:.env:read`'],
  ['- **Allow** `file:a:read`, except `file:b:read`', 'leave the comma before it out'],
  ['- **Deny** `file:.env` read', 'write it inside of the backticks: `file:.env:read`'],
  ['- **Allow** `file:a/**` (read and write)', 'write it inside of the backticks: `file:a/**:read,write`'],
  ['- **Allow** `file:a/**` (read)', 'write it inside of the backticks: `file:a/**:read`'],
  ['- **Deny** `file:a/**:read` (secrets)', 'put a dash before the reason: — why'],
  ['- **Limit** `run:*` (5m)', 'write it inside of the backticks: `run:*{timeout:5m}`'],
  ['- **Limit** `run:*` (timeout 5m)', 'write it inside of the backticks: `run:*{timeout:5m}`'],
  [
    '- **Allow** `file:a/**` {expires:2030-01-01}',
    'write it inside of the backticks: `file:a/**:read{expires:2030-01-01T00:00:00Z}`',
  ],
  [
    '- **Require** `shell:a` before commit, and before push',
    'write it as a rule of its own, on the next line: - **Require** `shell:a` before push',
  ],
  ['- **Allow** `env:A` for coder', 'write: for `coder`'],
  ['- **Allow** `env:A` for the agent `coder`', 'write: for `coder`'],
  ['- **Allow** `env:A` for agent `coder`', 'write: for `coder`'],
  [
    '- **Allow** `env:A` for everyone',
    'leave it out: without `for` a rule holds for all whom its file is for',
  ],
  ['- **Allow** `env:A` for the coder and `tester` only — x', 'write: for `coder`, `tester`'],
  ['- **Allow** `env:A` for `coder` and for `tester`', 'put a comma between code spans'],
  ['- **Allow** `env:A` and for `tester`', 'the name of an agent stands behind `for`: for `tester`'],
  ['- **Deny** `env:A`, `env:B`, — x', 'leave the comma before it out'],
  ['- **Deny** `env:A`, and `env:B`', 'leave the `and` out: the comma is enough'],
  ['- **Allow** `file:**:read` except .env', 'write: except `file:.env:read`'],
  [
    '- **Allow** `secret:K` to `https://x.com/v1` for `coder`',
    'write it inside of the backticks: `secret:K{to:x.com}`',
  ],
  [
    '- **Allow** `env:A` (until 2030-01-01)',
    'write it inside of the backticks: `env:A{expires:2030-01-01T00:00:00Z}`',
  ],
  [
    '- **Deny** `env:A` until 2030-01-01',
    'a rule has no such condition: leave it out, and the rule holds always',
  ],
  ['- **Require** `shell:a` after commit', 'a Require is run before a stage: before commit'],
  ['- **Allow** `env:A` for now', 'name agents in backticks: for `researcher`, `coder`'],
  ['- **Deny** `env:A` except for `env:B`', 'write: except `env:B`'],
  [
    '- **Limit** `run:*` to 9 processes',
    'how much stands inside of the backticks: `run:*{timeout:30m,memory:4GB,processes:512}`',
  ],
  ['- **Require** `shell:a` before commit if `file:a:read`', 'write: when `file:src/**:write`'],
  ['- **Deny** `env:A` it is secret', 'put a dash before the reason: — why'],
  ['- **Deny** `env:A` breaks `npm`', 'put a dash before the reason: — why'],
  ['- **Deny** `env:A` if `env:B`', 'a rule has no such condition: leave it out, and the rule holds always'],
])('%s: %s', (text, fix) => {
  expect(rulesOf(text).diagnostics.map((one) => [one.severity, one.fix])).toEqual([['error', fix]])
})

test.each([
  ...[
    'for everyone but coder',
    'for everyone but `coder`',
    'for all except `coder`',
    'to everybody but coder',
  ],
  ...['for any agent other than `coder`', 'for every agent that is not `coder`', 'for non-coder agents'],
  ...['except for `coder`', 'not for `coder`', 'for all agents except the coder before commit'],
])('what is for all agents but some, as `%s`, is offered for no others', (words) => {
  for (const text of [`- **Deny** \`env:A\` ${words}`, `- **Allow** \`env:A\` ${words}`])
    expect(rulesOf(text).diagnostics.map((one) => [one.severity, one.fix])).toEqual([['error', noneLeftOut]])
})

test.each([
  '- **Deny** for everyone but coder: `env:A`',
  '- **Allow** everybody except `coder` `env:A`',
  '- **Deny** env:A for all but coder',
])('%s: nor is it where the capability stands elsewhere', (text) => {
  const [found] = rulesOf(text).diagnostics
  expect([found?.severity, found?.fix]).toEqual(['error', noneLeftOut])
  expect(found?.message).not.toContain('is written')
})

test.each([
  '- **Allow** `shell:npm *` — needed for `shell:npm test`',
  '- **Deny** `file:a:*` — `file:b:*` is what is read',
  '- **Deny** `file:a:*` — wins over the Allow `file:a/b:*`',
  '- **Allow** `http:x.com:request` — for `npm`',
  '- **Deny** `file:a:*` — not `a/b`, but `a`',
])('%s mentions it', (text) => {
  expect(rulesOf(text).diagnostics).toEqual([])
})

test('options stand behind the words of a Deny, too', () => {
  expect(effectOf('- **Deny** `shell:a`\n- **Allow** `shell:*`', 'shell:a -f b')).toBe('deny')
})

test('a reason that only names agents is the clause that was meant', () => {
  const files = (rule: string) => ({
    '.agent-os/AGENT.md': `- ${rule}\n`,
    '.agent-os/agents/coder.md': '# Coder\n',
  })
  const of = (rule: string) => setOf(files(rule)).diagnostics.filter(({ severity }) => severity === 'error')
  expect(of('**Allow** `shell:*` — for `coder`').map(({ code, fix }) => [code, fix])).toEqual([
    ['rule/in-reason', 'write it before the dash: for `coder`'],
  ])
  expect(of('**Allow** `shell:*` — only for `coder` — it builds')).toHaveLength(1)
  expect(of('**Allow** `shell:*` — for coder and command only').map(({ fix }) => fix)).toEqual([
    'write it before the dash: for `coder`, `command`',
  ])
  expect(of('**Allow** `shell:*` — only for coder, since it builds')).toHaveLength(1)
  expect(of('**Allow** `shell:*` — for coder of all people')).toEqual([])
  expect(of('**Allow** `shell:*` — for speed, since coder builds')).toEqual([])
  expect(of('**Allow** `shell:*` for `coder` — for `coder`')).toEqual([])
  expect(of('**Allow** `shell:*` — for `npm`')).toEqual([])
  for (const reason of [
    'for all but coder',
    'except for `coder` — it asks',
    'for anyone other than the coder',
    'for everyone but coder, since it builds',
  ])
    expect(of(`**Allow** \`shell:*\` — ${reason}`).map(({ code, fix }) => [code, fix])).toEqual([
      ['rule/in-reason', noneLeftOut],
    ])
  expect(of('**Allow** `shell:*` — for all but guests')).toEqual([])
  expect(of('**Allow** `shell:*` — everybody but the coder has asked for it')).toEqual([])
})

test.each([
  ['**Allow** `env:A` — in `~/work/shop`', 'write it before the dash: in `~/work/shop`'],
  ['**Allow** `env:A` — via `shell:b *`.', 'write it before the dash: via `shell:b *`'],
  [
    '**Require** `shell:a` before done — when `file:src/**:write` — why',
    'write it before the dash: when `file:src/**:write`',
  ],
  ['**Allow** `env:A` — until 2027-01-01', 'inside of the backticks: `env:A{expires:2027-01-01T00:00:00Z}`'],
  ['**Limit** `run:*{timeout:5m}` — {memory:4GB}', 'inside of the backticks: `run:*{timeout:5m,memory:4GB}`'],
  ['**Allow** `env:A` — in `~/work/shop` it is known', undefined],
  ['**Allow** `env:A` — in `src`', undefined],
  ['**Allow** `env:A` — until we move', undefined],
])('a reason that is nothing but a clause or a constraint holds nothing: %s', (rule, fix) => {
  const [found] = rulesOf(`- ${rule}`).diagnostics
  expect([found?.code, found?.fix?.endsWith(fix ?? '')]).toEqual(
    fix === undefined ? [undefined, undefined] : ['rule/in-reason', true],
  )
})

test.each([
  ['**Deny** `env:A` for `command` for `coder`', 'join them with a comma'],
  ['**Require** `shell:a` before push before done', 'write a rule of its own for the other one'],
  ['**Require** before push\n  - `shell:a` before done', 'write a rule of its own for the other one'],
])('%j: a clause stands in a rule once', (rule, fix) => {
  expect(rulesOf(`- ${rule}`).diagnostics.map((found) => [found.code, found.fix])).toEqual([
    ['rule/repeated-clause', fix],
  ])
})

test.each([
  '- **Deny** `shell:*` — x\n  - except `shell:ls`',
  '- **Allow** `shell:*`\n  - unless `shell:rm *`',
  '- **Allow** `shell:*`\n\n  except `shell:rm *`',
])('%j: an exception below its rule is an error', (text) => {
  expect(rulesOf(text).diagnostics.map(({ severity, code }) => [severity, code])).toContainEqual([
    'error',
    'rule/in-reason',
  ])
})

test.each([
  '- **Deny** `shell:npm install *` — run `shell:npm ci`, not `shell:npm install`',
  '- **Allow** `http:packages.example.com:get` — the public registry, not `https://mirror.example.org`',
  '- **Deny** `file:.github/**:write` — jobs run without `secrets: inherit`',
  '- **Allow** `http:*.example.com:get` — packages. Only `http:packages.example.com:get` is used today',
])('a reason that only contrasts and mentions is prose: %s', (text) => {
  const bytes = new TextEncoder().encode(text)
  expect(parseSpec({ path: 'a.md', kind: 'rules', layer: 'project', bytes }).diagnostics).toEqual([])
})

test('an exception of a group is told with the item that it can do nothing for', () => {
  const { diagnostics } = rulesOf('- **Deny** except `env:A`\n  - `env:*`\n  - `file:a/**:*`')
  expect(diagnostics.map(({ code, message, fix }) => [code, message, fix])).toEqual([
    [
      'rule/except',
      '`file:a/**:*` of this group names no `env`',
      'write `except` behind the items that it is for',
    ],
  ])
})

test.each([
  ['**Deny** `http:a.com:request{rate:5/min}`', 'write: - **Limit** `http:a.com:request{rate:5/min}`'],
  [
    '**Ask** `shell:make *{timeout:5m}`',
    'limit it by a rule of its own, on the next line: - **Limit** `shell:make *{timeout:5m}`',
  ],
])('how much stands in a Limit, and in no Deny or Ask: %s', (rule, fix) => {
  expect(rulesOf(`- ${rule}`).diagnostics.map((one) => [one.code, one.fix])).toEqual([
    ['rule/constraint', fix],
  ])
})

test('a capability that says how much is offered as a Limit, where no effect stands before it', () => {
  const [found] = rulesOf('- see `agent:spawn{max:5}` there').diagnostics
  expect(found?.fix).toContain('- **Limit** `agent:spawn{max:5}`')
})
