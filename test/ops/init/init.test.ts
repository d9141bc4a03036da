import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { planHoles } from '../../../src/ops/init/holes.ts'
import { templateFiles } from '../../../src/ops/init/plan.ts'
import { trustWritten } from '../../../src/ops/init/trust.ts'
import { openProject } from '../../../src/ops/project/project.ts'
import { findTrust, judgeTrust } from '../../../src/ops/trust/trust.ts'
import { decide } from '../../../src/policy/decide.ts'
import { runExamples } from '../../../src/spec/examples.ts'
import { addFiles, initAt, makeProject, nodeProject, planFor, readIn, type Tree, trackAll } from './trees.ts'

const kinds: { name: string; tree: Tree }[] = [
  { name: 'a Node project', tree: nodeProject },
  { name: 'a Python project', tree: { 'pyproject.toml': 'pytest' } },
  { name: 'a Rust project', tree: { 'Cargo.toml': '' } },
  { name: 'a Go project', tree: { 'go.mod': '' } },
  { name: 'an empty folder', tree: {} },
  {
    name: 'a project with fixtures',
    tree: { ...nodeProject, 'test/a.pem': '', 'test/b.key': '', 'e2e/.env': '', 'AGENTS.md': '' },
  },
]

describe('oos init', () => {
  it.each(kinds)('writes specs for $name that are right and do what they say', async ({ tree }) => {
    const project = makeProject(tree)
    trackAll(project.root)
    expect((await initAt(project)).map(({ state }) => state)).toEqual(templateFiles.map(() => 'written'))
    const opened = await openProject({ cwd: project.root, env: project.env })
    expect(opened.diagnostics).toEqual([])
    const set = await opened.loadSpecs()
    expect(runExamples(set, opened).filter(({ passed }) => !passed)).toEqual([])
    expect(set.specs.filter(({ layer }) => layer !== 'built-in').flatMap(({ advisory }) => advisory)).toEqual(
      [],
    )
  })

  it('opens no host where nobody said where packages come from, and says what to do', async () => {
    const project = makeProject({ ...nodeProject, 'go.mod': '' }, { npm: 'exit 1' })
    const { notes } = await planFor(project)
    expect(notes.flatMap((note) => /open for (\w+)/.exec(note)?.[1] ?? [])).toEqual(['npm', 'go'])
    expect(notes[0]).toContain('see `npm config get registry`, then add')
    await initAt(project)
    expect(readIn(project.root, '.agent-os/AGENT.md')).toContain('Where packages for npm and go come from')
    const { policy, diagnostics } = await openProject({ cwd: project.root, env: project.env })
    const target = 'https://registry.example.com/'
    expect(diagnostics).toEqual([])
    expect(decide(policy, { resource: 'http', action: 'get', target }).effect).toBe('deny')
    expect((await planFor(project)).notes).toEqual([])
  })

  it('writes nothing twice', async () => {
    const project = makeProject(nodeProject)
    await initAt(project)
    const before = snapshot(project.root) + snapshot(project.home)
    expect((await initAt(project)).every(({ state }) => state === 'same')).toBe(true)
    expect(snapshot(project.root) + snapshot(project.home)).toBe(before)
  })

  it('says how the hosts of a project in another language are found, and not where it knows them', async () => {
    const notes = async (tree: Tree) => (await planFor(makeProject(tree))).notes.join()
    expect(await notes({ 'pom.xml': '' })).toContain('`oos run --learn -- mvn test`')
    expect(await notes(nodeProject)).toBe('')
    expect(await notes({ 'README.md': '' })).toBe('')
  })

  it('says that a run has no git where the repository begins above the project', async () => {
    const { root, home, env } = makeProject({ 'packages/api/a.ts': '' })
    const notes = async () => (await planFor({ root: join(root, 'packages/api'), env })).notes.join()
    // One that a person's home folder lies in is of no project.
    mkdirSync(join(home, '../.git'))
    expect(await notes()).not.toContain('begins above')
    mkdirSync(join(root, '.git'))
    expect(await notes()).toContain(`begins above, at \`${root}\``)
    mkdirSync(join(root, 'packages/api/.git'))
    expect(await notes()).not.toContain('begins above')
  })

  it.each(['.*\n', '/.agent-os', '*.md\n', 'agents/\n'])(
    'says that git ignores its specs by `%s`, and the line to type takes them in',
    async (line) => {
      const project = makeProject({ ...nodeProject, '.gitignore': `node_modules\n${line}` })
      execFileSync('git', ['init', '-q'], { cwd: project.root })
      const fix = async () => /printf .*/.exec((await planFor(project)).notes.join('\n'))?.[0]
      execFileSync('sh', ['-c', (await fix()) ?? 'exit 1'])
      expect(await fix()).toBeUndefined()
      await initAt(project)
      const listed = execFileSync('git', ['ls-files', '-o', '--exclude-standard'], { cwd: project.root })
      expect(listed.toString().match(/^\.agent-os\/.*$/gm)).toHaveLength(5)
    },
  )

  it('keeps a file that is there, and shows the difference', async () => {
    const project = makeProject({ ...nodeProject, '.agent-os/RUNBOOK.md': '# Mine\n' })
    const plan = await planFor(project)
    const runbook = plan.files.find(({ path }) => path.endsWith('RUNBOOK.md'))
    expect(runbook?.state).toBe('kept')
    expect(runbook?.difference.slice(0, 2)).toEqual(['- # Mine', '+ # Runbook'])
    await initAt(project)
    expect(readIn(project.root, '.agent-os/RUNBOOK.md')).toBe('# Mine\n')
  })

  it('leaves the home folder alone when asked to', async () => {
    const project = makeProject(nodeProject)
    await initAt(project, false)
    expect(readdirSync(project.home)).toEqual(['.cargo'])
  })

  it.each(['.agent-os', '.agent-os/agents', '.oos'])('writes through no symlink at %s', async (path) => {
    const project = makeProject(nodeProject)
    const elsewhere = join(project.home, 'elsewhere')
    mkdirSync(elsewhere)
    mkdirSync(join(project.root, '.agent-os'), { recursive: path !== '.agent-os' || undefined })
    if (path === '.agent-os') (await import('node:fs')).rmdirSync(join(project.root, path))
    symlinkSync(elsewhere, join(project.root, path))
    const failed = (await initAt(project, false)).filter(({ state }) => state === 'failed')
    expect(failed.length).toBeGreaterThan(0)
    expect(failed[0]?.problem).toContain('is a symlink')
    expect(readdirSync(elsewhere)).toEqual([])
  })

  it('writes through no symlink in the place of a file', async () => {
    const project = makeProject(nodeProject)
    mkdirSync(join(project.root, '.agent-os'))
    symlinkSync(join(project.home, 'victim'), join(project.root, '.agent-os/AGENT.md'))
    const [agent] = await initAt(project, false)
    expect(agent).toEqual({ path: '.agent-os/AGENT.md', state: 'kept' })
    expect(existsSync(join(project.home, 'victim'))).toBe(false)
  })

  it('writes over no file that came after it looked', async () => {
    const project = makeProject(nodeProject)
    const plan = await planFor(project)
    addFiles(project.root, { '.agent-os/AGENT.md': 'later' })
    const { applyInit } = await import('../../../src/ops/init/apply.ts')
    expect(applyInit(plan)[0]).toEqual({ path: '.agent-os/AGENT.md', state: 'kept' })
    expect(readIn(project.root, '.agent-os/AGENT.md')).toBe('later')
  })

  it('goes on where one file cannot be written', async () => {
    const project = makeProject(nodeProject)
    writeFileSync(join(project.home, '.agent-os'), 'a file')
    const states = (await initAt(project)).map(({ path, state }) => `${path.startsWith('~')} ${state}`)
    expect(new Set(states)).toEqual(new Set(['false written', 'true failed']))
  })
})

