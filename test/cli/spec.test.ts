import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeTree, oos } from './oos.ts'

const good =
  '# Agent\n\n- **Allow** `file:src/**:read,write` — the code\n- **Ask** `shell:git push *` — a person looks\n'

test('specs with nothing wrong check with 0', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': good })
  const { code, stdout, stderr } = oos(['spec', 'check'], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^nothing wrong in 1 file with \d+ rules\n$/)
})

test('everything wrong is said at once, with place, line, caret and fix, and exits 2', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': '- **Allow** `flie:src/**:read`\n- **Dney** `file:.env:*`\n' })
  const { code, stdout } = oos(['spec', 'check'], { cwd })
  expect(code).toBe(2)
  expect(stdout).toContain('.agent-os/AGENT.md:1:14 error')
  expect(stdout).toContain('  1 | - **Allow** `flie:src/**:read`\n    |              ^^^^')
  expect(stdout).toContain('.agent-os/AGENT.md:2:')
  expect(stdout).toContain('  fix ')
  expect(stdout).toMatch(/2 errors.* in 1 file with/)
})

test('with --json the diagnostics are data', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': '- **Allow** `flie:src/**:read`\n' })
  const { code, stdout } = oos(['spec', 'check', '--json'], { cwd })
  const { version, command, data } = JSON.parse(stdout)
  expect({ code, version, command }).toEqual({ code: 2, version: 1, command: 'spec check' })
  expect(data.diagnostics[0]).toMatchObject({
    severity: 'error',
    place: { file: '.agent-os/AGENT.md', line: 1 },
  })
})

test('sentences that say what a rule would are counted, unless there is that rule or a warning', () => {
  const sentences =
    '- **Never** push to `main`\n- **Do not** read `secret.txt`\n- **Never** edit `src/a.js`\n'
  const cwd = makeTree({ '.agent-os/AGENT.md': `${good}${sentences}- **Deny** \`file:secret.txt:read\`\n` })
  const { code, stdout, stderr } = oos(['spec', 'check'], { cwd })
  expect([code, stderr]).toEqual([
    0,
    '1 sentence says what a rule would and binds nothing: oos spec suggest\n',
  ])
  expect(stdout).toContain('**Never** looks like a rule')
})

test('of files or folders that are named, what is wrong there is shown alone, and how much there is elsewhere', () => {
  const cwd = makeTree({
    '.agent-os/AGENT.md': good,
    '.agent-os/rules/a.md': '- **Dney** `file:a:*`\n',
    '.agent-os/rules/b.md': '- **Dney** `file:b:*`\n',
    'src/x.ts': '',
  })
  const sound = oos(['spec', 'check', '.agent-os/AGENT.md'], { cwd })
  expect(sound).toMatchObject({ code: 0, stdout: 'nothing wrong in 1 file with 2 rules\n' })
  expect(sound.stderr).toBe('2 errors in other files: oos spec check\n')
  const below = oos(['spec', 'check', '--json', '../.agent-os/rules/a.md'], { cwd: join(cwd, 'src') })
  expect(below.code).toBe(2)
  const { data } = JSON.parse(below.stdout)
  expect(data.files).toEqual(['.agent-os/rules/a.md'])
  expect(data.diagnostics).toHaveLength(1)
  expect(oos(['spec', 'check', '.agent-os/rules'], { cwd }).stdout).toContain('2 errors in 2 files')
  const { code, stderr } = oos(['spec', 'check', 'src/x.ts'], { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain('`src/x.ts` is no spec of this project\n     one of `.agent-os/AGENT.md`')
})

test('an Allow that opens plain http alone is said, and none whose host is opened besides', () => {
  const rules = [
    '- **Allow** `http:api.x.example:get` — mine',
    '- **Allow** `http:b.x.example/v1/*:request`',
    '- **Allow** `http:c.x.example:get`, `http:c.x.example:request`',
    '- **Allow** `http:localhost:3000:get`, `http:d.x.example:80:get`',
    '- **Deny** `http:e.x.example:get`',
  ]
  const cwd = makeTree({ '.agent-os/AGENT.md': rules.join('\n') })
  const { code, stderr } = oos(['spec', 'check'], { cwd })
  const opens = 'opens plain http alone: inside https nothing but the host is seen, which'
  expect(code).toBe(0)
  expect(stderr).toBe(
    [
      `.agent-os/AGENT.md:1 ${opens} \`http:api.x.example:request\` opens\n`,
      `.agent-os/AGENT.md:2 ${opens} \`http:b.x.example:request\` opens\n`,
    ].join(''),
  )
})

test('the spec of another project says where it is checked', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': good, 'packages/a b/.agent-os/AGENT.md': good })
  for (const name of ['packages/a b', 'packages/a b/.agent-os', 'packages/a b/.agent-os/AGENT.md']) {
    const { code, stderr } = oos(['spec', 'check', name], { cwd })
    expect(code).toBe(2)
    expect(stderr).toContain("it is one of another: cd 'packages/a b'")
  }
})

test('so it does where one stands in no project', () => {
  const cwd = makeTree({ 'packages/a/.agent-os/AGENT.md': good, 'x.md': '' })
  for (const name of ['packages/a', 'packages/a/.agent-os/', 'packages/a/.agent-os/AGENT.md']) {
    const { code, stderr } = oos(['spec', 'check', name], { cwd })
    expect(code).toBe(2)
    expect(stderr).toMatch(/no `.agent-os` in .*\n +it is in a project: cd packages\/a\n/)
  }
  expect(oos(['spec', 'check', 'x.md'], { cwd }).stderr).toContain('run `oos init`')
})

test('rules are shown with effect, capability, reason and line', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': good })
  const { code, stdout } = oos(['spec', 'show'], { cwd })
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /allow +file:src\/\*\*:read,(create,change,delete|write) +the code +\.agent-os\/AGENT\.md:3/,
  )
  expect(stdout).toMatch(/ask +shell:git push \*(:execute)? +a person looks +\.agent-os\/AGENT\.md:4/)
})

