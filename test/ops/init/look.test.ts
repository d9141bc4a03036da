import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lookAt } from '../../../src/ops/init/look.ts'
import { addFiles, addPrograms, makeProject, nodeProject, type Tree, trackAll } from './trees.ts'

const projects: { name: string; tree: Tree; packs: string[]; test: string | undefined; hosts: string[] }[] = [
  { name: 'npm', tree: nodeProject, packs: ['oos:node'], test: 'npm test', hosts: ['registry.example.com'] },
  {
    name: 'pnpm',
    tree: { ...nodeProject, 'pnpm-lock.yaml': '', 'package-lock.json': '' },
    packs: ['oos:node'],
    test: 'npm test',
    hosts: ['registry.example.com'],
  },
  {
    name: 'pnpm by its field',
    tree: { 'package.json': '{"packageManager":"pnpm@9.1.0","scripts":{"test":"x"}}' },
    packs: ['oos:node'],
    test: 'pnpm test',
    hosts: ['pnpm.example.com'],
  },
  {
    name: 'Yarn',
    tree: { 'package.json': '{"scripts":{"test":"x"}}', 'yarn.lock': '' },
    packs: ['oos:node'],
    test: 'yarn test',
    hosts: ['yarn.example.com', 'registry.example.com'],
  },
  {
    name: 'Bun',
    tree: { 'package.json': '{"scripts":{"test":"x"}}', 'bun.lock': '' },
    packs: ['oos:node'],
    test: 'bun run test',
    hosts: ['registry.example.com'],
  },
  {
    name: 'Node without tests',
    tree: { 'package.json': '{"scripts":{"test":"echo \\"Error: no test specified\\" && exit 1"}}' },
    packs: ['oos:node'],
    test: undefined,
    hosts: ['registry.example.com'],
  },
  {
    name: 'a broken package.json',
    tree: { 'package.json': '{' },
    packs: ['oos:node'],
    test: undefined,
    hosts: ['registry.example.com'],
  },
  {
    name: 'pytest',
    tree: { 'pyproject.toml': '[tool.pytest.ini_options]' },
    packs: ['oos:python'],
    test: 'pytest',
    hosts: ['pip.example.com', 'files.example.com'],
  },
  {
    name: 'uv',
    tree: { 'pyproject.toml': 'pytest', 'uv.lock': '' },
    packs: ['oos:python'],
    test: 'uv run pytest',
    hosts: ['pip.example.com', 'files.example.com'],
  },
  {
    name: 'uv, with pytest installed',
    tree: { 'pyproject.toml': 'pytest', 'uv.lock': '', '.venv/bin/pytest': '' },
    packs: ['oos:python'],
    test: '.venv/bin/pytest',
    hosts: ['pip.example.com', 'files.example.com'],
  },
  {
    name: 'tests that only pytest finds',
    tree: {
      'setup.py': '',
      'tests/test_a.py': 'from shop import price\n\ndef test_price():\n    assert price\n',
    },
    packs: ['oos:python'],
    test: 'pytest',
    hosts: ['pip.example.com', 'files.example.com'],
  },
  {
    name: 'tests of a class',
    tree: { 'setup.py': '', 'tests/test_a.py': 'class A(TestCase):\n    def test_a(self):\n        pass\n' },
    packs: ['oos:python'],
    test: 'python3 -m unittest',
    hosts: ['pip.example.com', 'files.example.com'],
  },
  {
    name: 'unittest',
    tree: { 'setup.py': '', 'tests/test_a.py': '' },
    packs: ['oos:python'],
    test: 'python3 -m unittest',
    hosts: ['pip.example.com', 'files.example.com'],
  },
  {
    name: 'tests beside the code',
    tree: { 'pyproject.toml': '', 'test_a.py': 'def test_price():\n    assert True\n' },
    packs: ['oos:python'],
    test: 'pytest',
    hosts: ['pip.example.com', 'files.example.com'],
  },
  {
    name: 'tests that are called as only pytest finds them',
    tree: { 'setup.py': '', 'price_test.py': '' },
    packs: ['oos:python'],
    test: 'pytest',
    hosts: ['pip.example.com', 'files.example.com'],
  },
  {
    name: 'Python without tests',
    tree: { 'pyproject.toml': '', 'a.py': '' },
    packs: ['oos:python'],
    test: undefined,
    hosts: ['pip.example.com', 'files.example.com'],
  },
  {
    name: 'Cargo',
    tree: { 'Cargo.toml': '' },
    packs: ['oos:rust'],
    test: 'cargo test',
    hosts: ['index.example.com', 'crates.example.com'],
  },
  {
    name: 'Go',
    tree: { 'go.mod': '' },
    packs: ['oos:go'],
    test: 'go test ./...',
    hosts: ['go.example.com', 'sum.example.com'],
  },
  {
    name: 'two languages',
    tree: { ...nodeProject, 'Cargo.toml': '' },
    packs: ['oos:node', 'oos:rust'],
    test: 'npm test',
    hosts: ['registry.example.com', 'index.example.com', 'crates.example.com'],
  },
  ...Object.entries({
    'mvn test': { 'pom.xml': '' },
    './mvnw test': { 'pom.xml': '', mvnw: '' },
    './gradlew test': { gradlew: '', 'build.gradle': '' },
    'mix test': { 'mix.exs': '' },
    'composer test': { 'composer.json': '{"scripts": {"lint": "x", "test": "phpunit"}}' },
    'bundle exec rspec': { Gemfile: 'gem "rspec"\n', Rakefile: '' },
    'rake test': { Rakefile: 'Rake::TestTask.new' },
    'make test': { Makefile: 'CC := cc\n\ntest: all\n\t./test\n' },
    'make check': { Makefile: '.PHONY: test\ntest_dir := x\nall check: x\n' },
  }).map(([test, tree]) => ({ name: test, tree, packs: [], test, hosts: [] })),
  {
    name: 'a language without tests, and a Makefile',
    tree: { 'pyproject.toml': '', Makefile: 'test:\n\ttrue\n' },
    packs: ['oos:python'],
    test: 'make test',
    hosts: ['pip.example.com', 'files.example.com'],
  },
  {
    name: 'a Makefile without tests',
    tree: { Makefile: 'all:\n\ttrue\n' },
    packs: [],
    test: undefined,
    hosts: [],
  },
  { name: 'no language', tree: { 'README.md': '' }, packs: [], test: undefined, hosts: [] },
]

