import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rulesOf } from '../sources.ts'

describe('text that was meant as a rule is offered as it stands, with what is wrong mended', () => {
  test.each([
    ['- **Requre** `shell:npm test` before push — mine', '- **Require** `shell:npm test` before push — mine'],
    ['- **Dney** `env:A`, `env:B` for `one` — mine', '- **Deny** `env:A`, `env:B` for `one` — mine'],
    ['- **deny** `env:A` because mine', '- **Deny** `env:A` because mine'],
    ['- **Deny** env:A — mine', '- **Deny** `env:A` — mine'],
    ['- **Ask** shell:git push * — mine', '- **Ask** `shell:git push *` — mine'],
    ['- **Deny** "file:a:read", file:b:read', '- **Deny** `file:a:read`, `file:b:read`'],
    ['- **Deny** „env:A“ — mine', '- **Deny** `env:A` — mine'],
    ['- **Deny** ´env:A´', '- **Deny** `env:A`'],
    ['- **Deny** <code>env:A</code> — mine', '- **Deny** `env:A` — mine'],
    ['- **Deny** [env:A](x)', '- **Deny** `env:A`'],
    ['- **Deny ** `env:A` — mine', '- **Deny** `env:A` — mine'],
    ['-\u00a0**Deny** `env:A` — mine', '- **Deny** `env:A` — mine'],
    ['- `Deny env:A` — mine', '- **Deny** `env:A` — mine'],
    ['- **Always ask** `shell:git push *` — mine', '- **Ask** `shell:git push *` — mine'],
    ['- **Deny `env:A`** because mine', '- **Deny** `env:A` because mine'],
    ['- [**Deny** `env:A`](https://x.example)', '- **Deny** `env:A`'],
    ['- **Deny** all of `file:a/**:read` — mine', '- **Deny** `file:a/**:read` — mine'],
    ['- **Allw** `fle:src/**:read` — mine', '- **Allow** `file:src/**:read` — mine'],
    ['- **Requre** `shell:npm test` — mine', '- **Require** `shell:npm test` before commit — mine'],
    ['- **Limt** `env:A`', '- **Limit** `run:*{timeout:30m}` — why'],
    ['**Deny** `env:A`\nfor `one` — mine', '- **Deny** `env:A` for `one` — mine'],
    ['**Deny** `env:A` — one\n**Deny** `env:B` — two', '- **Deny** `env:A` — one'],
    ['- **Forbid** `env:A` — mine', '- **Deny** `env:A` — mine'],
    ['- _Deny_ `env:A` — mine', '- **Deny** `env:A` — mine'],
    ['- **Require** npm test before commit — mine', '- **Require** `shell:npm test` before commit — mine'],
    ['- **Never** modify `package-lock.json`', '- **Deny** `file:package-lock.json:write`'],
    ['**Never** edit `vendor/` — mine', '- **Deny** `file:vendor/**:write` — mine'],
    ['- **Deny** editing package-lock.json', '- **Deny** `file:package-lock.json:write`'],
    ['- **Deny** what `package-lock.json` has', '- **Deny** `file:package-lock.json:*` — why'],
    ['- **Deny** write access to `package.json`', '- **Deny** `file:package.json:write` — why'],
    ['- **Allow** writes to `src/`', '- **Allow** `file:src/**:write` — why'],
    ['- **Allow** reading and writing `src/**`', '- **Allow** `file:src/**:read,write` — why'],
    ['- **Require** green tests before push — mine', '- **Require** `shell:npm test` before push — mine'],
    ['- **Must** `shell:npm test` before commit', '- **Require** `shell:npm test` before commit'],
    ['- ✅ **Allow** `file:a/**:read`', '- **Allow** `file:a/**:read` — why'],
    ['- **Do not** `shell:rm *`', '- **Deny** `shell:rm *` — why'],
    ['## Allowed\n\n- `file:a/**:read`', '- **Allow** `file:a/**:read` — why'],
    ['## Not allowed\n\n- `file:a/**:read`', '- **Deny** `file:a/**:read` — why'],
    ['| a | b |\n|---|---|\n| **Allow** | `file:a/**:read` |', '- **Allow** `file:a/**:read` — why'],
    ['- **Deny** data/**', '- **Deny** `file:data/**:*` — why'],
    ['- **Only** src/ and test/', '- **Only** `file:src/**:write` — why'],
    ['- **Deny** curl', '- **Deny** `shell:curl *` — why'],
    ['- **Limit** memory to 4GB', '- **Limit** `run:*{memory:4GB}` — why'],
    ['- **Limit** memory to 4 GB', '- **Limit** `run:*{memory:4GB}` — why'],
    ['- **Limit** to 5 minutes', '- **Limit** `run:*{timeout:5m}` — why'],
    ['- **Limit** runs to 5 minutes and 4GB of memory', '- **Limit** `run:*{timeout:5m,memory:4GB}` — why'],
    ['- **Limit** memory 4GB, 100 processes', '- **Limit** `run:*{memory:4GB,processes:100}` — why'],
    ['- **Limit** memory to 4GB and 9 lives', '- **Limit** `run:*{timeout:30m}` — why'],
    ['- **Limit** the run to 5 minutes', '- **Limit** `run:*{timeout:5m}` — why'],
    ['- **Limit** processes to 100 at most', '- **Limit** `run:*{processes:100}` — why'],
    ['- **Only** touch `src/`', '- **Only** `file:src/**:write` — why'],
    ['- **Ask** deleting `data/` because mine', '- **Ask** `file:data/**:delete` — mine'],
    ['- **Allow only** `env:A` — mine', '- **Only** `env:A` — mine'],
    ['- **Allow** only `env:A`', '- **Only** `env:A`'],
    ['- **Allow** nothing but `env:A`', '- **Only** `env:A`'],
    ['- **Allow no** `env:A`', '- **Deny** `env:A`'],
    ['- **Allow** everything except `env:A`', '- **Deny** `env:A`'],
    ['- **Allow** all but env:A', '- **Deny** `env:A`'],
    ['- **Allow** the file, but not more `env:A`', '- **Deny** `env:A`'],
    ['- **Allow** without asking `env:A`', '- **Allow** `env:A`'],
    ['- **Deny** everything but `env:A`', '- **Only** `env:A`'],
    ['- **Deny unless** `env:A`', '- **Only** `env:A`'],
    ['- **Deny** everything except `src/`', '- **Only** `file:src/**:write` — why'],
    ['- **Never** edit files outside `src/`', '- **Only** `file:src/**:write` — why'],
    ['- **Deny** network except `api.x.com`', '- **Only** `http:api.x.com:request` — why'],
    ['- **Allow** everything except `.env`', '- **Deny** `file:.env:*` — why'],
    ['- **Allow** no edits of package.json', '- **Deny** `file:package.json:*` — why'],
    ['- **Deny** only `env:A`', '- **Deny** `env:A`'],
    ['- **Deny** nothing but `env:A`', '- **Deny** `env:A`'],
    ['- **Allow** not only `env:A`', '- **Allow** `env:A`'],
    ['- **Allow** if CI: `env:A`', '- **Allow** `file:src/**:read` — why'],
    ['- **Allow** in tests `env:A`', '- **Allow** `file:src/**:read` — why'],
    ['- **Deny** if CI: `env:A`', '- **Deny** `env:A`'],
    ['Allow everything except `env:A`', '- **Deny** `env:A` — why'],
    ['- Allow only `env:A`', '- **Only** `env:A` — why'],
    ['Deny everything but `env:A`', '- **Only** `env:A` — why'],
    ['- **Allow** for coder `env:A` — mine', '- **Allow** `env:A` for `coder` — mine'],
    ['- **Allow** for the agent `one` only: env:A, `env:B`', '- **Allow** `env:A`, `env:B` for `one`'],
    ['- **Allow** for everybody `env:A`', '- **Allow** `env:A`'],
    ['## Allow\n\n### Network\n\n- `env:A`', '- **Allow** `env:A` — why'],
    ['# Deny\n\n## Allow\n\n#### Network\n\n- `env:A`', '- **Allow** `env:A` — why'],
    ['## Allow\n\n### Not these\n\n- `env:A`', '- **Deny** `env:A` — why'],
    ['## Allow\n\n## Network\n\n- `env:A`', '- **Deny** `env:A` — why'],
    ['## Deny\n\n> # Allow\n\n### Network\n\n- `env:A`', '- **Deny** `env:A` — why'],
    ['- **Ask** before pushing to main.', '- **Ask** `git:main:push`'],
    ['- **Ask** before `git push`', '- **Ask** `shell:git push *`'],
    [
      '**Deny** the following:\n\n- `.env`\n- x/',
      '`- **Deny** — the following`, and below it each as in: - `file:.env:*`',
    ],
    ['- **Deny**:\n  1. git push\n', '`- **Deny**`, and below it each as in: - `shell:git push *`'],
    ['**Ask** before:\n- `shell:a`', '`- **Ask**`, and indent the list below it'],
    ['**Require** before push:\n- `shell:a`', '`- **Require** before push`, and indent the list below it'],
    ['Deny net:*', '- **Deny** `http:*:*`'],
    ['- Deny `net:*`', '- **Deny** `http:*:*`'],
    ['- **Deny** fs:src/**:write — mine', '- **Deny** `file:src/**:write` — mine'],
    ['- **Let** `code` be `src/**` — mine', '- **Let** `@code` = `src/**` — mine'],
    ['- **Let** `@code` `src/**`', '- **Let** `@code` = `src/**`'],
    ['- **Let** `@code` = `src/**`, `lib/**`', '- **Let** `@code` = `{src/**,lib/**}`'],
    ['- **Let** `@code` = `src/**`, `@lib` = `lib/**`', '- **Let** `@code` = `{app,lib,tests}/**`'],
    ['- **Let** `@code` = `src/**` for `coder`', '- **Let** `@code` = `{app,lib,tests}/**`'],
    ['- **Let** `@code` = `file:.env:*`', '- **Let** `@code` = `.env`'],
    ['- **Let** `@code = src/**`', '- **Let** `@code` = `src/**`'],
    ['- **Let** @code: `src/**`', '- **Let** `@code` = `src/**`'],
    ['- **Let** `@code` = src/**', '- **Let** `@code` = `src/**`'],
    ['- **Deny** `env:A*` except env:AB — mine', 'except `env:AB`'],
    ['- **Deny** `env:A`\n  - ✗ env:A — mine', '✗ `env:A`'],
    ['- **Deny** `env:A`\n  - ❌ `env:A`', '✗ `env:A`'],
    ['- **Deny** `env:A`\n  - ✅ `env:B`', '✓ `env:B`'],
    ['see `run:*{timeout:3m}`', '- **Limit** `run:*{timeout:3m}` — why'],
  ])('%s', (text, mended) => {
    const [found] = rulesOf(text).diagnostics
    expect(found?.fix?.replace(/^.*?write(?:(?: as in)?: | (?=`- ))/, '')).toBe(mended)
  })

  test.each([
    ...['neither', 'nobody to read', 'under no circumstances', 'everything, but not', 'everything minus'],
    ...[
      'everything that is not',
      'all but the files of',
      'everything except what is in',
      'anything else than',
    ],
    ...['everything save', 'zero access to', 'only outside of', 'read access, and never', 'what isn’t'],
  ])('no Allow is offered for what "allow %s" closes', (words) => {
    for (const text of [`- **Allow** ${words} \`env:A\``, `- You may allow ${words} \`env:A\``]) {
      const [found] = rulesOf(text).diagnostics
      expect(found?.fix).toMatch(/\*\*Deny\*\* `env:A`|write its effect before it/)
    }
  })

  test.each([
    ['- ✅ `env:A`', '- **Allow** `env:A` — why'],
    ['- ❌ `env:A`', '- **Deny** `env:A` — why'],
    ['## 🚫 What is out\n\n- `env:A`', '- **Deny** `env:A` — why'],
    ['- Allow:\n  - `env:A`', '- **Allow** `env:A` — why'],
    ['Allowed hosts:\n\n- `env:A`\n', '- **Allow** `env:A` — why'],
    ['## Allow\n\n- `env:A` — what it is for', '- **Allow** `env:A` — why'],
    ['| a | b |\n|---|---|\n| `env:A` | ❌ |', '- **Deny** `env:A` — why'],
  ])('%j is offered with the effect that is said of it', (text, fix) => {
    expect(rulesOf(text).diagnostics[0]?.fix).toBe(`if it is meant as a rule, write: ${fix}`)
  })

  test.each([
    '- `env:A` is allowed',
    '- **Read-only** `file:a:read`',
    '- `env:A` — **Allow**',
    '- Agents may read `env:A`',
    'Use `env:A` for this.',
    'You can use:\n\n- `env:A`',
    '## Allow\n\n- `env:A` — never in tests',
    '| a | b |\n|---|---|\n| `env:A` | allowed |',
    '| a | Allowed |\n|---|---|\n| `env:A` | yes |',
    '| Allowed | Denied |\n|---|---|\n| `env:A` | |',
  ])('%j is offered with no effect', (text) => {
    expect(rulesOf(text).diagnostics[0]?.fix).toBe(
      'if it is meant as a rule, write its effect before it: **Allow**, **Ask** or **Deny**',
    )
  })

  test.each(['Allowed: nothing of these', "What you aren't allowed to read", 'Allowed for nobody'])(
    'no Allow is offered below "%s"',
    (heading) => {
      const [found] = rulesOf(`## ${heading}\n\n- \`env:A\``).diagnostics
      expect(found?.fix).toContain('**Deny** `env:A`')
    },
  )

  test.each(['Allow\n\n### Exceptions', 'Deny\n\n### Except', 'Read-only files'])(
    'no effect is offered below %j',
    (heading) => {
      const [found] = rulesOf(`## ${heading}\n\n- \`file:a:read\``).diagnostics
      expect(found?.fix).toBe(
        'if it is meant as a rule, write its effect before it: **Allow**, **Ask** or **Deny**',
      )
    },
  )

  test('and that checks, whatever was wrong', () => {
    const text = readFileSync(join(import.meta.dirname, '../fixtures/near-miss.rules.md'), 'utf8')
    const fixes = rulesOf(text.replace(/ \{[a-z/-]+\}/g, '')).diagnostics.flatMap(
      ({ fix }) => /write(?: as in)?: (- .*)$/.exec(fix ?? '')?.[1] ?? [],
    )
    expect(fixes.length).toBeGreaterThan(25)
    for (const fix of fixes) expect(rulesOf(fix).diagnostics, fix).toEqual([])
  })
})

test.each([
  ['- **Allow** `run:*{timeout:3m}` — mine', 'write: - **Limit** `run:*{timeout:3m}`'],
  [
    '- **Deny** `run:command{timeout:3m,memory:1GB}`',
    'write: - **Limit** `run:command{timeout:3m,memory:1GB}`',
  ],
  ['- **Ask** `run:command`', 'limit it, as in: - **Limit** `run:command{timeout:30m}`'],
  ['- **Allow** `run:*{cpu:3m}` for `one`, `two`', 'write: - **Limit** `run:*{cpu:3m}` for `one`, `two`'],
  ['- **Allow** run:*{timeout:3m} — mine', 'write: - **Limit** `run:*{timeout:3m}` — mine'],
  ['- **Dney** `run:*{timeout:3m}` for `one`', 'write: - **Limit** `run:*{timeout:3m}` for `one`'],
  ['- `Allow run:*{timeout:3m}`', 'write: - **Limit** `run:*{timeout:3m}`'],
  [
    '- **Allow** `env:A`, `run:*{cpu:3m}`',
    'write it as a rule of its own, on the next line: - **Limit** `run:*{cpu:3m}`',
  ],
  ['- **Limit** `run:command`', 'name one: - **Limit** `run:command{timeout:30m}`'],
  ['- **Limit** `run:*{timeout=5m}`', 'run:*{timeout:5m}'],
  ['- **Limit** `timeout:5m,memory:4GB`', 'run:*{timeout:5m,memory:4GB}'],
  ['- **Limit** `run:*` {timeout: 5m}', 'write it inside of the backticks: `run:*{timeout:5m}`'],
  ['- **Deny** `file:a:* file:b:*`', '`file:a:*`, `file:b:*`'],
  ['- **Deny** `file:a:*;\n  env:B`', '`file:a:*`, `env:B`'],
  ['- **Limit** `run:*` `{timeout:5m}`', 'write it inside of the backticks: `run:*{timeout:5m}`'],
  ['- **Limit** `run:*` to 5 minutes', 'write it inside of the backticks: `run:*{timeout:5m}`'],
  [
    '- **Allow** `http:a.com:get` up to 9/min',
    'write it inside of the backticks: `http:a.com:get{rate:9/min}`',
  ],
  ['- **Limit** `shell:npm test(timeout:5m)`', 'write: - **Limit** `shell:npm test{timeout:5m}`'],
  ['- **Limit** `run:*{5m}`', 'write: - **Limit** `run:*{timeout:5m}`'],
  ['- **Limit** `run:4GB`', 'write: - **Limit** `run:*{memory:4GB}`'],
  ['- **Limit** `run:*` timeout 5m — mine', 'write it inside of the backticks: `run:*{timeout:5m}`'],
  ['- **Limit** run:*{timeout=5m}', 'write: - **Limit** `run:*{timeout:5m}`'],
])('the fix of %s loses nothing that was written', (text, fix) => {
  expect(rulesOf(text).diagnostics[0]?.fix).toBe(fix)
})

describe('a list below a bold effect and words is offered as a group', () => {
  test.each([
    ['- **Deny** secrets:\n  - `env:A`', '- **Deny** — secrets', 'deny'],
    ['**Allow**\n\n- `env:A`', '- **Allow**', 'allow'],
    ['- **Allow only**:\n  - `env:A`', '- **Only**', 'only'],
    ['- **Deny** everything except:\n  - `env:A`', '- **Only**', 'only'],
    ['- **Allow** everything but these:\n  - `env:A`', '- **Deny**', 'deny'],
    ['- **Allow** for everyone:\n  - `env:A`', '- **Allow**', 'allow'],
    ['- **Deny** for security reasons:\n  - `env:A`', '- **Deny** — for security reasons', 'deny'],
  ])('%j: %s', (text, head, effect) => {
    const [found, ...others] = rulesOf(text).diagnostics
    expect(found?.fix).toBe(`write \`${head}\`, and indent the list below it`)
    expect(others.map(({ fix }) => fix?.toLowerCase().includes(`**${effect}** \`env:a\``))).toEqual([true])
    expect(rulesOf(`${head}\n  - \`env:A\``).rules.map((rule) => rule.effect)).toEqual([effect])
  })

  test('for whom it was meant stays a clause', () => {
    const [found, item] = rulesOf('- **Allow** for coder:\n  - `env:A`').diagnostics
    expect(found?.fix).toBe('write `- **Allow** for `coder``, and indent the list below it')
    expect(item?.fix).not.toContain('- **Allow**')
  })

  test.each([
    '- **Allow** for now:',
    '- **Allow** in tests:',
    '**Allow** when CI runs:\n',
    '- **Allow** all here but:',
  ])('but not %j, which would open more', (head) => {
    const { diagnostics } = rulesOf(`## Allow\n\n${head}\n  - \`env:A\`\n  - \`env:B\``)
    expect(diagnostics).toHaveLength(3)
    for (const { fix } of diagnostics) expect(fix).not.toMatch(/- \*\*Allow\*\* (?!`file:src)|`env:/)
  })
})

describe('an example below no rule is told, and the rule that it would be', () => {
  const place = 'indent it below the rule that it tries'
  test.each([
    ['- ✓ `http:x.com:get`', `${place}; if it is meant as one, write: - **Allow** \`http:x.com:get\` — why`],
    ['- ✗ `env:A`', `${place}; if it is meant as one, write: - **Deny** \`env:A\` — why`],
    [
      '- ✓ `run:*{timeout=3m}`',
      `${place}; if it is meant as one, write: - **Limit** \`run:*{timeout:3m}\` — why`,
    ],
    ['- ✗ `http:x.com:get{x:1}`', place],
  ])('%s', (text, fix) => {
    const found = rulesOf(text).diagnostics.map((one) => [one.code, one.fix])
    expect(found).toEqual([['rule/stray-capability', fix]])
  })
})

test.each([
  ['- **Dney** `env:A`', '**Dney** looks like a rule and is none: `Dney` is no effect, **Deny** is'],
  ['- **DENY** `env:A`', '**DENY** looks like a rule and is none: the effect is written **Deny**'],
  ['- **Deny** env:A', '**Deny** looks like a rule and is none: `env:A` has no backticks around it'],
  ['- *Deny* `env:A`', '`Deny` looks like a rule and is none: the effect is not bold: **Deny**'],
  ['- **Allow** only `env:A`', '**Allow** looks like a rule and is none: what this says is written **Only**'],
  ['**Deny** `env:A`', '**Deny** looks like a rule and is none: it is no list item of its own'],
  [
    '- **Deny** all of `env:A`',
    '**Deny** looks like a rule and is none: the capability does not stand right behind the effect',
  ],
  ['- **Never** `env:A`', '**Never** looks like a rule and is none: `Never` is no effect, **Deny** is'],
])('of %s it is said what is wrong', (text, message) => {
  expect(rulesOf(text).diagnostics[0]?.message).toBe(message)
})

test.each(['**Allow** all', '**Allow**: everything — go', '**ALLOW** any access', '**Deny** all commands.'])(
  '%s is told, for it names no capability',
  (text) => {
    const [found] = rulesOf(`- ${text}`).diagnostics
    expect([found?.code, found?.message.split(': ')[1]]).toEqual([
      'rule/plain-near-miss',
      'it names no capability',
    ])
    expect(found?.fix).toContain('write as in: ')
  },
)

test.each(['- **Ask** any question that you have', '- **Allow** all the time it takes'])(
  '%s is advice, too',
  (text) => expect(rulesOf(text).diagnostics).toEqual([]),
)

test.each(['- **Ask** and/or tell', '- **Limit** output to 10 lines', '- **Allow** time', '- **Only** git'])(
  '%s is advice',
  (text) => expect(rulesOf(text).diagnostics).toEqual([]),
)

test.each(['- **Allow/Deny** `env:A`', '- **Allow or ask** `env:A`', '- **Deny, Ask:** env:A'])(
  'of the two effects of %s none is offered',
  (text) => {
    const [found] = rulesOf(text).diagnostics
    expect([found?.severity, found?.fix]).toEqual([
      'error',
      'a rule has one effect: write **Allow**, **Ask** or **Deny**',
    ])
  },
)

test('an item of a group with an effect of its own is not offered with that of the group', () => {
  const [found] = rulesOf('- **Allow** — mine\n  - `env:A`\n  - **Deny** `env:B`').diagnostics
  expect([found?.code, found?.fix]).toEqual([
    'rule/group-item',
    'a group has one effect: write this as a rule of its own, outside of it',
  ])
})

test.each(['- **Ask** before `shell:git push *`', '- **Require** before commit: `shell:make`'])(
  'of %s is told once, and not that it names nothing',
  (text) => expect(rulesOf(text).diagnostics.map(({ code }) => code)).toEqual(['rule/near-miss']),
)

test('an item of a group without its backticks is told', () => {
  const text = '- **Deny** — mine\n  - `file:a/**:write`\n  - file:b/**:write\n'
  expect(rulesOf(text).diagnostics.map(({ code, place }) => [code, place.line])).toEqual([
    ['rule/group-item', 3],
  ])
})

test('a line of which nothing can be kept gets an example that says so', () => {
  const [found] = rulesOf('- **Deny** file:"a b"/**:write').diagnostics
  expect(found?.fix).toBe('write as in: - **Deny** `file:**/.env*:*` — why')
})

test.each([
  ['- **Deny**\n  - file:a/**:write', [['rule/group-item', 2]]],
  [
    '- **Deny** — mine\n  - file:a/**:write\n  - file:b/**:write',
    [
      ['rule/group-item', 2],
      ['rule/group-item', 3],
    ],
  ],
  ['- **Ask**\n  - https://example.com/help', [['rule/empty', 1]]],
  ['- **Deny**', [['rule/plain-near-miss', 1]]],
  ['- **Deny** before commit', [['rule/plain-near-miss', 1]]],
  ['- **Ask** before pushing', [['rule/plain-near-miss', 1]]],
])('a group whose items all lack their backticks starts nothing: %j', (text, expected) => {
  expect(rulesOf(text).diagnostics.map(({ code, place }) => [code, place.line])).toEqual(expected)
})

test('of a rule in plain words nothing is said where the file has it in the rule language, too', () => {
  const rule = '- **Deny** `file:gen/**:write` — mine'
  expect(rulesOf(`- **Never** edit \`gen/\`\n  ${rule}`).diagnostics).toEqual([])
  expect(rulesOf(`${rule}\n\n**Never** edit \`gen/\`.`).diagnostics).toEqual([])
  expect(rulesOf('**Never** edit `gen/`.').diagnostics).toHaveLength(1)
})

test.each([
  ['- **Require** `npm test` before commit', 'shell:npm test'],
  ['- **Require** `npm run test:ci` before push', 'shell:npm run test:ci'],
  ['- **Require** `make` before done', 'shell:make'],
  ['- **Require** `shell:make && make check` before done', undefined],
  ['- **Deny** `file:a/**:*` except `file:a/b`', 'file:a/b:read'],
  ['- **Allow** `http:{a.com:80,b.com}:request`', '`http:a.com:80:request`, `http:b.com:request`'],
  ['- **Deny** `http:{a.com:80,b.com/x}`', '`http:a.com:80:*`, `http:b.com/x:*`'],
  [
    '- **Allow** `http:{127.0.0.1:{80,81},localhost}`',
    '`http:127.0.0.1:80:request`, `http:127.0.0.1:81:request`, `http:localhost:request`',
  ],
  ['- **Allow** `http:{a{1,2},b}.com:{80,81}/{x,y}:get,pots`', 'http:{a{1,2},b}.com:{80,81}/{x,y}:get,post'],
  ['- **Allow** `http:a.{com:80,org:443}:get`', '`http:a.com:80:get`, `http:a.org:443:get`'],
  ['- **Allow** `http:{a.com:80,b.com:81}:get{max:3}`', undefined],
  ['- **Allow** `http:{a.com:80,b.com:x}:get`', undefined],
  ['- **Allow** `file:a/**:read` except `file:a/b`', 'file:a/b:*'],
  ['- **Limit** `run:*{timeout:30 minutes}`', 'run:*{timeout:30m}'],
  [
    '- **Limit** `run:*{timeout:5 moons}`',
    'write a number with one of the units: `timeout:30m`, `memory:4GB`, `rate:100/min`',
  ],
  ['- **Deny** `file:a/**`', 'file:a/**:*'],
  ['- **Ask** `file:a/**`', 'file:a/**:*'],
  ['- **Allow** `file:a/**`', 'file:a/**:read'],
])('%s becomes `%s`', (text, fix) => {
  expect(rulesOf(text).diagnostics.map((one) => one.fix)).toEqual([fix])
})

test('of thousands of such lines the first are mended, so that a hostile file costs little', () => {
  const fixes = rulesOf('- **Dney** `env:A`\n'.repeat(60)).diagnostics.map(({ fix }) => fix)
  expect(fixes[0]).toBe('write: - **Deny** `env:A`')
  expect(fixes[59]).toBe('write it as one list item: - **Deny** `file:**/.env*:*` — why')
})
