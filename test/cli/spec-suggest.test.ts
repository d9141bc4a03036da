import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { executable, makeTree, oos } from './oos.ts'

const file = '.agent-os/AGENT.md'
const text = `\uFEFF# Shop\r
\r
Never modify \`data/atlas.db\` directly.\r
\r
**NEVER**:\r
- be rude\r
- run \`rm -rf\`\r
\r
ALWAYS ask before pushing`
const shop = () => makeTree({ [file]: text })
const read = (cwd: string) => readFileSync(join(cwd, file), 'utf8')

test('without somebody to ask the rules are shown beside their sentences, and nothing is written', () => {
  const cwd = shop()
  const { code, stdout } = oos(['spec', 'suggest'], { cwd })
  expect(code).toBe(0)
  expect(stdout).toBe(`${file}:3:1 Never modify \`data/atlas.db\` directly.
  + - **Deny** \`file:data/atlas.db:write\`
${file}:7:3 run \`rm -rf\`
  + - **Deny** \`shell:rm -rf *\`
${file}:9:1 ALWAYS ask before pushing
  + - **Ask** \`git:*:push\`

these 3 are not written yet: oos spec suggest --write
`)
  expect(read(cwd)).toBe(text)
})

test('--write puts each below its sentence and leaves every other byte; the specs check, and nothing is left to suggest', () => {
  const cwd = shop()
  chmodSync(join(cwd, file), 0o640)
  expect(oos(['spec', 'suggest', '--write'], { cwd }).code).toBe(0)
  expect(read(cwd)).toBe(`\uFEFF# Shop\r
\r
Never modify \`data/atlas.db\` directly.\r
\r
- **Deny** \`file:data/atlas.db:write\`\r
\r
**NEVER**:\r
- be rude\r
- run \`rm -rf\`\r
  - **Deny** \`shell:rm -rf *\`\r
\r
ALWAYS ask before pushing\r
\r
- **Ask** \`git:*:push\``)
  expect(statSync(join(cwd, file)).mode & 0o777).toBe(0o640)
  expect(readdirSync(join(cwd, '.agent-os'))).toEqual(['AGENT.md'])
  expect(oos(['spec', 'check'], { cwd })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('nothing wrong'),
  })
  expect(oos(['spec', 'suggest'], { cwd }).stdout).toMatch(/^nothing to suggest/)
  expect(oos(['explain', 'file:data/atlas.db:write'], { cwd }).stdout).toContain(`${file}:5`)
})

test.each([['--dry-run'], ['--dry-run', '--write'], ['--json']])('%s writes nothing', (...words) => {
  const cwd = shop()
  expect(oos(['spec', 'suggest', ...words], { cwd }).code).toBe(0)
  expect(read(cwd)).toBe(text)
})

test('with --json each has its place, its rule and what became of it', () => {
  const cwd = shop()
  const states = (words: readonly string[]) =>
    JSON.parse(oos(['spec', 'suggest', '--json', ...words], { cwd }).stdout).data.suggestions.map(
      (each: { place: { line: number }; rule: string; state: string }) => [
        each.place.line,
        each.rule,
        each.state,
      ],
    )
  expect(states([])[0]).toEqual([3, '**Deny** `file:data/atlas.db:write`', 'offered'])
  expect(states(['--write']).map(([, , state]: string[]) => state)).toEqual(['written', 'written', 'written'])
  expect(states([])).toEqual([])
})

test('at a terminal each is asked for, and only a yes is written', () => {
  const cwd = shop()
  const driver = join(import.meta.dirname, '../sandbox/process/terminal-driver.py')
  const steps = [
    ['expect', 'data/atlas.db:write[\\s\\S]*write this rule\\?'],
    ['send', '\r'],
    ['expect', 'rm -rf \\*[\\s\\S]*write this rule\\?'],
    ['send', 'y\r'],
    ['expect', 'git:\\*:push[\\s\\S]*write this rule\\?'],
    ['send', 'n\r'],
    ['expect', 'written'],
  ]
  const argv = [process.execPath, executable, 'spec', 'suggest']
  const seen = JSON.parse(
    execFileSync('python3', [driver, JSON.stringify({ argv, steps })], { cwd, encoding: 'utf8' }),
  )
  expect(seen).toMatchObject({ missed: null, status: 0 })
  expect(read(cwd)).toBe(text.replace('`rm -rf`\r\n', '`rm -rf`\r\n  - **Deny** `shell:rm -rf *`\r\n'))
})

