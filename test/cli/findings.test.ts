import { spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeTree, oos } from './oos.ts'

function check(files: Readonly<Record<string, string>>) {
  const cwd = makeTree({ 'shop/package.json': '{}', ...files })
  const { code, stdout } = oos(['spec', 'check', '--json'], { cwd: join(cwd, 'shop'), env: { HOME: cwd } })
  return { code, diagnostics: JSON.parse(stdout).data.diagnostics }
}

test('a rule that never matters is a warning with a request and the line that takes it away', () => {
  const { code, diagnostics } = check({
    'shop/.agent-os/AGENT.md': '- **Deny** `file:secrets/**:*`\n- **Allow** `file:secrets/a.txt:read`\n',
  })
  expect(code).toBe(0)
  expect(diagnostics).toMatchObject([
    {
      severity: 'warning',
      code: 'analysis/under-deny',
      place: { file: '.agent-os/AGENT.md', line: 2 },
      related: [{ place: { line: 1 } }],
    },
  ])
  expect(diagnostics[0].message).toContain('`file:secrets/a.txt:read`')
  expect(diagnostics[0].requests).toEqual(['file:secrets/a.txt:read'])
})

test('what a pack denies is opened by a hole in it, what is built in by nothing', () => {
  const { diagnostics } = check({
    'shop/.agent-os/AGENT.md':
      '---\nextends: [oos:secrets]\n---\n- **Allow** `env:NPM_TOKEN`\n- **Allow** `file:.oos/x:read`\n',
  })
  expect(diagnostics).toMatchObject([
    {
      code: 'analysis/under-deny',
      fix: 'remove it, or make a hole in the pack: {pack: oos:secrets, except: ["env:NPM_TOKEN"]}',
    },
    { code: 'analysis/under-deny', fix: 'remove it: nothing loosens `oos:protected`' },
  ])
})

test('what an Only closes is named in it, too', () => {
  const { diagnostics } = check({
    'shop/.agent-os/AGENT.md':
      '- **Only** `env:A`\n- **Allow** `env:B`\n- **Only**\n  - `file:app/**:write`\n  - `file:lib/**:write`\n',
  })
  expect(diagnostics.map(({ fix }: { fix: string }) => fix)).toEqual([
    'remove it, or name it in the Only, too, behind a comma: `env:B`',
    'join the two in one Only: each closes what the other names, and a comma names both',
    'join the two in one Only: each closes what the other names, and a comma names both',
  ])
})

test('a rule that others say already is a warning with the lines that do', () => {
  const { diagnostics } = check({
    'shop/.agent-os/AGENT.md': '- **Deny** `env:A`\n- **Deny** `env:B`\n- **Deny** `env:{A,B}`\n',
  })
  expect(diagnostics).toMatchObject([
    {
      code: 'analysis/covered',
      message:
        '`env:{A,B}` never matters: what it denies is denied already (by 2 rules together), as `env:A`',
      place: { line: 3 },
      related: [{ place: { line: 1 } }, { place: { line: 2 } }],
      requests: ['env:A'],
    },
  ])
})

test('what a link on this disk leads to is no reason to call a rule covered', () => {
  const cwd = makeTree({
    'shop/package.json': '{}',
    'shop/.agent-os/AGENT.md': '- **Deny** `file:data/**:*`\n- **Deny** `file:data/keys/**:*`\n',
    'shop/data/x': '',
  })
  const codes = () => {
    const { stdout } = oos(['spec', 'check', '--json'], { cwd: join(cwd, 'shop'), env: { HOME: cwd } })
    return JSON.parse(stdout).data.diagnostics.map((each: { code: string }) => each.code)
  }
  expect(codes()).toEqual(['analysis/covered'])
  symlinkSync(cwd, join(cwd, 'shop/data/keys'))
  expect(codes()).toEqual([])
})

test('a hole in a pack is judged where the file names it', () => {
  const { diagnostics } = check({
    '.agent-os/GLOBAL_RULES.md': '---\nextends: [oos:secrets]\n---\n',
    'shop/.agent-os/AGENT.md':
      '---\nextends: [{pack: oos:secrets, except: ["file:test/**:read", "env:NPM_TOKN", "env:FOO"]}]\n---\n',
  })
  expect(diagnostics).toMatchObject([
    {
      code: 'analysis/empty-except',
      place: { file: '.agent-os/AGENT.md', line: 2 },
      requests: ['env:NPM_TOKN'],
    },
    { code: 'analysis/empty-except', place: { line: 2 }, requests: ['env:FOO'] },
    { code: 'analysis/loosens-user', place: { line: 2 }, requests: ['file:test/.env:read'] },
  ])
})

test('a secret and a way out are one warning, with the three rules', () => {
  const { diagnostics } = check({
    'shop/.agent-os/AGENT.md':
      '- **Allow** `file:**:read`\n- **Allow** `http:a.com:get`\n- **Allow** `http:b.com:request`\n',
  })
  expect(diagnostics).toMatchObject([
    {
      code: 'analysis/secret-way-out',
      place: { line: 1 },
      requests: ['file:.env:read', 'http:a.com:get', 'http:b.com:post'],
    },
  ])
})

test('a Deny that another spelling goes round is a warning with the rule that would stop it', () => {
  const { diagnostics } = check({
    'shop/.agent-os/AGENT.md': '- **Allow** `shell:*`, `git:*:*`\n- **Deny** `shell:git push --force *`\n',
  })
  expect(diagnostics).toMatchObject([
    {
      code: 'analysis/way-round',
      fix: 'write `git:*:force-push` in place of `shell:git push --force *`',
      requests: [
        'shell:git push -f origin main',
        'shell:git push origin +main',
        'shell:git push --mirror origin',
      ],
    },
  ])
})

test.each(['package.json', 'pyproject.toml', 'Cargo.toml', 'go.mod', 'README.md'])(
  'nothing is said about what `oos init` writes beside a %s',
  (manifest) => {
    const cwd = makeTree({ [`shop/${manifest}`]: '{}', 'shop/test/fixtures/.env': 'A=1' })
    const place = { cwd: join(cwd, 'shop'), env: { HOME: cwd } }
    spawnSync('git', ['init', '-q'], place)
    spawnSync('git', ['add', '-A'], place)
    expect(oos(['init', '--yes'], place).code).toBe(0)
    const { diagnostics } = JSON.parse(oos(['spec', 'check', '--json'], place).stdout).data
    expect(diagnostics).toEqual([])
  },
)

test('a project that allows what the user denies is told apart', () => {
  const { diagnostics } = check({
    '.agent-os/GLOBAL_RULES.md': '- **Deny** `http:x.com:request`\n',
    'shop/.agent-os/AGENT.md': '- **Allow** `http:x.com:get`\n',
  })
  expect(diagnostics).toMatchObject([
    { code: 'analysis/loosens-user', place: { file: '.agent-os/AGENT.md' } },
  ])
})

test('a user who allows what the project denies is a contradiction', () => {
  const { diagnostics } = check({
    '.agent-os/GLOBAL_RULES.md': '- **Allow** `http:x.com:get`\n',
    'shop/.agent-os/AGENT.md': '- **Deny** `http:x.com:request`\n',
  })
  expect(diagnostics).toMatchObject([{ code: 'analysis/contradiction' }])
})

test('an except that excepts nothing is a warning', () => {
  const { diagnostics } = check({
    'shop/.agent-os/AGENT.md': '- **Allow** `file:src/**:read` except `file:lib/**:read`\n',
  })
  expect(diagnostics).toMatchObject([{ code: 'analysis/empty-except' }])
})