test('what people wrote is shown first, and the packs that ship behind it: each on a line, or with --all each rule', () => {
  const text = `---\nextends: [oos:git]\n---\n\n${good}`
  const cwd = makeTree({ '.agent-os/AGENT.md': text, 'home/.agent-os/MINE.md': '- **Deny** `env:MINE`\n' })
  const place = { cwd, env: { HOME: join(cwd, 'home') } }
  const folded = oos(['spec', 'show'], place).stdout
  expect(folded).toMatch(/^project\n[\s\S]*^user\n[\s\S]*^packs that ship\n[\s\S]*^oos:git +\d+ +project$/m)
  expect(folded).toContain('oos spec show --all')
  expect(folded).not.toMatch(/oos:git:\d/)
  const whole = oos(['spec', 'show', '--all'], place).stdout
  expect(whole).toMatch(/env:MINE[\s\S]*oos:git:\d+$[\s\S]*oos:protected:\d+$/m)
  const json = (...words: string[]) => JSON.parse(oos(['spec', 'show', '--json', ...words], place).stdout)
  expect(json()).toEqual(json('--all'))
})

test('through a pipe a row is one line, unless COLUMNS says how wide it may be', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': `${good}- **Deny** \`env:A\` — ${'a reason '.repeat(30)}\n` })
  const widest = (COLUMNS?: string) =>
    Math.max(
      ...oos(['spec', 'show'], { cwd, env: { COLUMNS } })
        .stdout.split('\n')
        .map(({ length }) => length),
    )
  expect(widest()).toBeGreaterThan(270)
  expect(widest('80')).toBeLessThanOrEqual(80)
})

test.each(['show', 'check'])('spec %s says that the specs above a nested project do not hold', (word) => {
  const cwd = makeTree({ '.agent-os/AGENT.md': good, 'web/.agent-os/AGENT.md': good })
  const { stdout, stderr } = oos(['spec', word], { cwd: join(cwd, 'web') })
  expect(stderr).toMatch(
    /^oos: the specs in `.*\/web\/.agent-os` hold here, and those in `.*` above do not\n$/,
  )
  expect(stdout).not.toContain('above')
  expect(oos(['spec', word], { cwd }).stderr).toBe('')
})

test('with --agent only what says something to that agent is shown', () => {
  const rules =
    '- **Allow** `file:a:read`\n- **Allow** `file:b:read` for `coder`\n- **Limit** `run:coder{timeout:1m}`\n'
  const definition = (name: string) =>
    `---\ndescription: x\n---\n\n- **Allow** \`env:${name}\`\n\nNever push to ${name}.\n`
  const cwd = makeTree({
    '.agent-os/AGENT.md': rules,
    '.agent-os/agents/writer.md': definition('WRITER'),
    '.agent-os/rules/x.md': '',
  })
  const shown = (...words: string[]) => oos(['spec', 'show', ...words], { cwd })
  expect(shown().stdout).toMatch(/file:b:read.*run:coder.*env:WRITER.*Never push to WRITER/s)
  expect(shown('--agent', 'command').stdout).toContain('file:a:read')
  expect(shown('--agent', 'command').stdout).not.toMatch(/file:b:read|run:coder|WRITER/)
  expect(shown('--agent', 'writer').stdout).toMatch(/env:WRITER.*Never push to WRITER/s)
  expect(shown('--agent', 'wrter')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean `writer`?'),
  })
})