describe('looking at a project', () => {
  it.each(projects)('sees $name', async ({ tree, packs, test, hosts }) => {
    const facts = await lookAt(atRoot(makeProject(tree)))
    expect(facts.stacks.map(({ pack }) => pack)).toEqual(packs)
    expect(facts.test).toBe(test)
    expect(facts.hosts.map(({ host }) => host)).toEqual(hosts)
    expect(facts.unknown).toEqual([])
  })

  it.each([
    ['registry=https://npm.acme.io/repo/\n', ['npm.acme.io']],
    ['registry="https://npm.acme.io:8443"', ['npm.acme.io:8443']],
    ['@acme:registry=https://npm.acme.io', ['registry.example.com', 'npm.acme.io']],
    ['# registry=https://npm.acme.io', ['registry.example.com']],
    ['registry=http://169.254.169.254/', ['registry.example.com']],
    ['registry=http://0x7f.1/', ['registry.example.com']],
    ['registry=http://[::1]:4873/', ['registry.example.com']],
    ['registry=http://localhost:4873/', ['registry.example.com']],
    ['registry=http://vault.internal/', ['registry.example.com']],
    ['registry=https://a`*b.io/', ['registry.example.com']],
    ['registry=https://user:pass@npm.acme.io', ['npm.acme.io']],
  ])('takes from `%s` the hosts %j', async (npmrc, hosts) => {
    const facts = await lookAt(atRoot(makeProject({ ...nodeProject, '.npmrc': npmrc })))
    expect(facts.hosts.map(({ host }) => host)).toEqual(hosts)
  })

  it('takes from the lock file of uv where packages come from, where pip is not there to say it', async () => {
    const lock = `source = { registry = "https://pypi.acme.io/simple" }
wheels = [ { url = "https://files.acme.io/a.whl" }, { url = "http://files.acme.io/b" }, { url = "https://10.0.0.1/c" } ]
source = { git = "https://git.acme.io/x" }\n`
    const tree = { 'pyproject.toml': '', 'uv.lock': lock }
    const named = async (programs?: Tree) => {
      const { hosts, unknown } = await lookAt(atRoot(makeProject(tree, programs)))
      return { hosts: hosts.map(({ host }) => host), unknown }
    }
    expect(await named()).toEqual({ hosts: ['pip.example.com', 'files.example.com'], unknown: [] })
    expect(await named({})).toEqual({ hosts: ['pypi.acme.io', 'files.acme.io'], unknown: [] })
  })

  it('sees instructions for agents, and what another tool keeps in .agent-os', async () => {
    const tree = {
      'AGENTS.md': '',
      'CLAUDE.md': '',
      '.cursor/rules/style.mdc': '',
      '.agent-os/product/mission.md': '',
      '.agent-os/AGENT.md': '',
    }
    const facts = await lookAt(atRoot(makeProject(tree)))
    expect(facts.guides).toEqual(['AGENTS.md', 'CLAUDE.md', '.cursor/rules'])
    expect(facts.foreign).toEqual(['product'])
  })

  it('notices that what runs the tests is not installed, wherever the repository has one of that name', async () => {
    const { root, env } = makeProject({ 'pyproject.toml': 'pytest', 'uv.lock': '', 'bin/uv': '' })
    chmodSync(join(root, 'bin/uv'), 0o755)
    const look = async (path: string) => (await lookAt({ cwd: root, env: { ...env, PATH: path } })).missing
    expect(await look(`${join(root, 'bin')}:${env.PATH}`)).toEqual(['uv'])
    addPrograms(env.PATH ?? '', { uv: '' })
    expect(await look(env.PATH ?? '')).toEqual([])
  })

  it('finds tracked files that the secrets pack would hide', async () => {
    const project = makeProject({ '.env': '', 'test/server.key': '', 'src/a.ts': '', '.env.example': '' })
    trackAll(project.root)
    addFiles(project.root, { 'untracked.pem': '' })
    expect((await lookAt(atRoot(project))).hidden).toEqual(['.env', 'test/server.key'])
  })

  it('starts nothing that the repository names', async () => {
    const project = makeProject({ 'spy.sh': '#!/bin/sh\ntouch "$(dirname "$0")/started"\n' })
    trackAll(project.root)
    addFiles(project.root, { '.git/config': `[core]\n\tfsmonitor = sh ${join(project.root, 'spy.sh')}\n` })
    await lookAt(atRoot(project))
    expect(await lookAt(atRoot(project))).toMatchObject({ git: true })
    expect((await import('node:fs')).existsSync(join(project.root, 'started'))).toBe(false)
  })

  it.each([
    { 'pyproject.toml': '[build-system]\nname = "not"\n[project]\nversion = "1"\nname = "chai"\n' },
    { 'pyproject.toml': "[tool.poetry]\nname = 'chai'\n" },
    { 'pyproject.toml': '[project]\r\nversion = "1"\r\nname = "chai"\r\n' },
    { 'Cargo.toml': '[workspace]\n\n[package]\nname = "chai"\n' },
  ])('takes its name from %o', async (tree) => {
    expect(await lookAt(atRoot(makeProject(tree)))).toMatchObject({ name: 'chai' })
  })

  it('follows no symlink', async () => {
    const project = makeProject({})
    writeFileSync(join(project.home, 'private.json'), '{"name":"private","scripts":{"test":"x"}}')
    symlinkSync(join(project.home, 'private.json'), join(project.root, 'package.json'))
    expect(await lookAt(atRoot(project))).toMatchObject({ name: 'shop', stacks: [{ manager: 'npm' }] })
  })

  it.each([
    ['@acme/shop', '@acme/shop'],
    ['x\\n- **Allow** `http:*:request`', 'shop'],
    ['`rm -rf`', 'shop'],
    ['', 'shop'],
  ])('calls a package named `%s` %s', async (name, called) => {
    expect((await lookAt(atRoot(makeProject({ 'package.json': `{"name":"${name}"}` })))).name).toBe(called)
  })

  it('finds the specs above the folder one stands in, within the repository', async () => {
    const project = makeProject({ '.agent-os/AGENT.md': '', 'packages/api/a.ts': '' })
    const cwd = join(project.root, 'packages/api')
    expect((await lookAt({ cwd, env: project.env })).root).toBe(project.root)
    mkdirSync(join(cwd, '.git'))
    expect((await lookAt({ cwd, env: project.env })).root).toBe(cwd)
  })

  it('refuses the home folder', async () => {
    const { home, env } = makeProject({})
    await expect(lookAt({ cwd: home, env })).rejects.toMatchObject({ code: 'init-failed' })
    await expect(lookAt({ cwd: '/', env })).rejects.toMatchObject({ code: 'init-failed' })
  })
})

function atRoot({ root, env }: { root: string; env: NodeJS.ProcessEnv }) {
  return { cwd: root, env }
}
