import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeTree, oos } from '../cli/oos.ts'

/** Toolchains of the machine itself: those under HOME are out of reach here, where HOME is another. */
const path = (process.env.PATH ?? '')
  .split(':')
  .filter((folder) => /^\/(usr|bin|sbin|opt)(\/|$)/.test(folder))
  .join(':')
const hasProgram = (name: string) => path.split(':').some((folder) => existsSync(join(folder, name)))

const projects = [
  {
    name: 'Node',
    program: 'npm',
    command: ['npm', 'test'],
    files: {
      'package.json': '{"name":"shop","version":"1.0.0","scripts":{"test":"node --test"}}',
      'shop.test.js': `
        const { createServer } = require('node:http')
        const { writeFileSync } = require('node:fs')
        require('node:test')('serves and writes', (t, done) => {
          writeFileSync('report.txt', 'written')
          const server = createServer((_, response) => response.end('hello')).listen(0, async () => {
            const answer = await fetch('http://127.0.0.1:' + server.address().port)
            require('node:assert').equal(await answer.text(), 'hello')
            server.close(done)
          })
        })`,
    },
    passed: /# pass 1|pass 1/,
  },
  {
    name: 'Python',
    program: 'python3',
    command: ['python3', '-m', 'unittest'],
    files: {
      'setup.py': '',
      'tests/__init__.py': '',
      'tests/test_shop.py':
        'import unittest, tempfile\nclass Shop(unittest.TestCase):\n  def test_it(self):\n    tempfile.TemporaryFile().write(b"x")\n',
    },
    passed: /OK/,
  },
  {
    name: 'Go',
    program: 'go',
    command: ['go', 'test', './...'],
    files: {
      'go.mod': 'module shop\n\ngo 1.20\n',
      'shop_test.go': 'package shop\n\nimport "testing"\n\nfunc TestIt(t *testing.T) {}\n',
    },
    passed: /ok\s+shop/,
  },
]

describe('after oos init --yes, without editing a rule', () => {
  test.each(projects.filter(({ program }) => hasProgram(program)))(
    'the tests of a $name project pass inside',
    ({ files, command, passed }) => {
      const project = makeProject(files)
      const written = oos(['init', '--yes', '--json'], project)
      expect(written).toMatchObject({ code: 0 })
      expect(JSON.parse(written.stdout).data).toMatchObject({ test: command.join(' '), trusted: true })
      const { code, stdout, stderr } = oos(['run', '--', ...command], project)
      expect(stdout + stderr).toMatch(passed)
      expect(code).toBe(0)
    },
  )

  test('a tracked secret stays hidden, a tracked fixture does not', () => {
    const project = makeProject({ '.env': 'KEY=s3cret', 'test/server.key': 'made up', 'package.json': '{}' })
    oos(['init', '--yes'], project)
    const { stdout } = oos(['run', '--', 'sh', '-c', 'cat .env; cat test/server.key'], project)
    expect(stdout).toBe('made up')
  })
})

describe('oos init', () => {
  test('shows everything and writes nothing with --dry-run', () => {
    const project = makeProject({ 'package.json': '{}' })
    const { stdout, code } = oos(['init', '--dry-run'], project)
    expect(code).toBe(0)
    expect(stdout).toContain('**Allow** `file:**:read,write`')
    expect(existsSync(join(project.cwd, '.agent-os'))).toBe(false)
    expect(existsSync(join(project.env.HOME, '.agent-os'))).toBe(false)
  })

  test('does not write without a yes', () => {
    const project = makeProject({ 'package.json': '{}' })
    expect(oos(['init'], project)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('oos init --yes'),
    })
    expect(existsSync(join(project.cwd, '.agent-os'))).toBe(false)
  })

  test('keeps what is there, and says so', () => {
    const project = makeProject({ '.agent-os/AGENT.md': '# Mine\n' })
    const { stdout, code } = oos(['init', '--yes', '--no-user'], project)
    expect(code).toBe(0)
    expect(stdout).toMatch(/kept +\.agent-os\/AGENT\.md/)
    expect(readFileSync(join(project.cwd, '.agent-os/AGENT.md'), 'utf8')).toBe('# Mine\n')
  })

  test.each([
    {
      what: 'the home folder',
      broken: (place: Made) => join(place.env.HOME, '.agent-os'),
      next: '--no-user',
    },
    { what: 'the project', broken: (place: Made) => join(place.cwd, '.agent-os'), next: 'ls -ld' },
  ])('says what to do when $what cannot be written', ({ broken, next }) => {
    const project = makeProject({ 'package.json': '{}' })
    writeFileSync(broken(project), 'a file in the way')
    const { code, stdout } = oos(['init', '--yes'], project)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^failed /m)
    expect(stdout).toContain(next)
    expect(JSON.parse(oos(['init', '--yes', '--json'], project).stdout).data.trusted).toBe(false)
  })

  test('refuses the home folder', () => {
    const { env } = makeProject({})
    expect(oos(['init', '--yes'], { cwd: env.HOME, env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no project'),
    })
  })
})

type Made = ReturnType<typeof makeProject>

function makeProject(files: Readonly<Record<string, string>>) {
  const cwd = makeTree(files, 'my app')
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'oos-home-'))
  const env = { HOME: home, PATH: path, XDG_STATE_HOME: '', XDG_CACHE_HOME: '' }
  spawnSync('git', ['init', '-q'], { cwd, env: { ...process.env, ...env } })
  spawnSync('git', ['add', '-A', '-f'], { cwd, env: { ...process.env, ...env } })
  return { cwd, env }
}