test('a spec with an error starts nothing', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': '- **Allow** `flie:src/**:read`\n' })
  const { code, stdout, stderr } = oos(['spec', 'show'], { cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('.agent-os/AGENT.md:1:14')
  expect(stderr).toContain('oos spec check')
})

test('outside a project the way in is named', () => {
  const { code, stderr } = oos(['spec', 'check'], { cwd: makeTree({}) })
  expect(code).toBe(2)
  expect(stderr).toContain('run `oos init`')
})

test('without HOME there is one clear line', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': good })
  const { code, stderr } = oos(['spec', 'check'], { cwd, env: { HOME: undefined } })
  expect(code).toBe(4)
  expect(stderr).toBe('oos: HOME is not set\n     export HOME=/home/you\n')
})

test('a spec that changed is read again, and one that did not gives the same answer from the cache', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': good })
  const before = oos(['spec', 'check', '--json'], { cwd }).stdout
  expect(oos(['spec', 'check', '--json'], { cwd }).stdout).toBe(before)
  writeFileSync(join(cwd, '.agent-os/AGENT.md'), `${good}- **Dney** \`file:.env:*\`\n`)
  expect(oos(['spec', 'check'], { cwd }).code).toBe(2)
})

test('a spec that is a symlink out of its folder is an error', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': good, 'elsewhere.md': good })
  symlinkSync('../elsewhere.md', join(cwd, '.agent-os/OTHER.md'))
  expect(oos(['spec', 'check'], { cwd })).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('symlink'),
  })
})

test.runIf(process.getuid?.() !== 0)('an unreadable spec is an error', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': good })
  chmodSync(join(cwd, '.agent-os/AGENT.md'), 0)
  expect(oos(['spec', 'check'], { cwd })).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('cannot be read'),
  })
})

test.each(['with spaces', 'with\na line break', 'naïve 日本'])(
  'a project in a folder named %j works, and its name stays on its line',
  (name) => {
    const cwd = makeTree({ '.agent-os/AGENT.md': good }, name)
    expect(oos(['spec', 'check'], { cwd }).code).toBe(0)
    rmSync(cwd, { recursive: true })
  },
)

test('what stands in a spec cannot drive the terminal', () => {
  const cwd = makeTree({ '.agent-os/AGENT.md': '- **Allow** `flie:\x1b[2J` — \x1b]0;x\x07\n' })
  expect(oos(['spec', 'check'], { cwd }).stdout).not.toContain('\x1b')
})

test('examples below rules are asked, and one that fails exits 2 with its line', () => {
  const rule = '- **Allow** `file:src/**:read`\n'
  const holding = makeTree({
    '.agent-os/AGENT.md': `${rule}  - ✓ \`file:src/a:read\`\n  - ✗ \`file:src/a:write\`\n`,
  })
  expect(oos(['spec', 'test'], { cwd: holding })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('examples hold'),
  })
  const failing = makeTree({ '.agent-os/AGENT.md': `${rule}  - ✗ \`file:src/a:read\`\n` })
  const { code, stdout } = oos(['spec', 'test'], { cwd: failing })
  expect(code).toBe(2)
  expect(stdout).toMatch(
    /^\.agent-os\/AGENT\.md:2:\d+ ✗ file:src\/a:read: allow, not deny {2}by \.agent-os\/AGENT\.md:1/,
  )
  expect(stdout).toMatch(/, 1 does not\n$/)
})

test('coverage says of every rule where it is held, and what no point holds', () => {
  const cwd = makeTree({
    '.agent-os/AGENT.md': '- **Allow** `env:CI`\n- **Deny** `mcp:github/*:call`\n\nYou must never be rude.\n',
  })
  const { code, stdout } = oos(['spec', 'coverage', '--json'], { cwd })
  const { rules, advisory } = JSON.parse(stdout).data
  const of = (line: number) =>
    rules.find(
      (rule: { file: string; line: number }) => rule.file === '.agent-os/AGENT.md' && rule.line === line,
    )
  expect(code).toBe(0)
  expect(of(1).holdings.sandbox.level).toBe('full')
  expect(Object.values(of(2).holdings)).toEqual(
    of(2) && Array(6).fill({ level: 'none', missing: expect.any(String) }),
  )
  expect(advisory).toMatchObject([{ text: expect.stringContaining('must never be rude') }])
})
