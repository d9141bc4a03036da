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
})

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