test.each([
  { before: 'agreed to', agreed: true, code: 0 },
  { before: 'not agreed to', agreed: false, code: 3 },
])(
  'the next run does not ask about a rule after a yes, if all before was $before: $code',
  ({ agreed, code }) => {
    const cwd = makeTree({
      [file]: '- **Allow** `file:**:read`, `shell:*`\n- Always run `npm test` before committing\n',
    })
    const env = { HOME: makeTree({}, 'home'), XDG_STATE_HOME: undefined, XDG_CACHE_HOME: undefined }
    if (agreed) oos(['trust', '--yes'], { cwd, env })
    const driver = join(import.meta.dirname, '../sandbox/process/terminal-driver.py')
    const steps = [
      ['expect', 'shell:npm test[\\s\\S]*write this rule\\?'],
      ['send', 'y\r'],
      ['expect', 'written'],
    ]
    const argv = [process.execPath, executable, 'spec', 'suggest']
    const options = { cwd, env: { ...process.env, ...env }, encoding: 'utf8' } as const
    const seen = JSON.parse(execFileSync('python3', [driver, JSON.stringify({ argv, steps })], options))
    expect(seen).toMatchObject({ missed: null, status: 0 })
    expect(read(cwd)).toContain('**Require** `shell:npm test` before commit')
    expect(oos(['run', '--', 'true'], { cwd, env }).code).toBe(code)
  },
)

test('what --write has written without a question the next run asks about', () => {
  const cwd = makeTree({ [file]: '- Always run `npm test` before committing\n' })
  const env = { HOME: makeTree({}, 'home'), XDG_STATE_HOME: undefined, XDG_CACHE_HOME: undefined }
  oos(['trust', '--yes'], { cwd, env })
  expect(oos(['spec', 'suggest', '--write'], { cwd, env }).stdout).toContain('written')
  expect(oos(['trust', '--dry-run'], { cwd, env }).stdout).toContain(
    `before a commit, your hooks run  npm test  ${file}:2`,
  )
})

test('Ctrl-C at a question writes nothing, not even what was agreed to before', () => {
  const cwd = shop()
  const driver = join(import.meta.dirname, '../sandbox/process/terminal-driver.py')
  const steps = [
    ['expect', 'data/atlas.db:write[\\s\\S]*write this rule\\?'],
    ['send', 'y\r'],
    ['expect', 'rm -rf \\*[\\s\\S]*write this rule\\?'],
    ['send', '\x03'],
  ]
  const argv = [process.execPath, executable, 'spec', 'suggest']
  const seen = JSON.parse(
    execFileSync('python3', [driver, JSON.stringify({ argv, steps })], { cwd, encoding: 'utf8' }),
  )
  expect(seen).toMatchObject({ missed: null, status: 130 })
  expect(read(cwd)).toBe(text)
})

test('where there is nothing to suggest it is said what was read, and which guidance is no spec', () => {
  const cwd = makeTree({ [file]: 'Be kind.\n', 'AGENTS.md': 'Never edit `a/b`\n' })
  expect(oos(['spec', 'suggest'], { cwd }).stdout).toBe(
    `nothing to suggest: no sentence plainly means a rule that is not there yet
read \`${file}\`
\`AGENTS.md\` is not read, for no rule holds there: copy a sentence into a file in \`.agent-os/\` first
`,
  )
  const { data } = JSON.parse(oos(['spec', 'suggest', '--json'], { cwd }).stdout)
  expect(data).toEqual({ suggestions: [], read: [file], unread: ['AGENTS.md'] })
})

test('a rule that is in force already is not suggested, in whichever file it stands', () => {
  const cwd = makeTree({
    [file]: '- Never push to `main`\n- Never edit `a/b`\n',
    '.agent-os/rules/team.md': '- **Deny** `git:main:push`\n- **Deny** `file:a/b:read`\n',
  })
  const { stdout } = oos(['spec', 'suggest'], { cwd })
  expect(stdout).not.toContain('git:main:push')
  expect(stdout).toContain('file:a/b:write')
})

test('specs with an error come first', () => {
  const cwd = makeTree({ [file]: 'Never edit `a/b`.\n\n- **Dney** `file:x:read`\n' })
  expect(oos(['spec', 'suggest', '--write'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('oos spec check'),
  })
})

test("the user's own specs are written where they lie, through a link to a file beside them", () => {
  const cwd = makeTree({ [file]: '# Shop\n', 'home/.agent-os/real.md': '# Real\n\nNever edit `~/keys/`.\n' })
  const home = join(cwd, 'home')
  symlinkSync('real.md', join(home, '.agent-os/GLOBAL_RULES.md'))
  expect(oos(['spec', 'suggest', '--write'], { cwd, env: { HOME: home } }).code).toBe(0)
  expect(readFileSync(join(home, '.agent-os/real.md'), 'utf8')).toBe(
    '# Real\n\nNever edit `~/keys/`.\n\n- **Deny** `file:~/keys/**:write`\n',
  )
  expect(existsSync(join(home, '.agent-os/GLOBAL_RULES.md'))).toBe(true)
})

test.runIf(process.getuid?.() !== 0)('a spec that cannot be written is told of, and exits 1', () => {
  const cwd = shop()
  chmodSync(join(cwd, '.agent-os'), 0o500)
  const { code, stdout } = oos(['spec', 'suggest', '--write'], { cwd })
  expect(code).toBe(1)
  expect(stdout).toContain(`not written: \`${file}\` cannot be written`)
  expect(read(cwd)).toBe(text)
})