describe('what oos init makes of test data', () => {
  it('opens it to agents, and keeps other secrets hidden', async () => {
    const project = makeProject({ ...nodeProject, 'test/server.key': '', '.env': '', 'deploy/id_rsa': '' })
    trackAll(project.root)
    await initAt(project)
    const { policy, root } = await openProject({ cwd: project.root, env: project.env })
    const effect = (path: string) =>
      decide(policy, { resource: 'file', action: 'read', target: join(root, path) }).effect
    expect(['test/server.key', '.env', 'deploy/id_rsa', 'test/other.key'].map(effect)).toEqual([
      'allow',
      'deny',
      'deny',
      'deny',
    ])
    expect((await planFor(project)).notes).toContain(
      "git tracks `.env`: agents do not see the file, but its content is in git's history. What reads it fails in a run: `oos explain file:.env:read` has the line that opens it",
    )
  })

  it.each([
    { hidden: ['test/a.key'], except: ['file:test/a.key:read,write'] },
    { hidden: ['test/a.key', 'test/b.key', 'test/c.pem'], except: ['file:test/*:read,write'] },
    { hidden: ['pkg/__fixtures__/x.pem'], except: ['file:pkg/__fixtures__/x.pem:read,write'] },
    { hidden: ['.env.test'], except: ['file:.env.test:read,write'] },
    { hidden: ['.env'], except: [] },
    { hidden: ['config/prod.key'], except: [] },
    { hidden: ['contest/a.key', 'latest/b.key'], except: [] },
    { hidden: ['test/{a,b}.key', 'test/`.key', 'test/a b.key', 'test/*.key', 'test/"\n.key'], except: [] },
  ])('of $hidden it leaves to agents $except', ({ hidden, except }) => {
    expect(planHoles(hidden).except).toEqual(except)
    if (except.length === 0) expect(planHoles(hidden).suspicious).toEqual(hidden)
  })
})

describe('trust after oos init', () => {
  it('is there for what it wrote', async () => {
    const project = makeProject(nodeProject)
    const plan = await planFor(project)
    const applied = await initAt(project)
    expect(await trustWritten(plan, applied, project.env)).toBe(true)
    expect(await stateOf(project)).toBe('seen')
  })

  it('is not there when the project brought a spec of its own', async () => {
    const project = makeProject({
      ...nodeProject,
      '.agent-os/rules/team.md': '- **Allow** `http:example.com:request` — hm\n',
    })
    const plan = await planFor(project)
    const applied = await initAt(project)
    expect(await trustWritten(plan, applied, project.env)).toBe(false)
    expect(await stateOf(project)).toBe('new')
  })
})

async function stateOf({ root, env }: { root: string; env: NodeJS.ProcessEnv }): Promise<string> {
  const opened = await openProject({ cwd: root, env })
  return (await judgeTrust(opened, findTrust(opened, env))).state
}

function snapshot(folder: string): string {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return paths.map((path) => `${path} ${statSync(join(folder, path)).mtimeMs}`).join('\n')
}
