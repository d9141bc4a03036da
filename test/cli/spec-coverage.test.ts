import { expect, test } from 'vitest'
import { makeTree, oos } from './oos.ts'

const text = `# Shop

- **Allow** \`env:CI\`
- **Deny** \`file:**/*.log:read\` — they are long
- **Deny** \`mcp:github/*:call\`

Never modify \`data/atlas.db\` directly.
Be kind. You must never be rude.
`
const cwd = makeTree({
  '.agent-os/AGENT.md': text,
  '.agent-os/agents/painter.md': '---\nname: painter\ndescription: paints\n---\n\n- **Deny** `env:PAINT`\n',
  '.agent-os/NOTES.md': '# Notes\r\n\r\nNothing is asked for.\r\n',
})

test('every line that asks for something has its verdict, its points, and what is missing', () => {
  const { code, stdout, stderr } = oos(['spec', 'coverage'], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/AGENT\.md:3 +\*\*Allow\*\* `env:CI` +● full +full\n/)
  expect(stdout).toMatch(/AGENT\.md:4 .* ◐ partial +partial +files that come to be/)
  expect(stdout).toMatch(/AGENT\.md:5 .* ○ none +the sandbox does not see it/)
  expect(stdout).toMatch(/AGENT\.md:7 .* ○ advisory +as a rule: \*\*Deny\*\* `file:data\/atlas\.db:write`/)
  expect(stdout).toMatch(/AGENT\.md:8 +You must never be rude\. +○ advisory\n/)
  expect(stdout).toMatch(
    /\n50% of what is written here is held, in part at least: 6 lines, 2 in full, 1 in part, 3 not at all\n/,
  )
  expect(stdout).toContain('1 sentence is plain enough to be a rule: oos spec suggest\n')
})

test('a sentence is held as the rule is that says the same, whatever that is worth', () => {
  const specs = makeTree({
    '.agent-os/AGENT.md': [
      'Never edit `a/b`.',
      '',
      '- **Deny** `file:a/*:write`',
      '- Always run `npm test` before pushing',
      '- **Require** `shell:npm test` before push',
    ].join('\n'),
  })
  const { stdout } = oos(['spec', 'coverage'], { cwd: specs })
  expect(stdout).toMatch(/AGENT\.md:1 .* ◐ partial +partial +as line 3 says: files that come to be/)
  expect(stdout).toMatch(/AGENT\.md:4 .* ○ none +as line 5 says: the git hooks run it: oos hooks install/)
  expect(stdout).not.toContain('oos spec suggest')
})

test('the markdown is shown as it stands, with what holds each line in its margin', () => {
  const { code, stdout } = oos(['spec', 'coverage', '--annotate'], { cwd })
  expect(code).toBe(0)
  expect(stdout).toContain(
    'AGENT.md  40% held: 5 lines, 1 in full, 1 in part, 3 not at all\n           1 │ # Shop\n           2 │\n● sandbox  3 │ - **Allow** `env:CI`\n',
  )
  expect(stdout).toContain('◐ sandbox  4 │ - **Deny**')
  expect(stdout).toContain('○ not held 5 │ - **Deny**')
  expect(stdout).toContain('○ advisory 8 │ Be kind. You must never be rude.\n')
  expect(stdout).toContain('.agent-os/NOTES.md  asks for nothing\n   1 │ # Notes\n')
})

test.each(['.agent-os/AGENT.md', './.agent-os/agents/../AGENT.md'])('one file can be named: %s', (file) => {
  const { stdout } = oos(['spec', 'coverage', '--annotate', file], { cwd })
  expect(stdout).toContain('# Shop')
  expect(stdout).not.toContain('# Notes')
})

test('a file that is no spec is answered with those that are', () => {
  const { code, stderr } = oos(['spec', 'coverage', '--annotate', 'README.md'], { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain('`README.md` is no spec of this project\n     one of `.agent-os/AGENT.md`')
})

test('for a named agent only what is for it counts', () => {
  const summary = (agent: string) =>
    JSON.parse(oos(['spec', 'coverage', '--json', '--agent', agent], { cwd }).stdout).data.summary
  expect(summary('command').lines).toBe(5)
  expect(summary('painter').lines).toBe(6)
  expect(oos(['spec', 'coverage', '--agent', 'panter'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no agent `panter`'),
  })
})

test('with --json each line has its verdict, and what ships with oos is not counted', () => {
  const { version, data } = JSON.parse(oos(['spec', 'coverage', '--json'], { cwd }).stdout)
  expect(version).toBe(1)
  expect(data.summary).toEqual({ lines: 6, full: 2, partial: 1, none: 3, percent: 50 })
  const own = data.rules.filter((rule: { own: boolean }) => rule.own)
  expect(own.map(({ line, verdict }: { line: number; verdict: object }) => [line, verdict])).toEqual([
    [3, { level: 'full', by: ['sandbox'] }],
    [4, { level: 'partial', by: ['sandbox'], missing: expect.any(String) }],
    [5, { level: 'none', by: [], missing: expect.any(String) }],
    [6, { level: 'full', by: ['sandbox'] }],
  ])
  expect(data.advisory.map(({ suggestion }: { suggestion?: string }) => suggestion)).toEqual([
    '**Deny** `file:data/atlas.db:write`',
    undefined,
  ])
})

test.each([
  { min: '50', code: 0, stderr: '' },
  { min: '51', code: 3, stderr: '50% is less than the 51% that --min asks for\n' },
])('--min $min exits $code', ({ min, code, stderr }) => {
  expect(oos(['spec', 'coverage', '--min', min], { cwd })).toMatchObject({ code, stderr })
})

test.each(['', '101', '-1', '80%', 'most'])('--min %j is no percentage', (min) => {
  const { code, stderr } = oos(['spec', 'coverage', `--min=${min}`], { cwd })
  expect(code).toBe(2)
  expect(stderr).toContain('oos spec coverage --min 80')
})
