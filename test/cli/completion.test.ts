import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { makeTree, oos } from './oos.ts'

const cwd = makeTree({ '.agent-os/AGENT.md': '', '.agent-os/agents/painter.md': '# Painter\n' })

test.each(['bash', 'zsh', 'fish'])('the script for %s is one that the shell can read', (shell) => {
  const { code, stdout } = oos(['completion', shell], { cwd })
  expect(code).toBe(0)
  expect(stdout).toContain('complete --')
  if (shell === 'bash') expect(spawnSync('bash', ['-n'], { input: stdout }).status).toBe(0)
})

test.each([
  { typed: ['exp'], offers: ['explain'] },
  { typed: ['spec', ''], offers: ['check', 'show', 'test', 'coverage'] },
  { typed: ['runs', ''], offers: ['show', 'verify'] },
  { typed: ['run', ''], offers: ['painter', 'coder'] },
  { typed: ['explain', '--agent', ''], offers: ['painter'] },
  { typed: ['explain', '--'], offers: ['--stdin', '--spec'] },
])('$typed offers $offers', ({ typed, offers }) => {
  const words = oos(['complete', '--', ...typed], { cwd })
    .stdout.split('\n')
    .map((line) => line.split('\t')[0])
  expect(words).toEqual(expect.arrayContaining(offers))
})

test('outside a project only the agents that ship are offered, and nothing fails', () => {
  const { code, stdout } = oos(['complete', '--', 'run', ''], { cwd: makeTree({}) })
  expect(code).toBe(0)
  expect(stdout).toContain('coder')
  expect(stdout).not.toContain('painter')
})

test('a shell that is not known is an error', () => {
  expect(oos(['completion', 'csh'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('bash|zsh|fish'),
  })
})
