import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeTree, oos } from './oos.ts'

const narrow = '- **Allow** `file:src/**:read,write` — the code\n'

function project(edited: string): string {
  const cwd = makeTree({ '.agent-os/AGENT.md': narrow, 'package.json': '{}' })
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...words], {
      cwd,
      stdio: 'ignore',
    })
  git('init', '-q')
  git('add', '-A')
  git('commit', '-q', '-m', 'first')
  writeFileSync(join(cwd, '.agent-os/AGENT.md'), edited)
  return cwd
}

test('a rewording says that the rules mean the same', () => {
  const { code, stdout, stderr } = oos(['spec', 'diff', '--fail-on', 'widening'], {
    cwd: project(narrow.replace('the code', 'where the code lies')),
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^the rules mean the same \([0-9a-f]{12} → the working tree\)\n$/)
})

const wide = narrow.replace('src/**', '**')

test('a widening shows what it lets in and by which line, and exits 3 where that is asked', () => {
  const cwd = project(wide)
  const { code, stdout } = oos(['spec', 'diff', '--fail-on', 'widening'], { cwd })
  expect(code).toBe(3)
  expect(stdout).toMatch(/newly allowed .*file:package\.json:write.* \+ +\.agent-os\/AGENT\.md:1/)
  expect(stdout).toContain('this allows more')
  const inside = join(cwd, '.agent-os')
  expect(oos(['spec', 'diff'], { cwd: inside }).stdout).toContain('file:../package.json:write')
  expect(oos(['spec', 'diff'], { cwd }).code).toBe(0)
})

test('what it says can be asked of oos explain', () => {
  const cwd = project(wide)
  const { data } = JSON.parse(oos(['spec', 'diff', '--json'], { cwd }).stdout)
  expect(data).toMatchObject({ widens: true, asked: [], denied: [], undecided: [] })
  const [{ examples }] = data.allowed
  expect(examples[0]).toMatchObject({ request: 'file:package.json:write', after: { line: 1 } })
  for (const { request } of examples) expect(oos(['explain', request], { cwd }).stdout).toMatch(/^allow/)
})

test('as markdown it can stand in a comment, whatever is in the rules', () => {
  const cwd = project('- **Allow** ``file:**/`<img>`:read`` — x\n')
  const { stdout } = oos(['spec', 'diff', '--format', 'markdown'], { cwd })
  expect(stdout).toMatch(/^### What the rules mean: [0-9a-f]{12} → the working tree\n/)
  expect(stdout).toContain('**Newly denied**')
  expect(stdout).toMatch(/`` file:`<img>`:read ``/)
})

test('an unknown format or revision is a usage error', () => {
  const cwd = project(wide)
  expect(oos(['spec', 'diff', '--format', 'html'], { cwd }).code).toBe(2)
  expect(oos(['spec', 'diff', 'nowhere'], { cwd })).toMatchObject({ code: 2, stdout: '' })
})
