import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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
    // Go builds its standard library first: nothing of the host's cache comes along.
    180_000,
  )

  test('a tracked secret stays hidden, a tracked fixture does not', () => {
    const project = makeProject({ '.env': 'KEY=s3cret', 'test/server.key': 'made up', 'package.json': '{}' })
    oos(['init', '--yes'], project)
    const { stdout } = oos(['run', '--', 'sh', '-c', 'cat .env; cat test/server.key'], project)
    expect(stdout).toBe('made up')
  })
})

/** Package managers that stand in front of the machine's own, and what they answer. */
const registries = [
  {
    name: 'Node',
    files: { 'package.json': '{}' },
    programs: { npm: 'echo https://registry.example.com/' },
    rule: '**Allow** `http:registry.example.com:request` — packages come from here',
  },
  {
    name: 'Python',
    files: { 'setup.py': '' },
    programs: { python3: 'echo https://pip.example.com/simple; echo https://files.example.com' },
    rule: '**Allow** `http:pip.example.com:request`, `http:files.example.com:request` — packages come from here',
  },
  {
    name: 'Go',
    files: { 'go.mod': '' },
    programs: { go: `echo '{"GOPROXY": "https://go.example.com,direct", "GOSUMDB": "sum.example.com"}'` },
    rule: '**Allow** `http:go.example.com:request`, `http:sum.example.com:request` — packages come from here',
  },
]

describe('where packages come from', () => {
  test.each(registries)('is asked in a $name project, and becomes a rule', ({ files, programs, rule }) => {
    const project = makeProject(files, programs)
    expect(oos(['init', '--yes'], project)).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining('note'),
    })
    expect(readFileSync(join(project.cwd, '.agent-os/AGENT.md'), 'utf8')).toContain(`- ${rule}`)
    expect(oos(['spec', 'test'], project).code).toBe(0)
  })

  test('is read in a Rust project from what Cargo has fetched already', () => {
    const project = makeProject({
      'Cargo.toml': '',
      'cargo-home/registry/index/index.example.com-1949cf8c6b5b557f/config.json':
        '{"dl":"https://dl.example.com"}',
    })
    const cargo = makeTree({
      'registry/index/index.example.com-1949cf8c6b5b557f/config.json': '{"dl":"https://dl.example.com"}',
    })
    const { stdout } = oos(['init', '--dry-run'], { ...project, env: { ...project.env, CARGO_HOME: cargo } })
    expect(stdout).toContain('**Allow** `http:index.example.com:request`, `http:dl.example.com:request`')
    const own = { ...project.env, CARGO_HOME: join(project.cwd, 'cargo-home') }
    expect(oos(['init', '--dry-run'], { ...project, env: own }).stdout).not.toContain('dl.example.com')
  })

  test('is said to be unknown where nobody answers, with the line to add', () => {
    const project = makeProject({ 'package.json': '{}' }, { npm: 'exit 1' })
    const { stdout, code } = oos(['init', '--yes'], project)
    expect(code).toBe(0)
    expect(stdout).toContain('add to .agent-os/AGENT.md: - **Allow** `http:HOST:request`')
    expect(oos(['explain', 'http:registry.example.com:get'], project).stdout).toMatch(/^deny/)
    expect(oos(['spec', 'check'], project).code).toBe(0)
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

  test('shows every file, and the rules of the project last', () => {
    const project = makeProject({ 'package.json': '{}' })
    const shown = oos(['init', '--dry-run'], project).stdout
    const { files } = JSON.parse(oos(['init', '--dry-run', '--json'], project).stdout).data
    expect(files.length).toBeGreaterThan(5)
    for (const { path, content } of files) {
      expect(shown).toContain(`${path}\n`)
      for (const line of content.split('\n')) expect(shown).toContain(line)
    }
    const [last] = files
      .map(({ path }: { path: string }) => path)
      .toSorted((a: string, b: string) => shown.lastIndexOf(`${b}\n\n`) - shown.lastIndexOf(`${a}\n\n`))
    expect(last).toBe('.agent-os/AGENT.md')
  })

  test('does not write without a yes', () => {
    const project = makeProject({ 'package.json': '{}' })
    expect(oos(['init'], project)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/oos init --dry-run shows the files, oos init --yes/),
    })
    expect(existsSync(join(project.cwd, '.agent-os'))).toBe(false)
  })

  test('keeps what is there, and says so', () => {
    const project = makeProject({ '.agent-os/AGENT.md': '# Mine\n' })
    const { stdout, code } = oos(['init', '--yes', '--no-user'], project)
    expect(code).toBe(0)
    expect(stdout).toMatch(/kept +\.agent-os\/AGENT\.md/)
    expect(stdout).toContain('oos init --dry-run shows how')
    expect(readFileSync(join(project.cwd, '.agent-os/AGENT.md'), 'utf8')).toBe('# Mine\n')
  })

  test.each([
    {
      what: 'the home folder',
      broken: (place: Made) => join(place.env.HOME, '.agent-os'),
      next: '--no-user',
    },
    { what: 'the project', broken: (place: Made) => join(place.cwd, '.agent-os/agents'), next: 'ls -ld' },
  ])('says what to do when $what cannot be written', ({ broken, next }) => {
    const project = makeProject({ 'package.json': '{}' })
    mkdirSync(dirname(broken(project)), { recursive: true })
    writeFileSync(broken(project), 'a file in the way')
    const { code, stdout } = oos(['init', '--yes'], project)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^failed /m)
    expect(stdout).toContain(next)
    expect(JSON.parse(oos(['init', '--yes', '--json'], project).stdout).data.trusted).toBe(false)
  })

  test('refuses the home folder, and the specs in it', () => {
    const { env } = makeProject({})
    mkdirSync(join(env.HOME, '.agent-os/rules'), { recursive: true })
    for (const below of ['', '.agent-os', '.agent-os/rules'])
      expect(oos(['init', '--yes'], { cwd: join(env.HOME, below), env })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('no project'),
      })
  })

  test('what runs the tests and is not installed is named before its command', () => {
    const files = {
      'pyproject.toml': '[project]\nname = "a"\n',
      'uv.lock': '',
      'tests/conftest.py': '',
    }
    const project = makeProject(files)
    const next = () => oos(['init', '--yes', '--no-user'], project).stdout.split('\n').at(-2)
    expect(next()).toBe('next: install `uv`, then oos run -- uv run pytest')
    const uv = makeProject(files, { uv: 'exit 0' })
    expect(oos(['init', '--yes', '--no-user'], uv).stdout).toContain('next: oos run -- uv run pytest')
  })
})

type Made = ReturnType<typeof makeProject>

function makeProject(
  files: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, string>> = {},
) {
  const cwd = makeTree(files, 'my app')
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'oos-home-'))
  const scripts = Object.entries(programs).map(([name, text]) => [name, `#!/bin/sh\n${text}\n`])
  const bin = makeTree(Object.fromEntries(scripts), 'bin')
  for (const name of Object.keys(programs)) chmodSync(join(bin, name), 0o755)
  const env = { HOME: home, PATH: `${bin}:${path}`, XDG_STATE_HOME: '', XDG_CACHE_HOME: '' }
  spawnSync('git', ['init', '-q'], { cwd, env: { ...process.env, ...env } })
  spawnSync('git', ['add', '-A', '-f'], { cwd, env: { ...process.env, ...env } })
  return { cwd, env }
}
