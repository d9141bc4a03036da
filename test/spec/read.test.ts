import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSources } from '../../src/spec/read.ts'
import { readSpecs } from '../../src/spec/read-specs.ts'

const packs = join(import.meta.dirname, '../../specs')

const builtIn = { 'packs/packs/base.md': '', 'packs/packs/protected.md': '' }

function tree(files: Readonly<Record<string, string | Uint8Array>>) {
  const top = mkdtempSync(join(tmpdir(), 'oos-spec-'))
  for (const folder of ['project', 'home', 'packs']) mkdirSync(join(top, folder))
  for (const [path, text] of Object.entries({ ...builtIn, ...files })) {
    mkdirSync(dirname(join(top, path)), { recursive: true })
    writeFileSync(join(top, path), text)
  }
  const options = { root: join(top, 'project'), home: join(top, 'home'), packs: join(top, 'packs') }
  return { top, options, agentOs: join(top, 'project/.agent-os') }
}

const ownPaths = (options: Parameters<typeof readSources>[0]) =>
  readSources(options).sources.flatMap(({ path, pack }) => (pack === undefined ? [path] : []))

const found = (options: Parameters<typeof readSources>[0]) =>
  readSources(options).diagnostics.map(({ code, place }) => `${place.file} ${code}`)

it('finds specs where RULES says, each with its kind and layer', () => {
  const { options } = tree({
    'project/.agent-os/AGENT.md': '',
    'project/.agent-os/PREFERRED_STACK.md': '',
    'project/.agent-os/MIRROR_CONTRACT.md': '',
    'project/.agent-os/RUNBOOK.md': '',
    'project/.agent-os/NOTES.md': '',
    'project/.agent-os/notes.txt': '',
    'project/.agent-os/agents/coder.md': '',
    'project/.agent-os/rules/team.md': '',
    'project/.agent-os/product/plan.md': '',
    'home/.agent-os/GLOBAL_RULES.md': '',
    'home/.agent-os/STACK_PREFERENCES.md': '',
    'home/.agent-os/LEARNING_PATTERNS.md': '',
    'packs/packs/node.md': '',
    'packs/agents/claude.md': '',
  })
  const { sources, diagnostics } = readSources(options)
  expect(diagnostics).toEqual([])
  expect(sources.map(({ path, kind, layer, pack }) => [path, kind, layer, pack])).toEqual([
    ['oos:base', 'rules', 'built-in', 'oos:base'],
    ['oos:node', 'rules', 'built-in', 'oos:node'],
    ['oos:protected', 'rules', 'built-in', 'oos:protected'],
    ['oos:claude', 'definition', 'built-in', 'oos:claude'],
    ['~/.agent-os/GLOBAL_RULES.md', 'rules', 'user', undefined],
    ['~/.agent-os/LEARNING_PATTERNS.md', 'lessons', 'user', undefined],
    ['~/.agent-os/STACK_PREFERENCES.md', 'stack', 'user', undefined],
    ['.agent-os/AGENT.md', 'agent', 'project', undefined],
    ['.agent-os/MIRROR_CONTRACT.md', 'contract', 'project', undefined],
    ['.agent-os/NOTES.md', 'guidance', 'project', undefined],
    ['.agent-os/PREFERRED_STACK.md', 'stack', 'project', undefined],
    ['.agent-os/RUNBOOK.md', 'runbook', 'project', undefined],
    ['.agent-os/agents/coder.md', 'definition', 'project', undefined],
    ['.agent-os/rules/team.md', 'rules', 'project', undefined],
  ])
})

it('finds nothing, and no fault, where there is no spec folder', () => {
  const { options } = tree({})
  expect([ownPaths(options), found(options)]).toEqual([[], []])
})

it('finds the packs that always hold, or says that they are gone', () => {
  const { options, top } = tree({})
  const gone = ['oos:protected source/unreadable', 'oos:base source/unreadable']
  rmSync(join(top, 'packs/packs/protected.md'))
  expect(found(options)).toEqual(gone.slice(0, 1))
  expect(found({ ...options, packs: join(top, 'elsewhere') })).toEqual(gone)
})

describe('what cannot be read safely is an error', () => {
  it('a symlink that leads out of the folder', () => {
    const { options, agentOs } = tree({ 'project/.agent-os/AGENT.md': '', 'project/README.md': '' })
    symlinkSync('../README.md', join(agentOs, 'README.md'))
    expect(found(options)).toEqual(['.agent-os/README.md source/link'])
  })

  it('a folder of specs that is a symlink leading out', () => {
    const { options, agentOs } = tree({ 'project/.agent-os/AGENT.md': '', 'project/elsewhere/a.md': '' })
    symlinkSync('../elsewhere', join(agentOs, 'rules'))
    expect(found(options)).toEqual(['.agent-os/rules source/link'])
  })

  it('a project’s spec folder that is a symlink', () => {
    const { options, agentOs } = tree({ 'project/writable/AGENT.md': '' })
    symlinkSync('writable', agentOs)
    expect(found(options)).toEqual(['.agent-os source/link'])
  })

  it('a symlink to nowhere', () => {
    const { options, agentOs } = tree({ 'project/.agent-os/AGENT.md': '' })
    symlinkSync('nowhere.md', join(agentOs, 'x.md'))
    expect(found(options)).toEqual(['.agent-os/x.md source/unreadable'])
  })

  it('a folder, and a named pipe, which is not waited for', () => {
    const { options, agentOs } = tree({ 'project/.agent-os/folder.md/x': '' })
    execFileSync('mkfifo', [join(agentOs, 'pipe.md')])
    expect(found(options)).toEqual([
      '.agent-os/folder.md source/unreadable',
      '.agent-os/pipe.md source/unreadable',
    ])
  })

  it('a device', () => {
    const { options, agentOs } = tree({ 'project/.agent-os/AGENT.md': '' })
    symlinkSync('/dev/zero', join(agentOs, 'zero.md'))
    expect(found(options)).toEqual(['.agent-os/zero.md source/link'])
  })

  it.skipIf(process.getuid?.() === 0)('a file without permission', () => {
    const { options, agentOs } = tree({ 'project/.agent-os/AGENT.md': '' })
    chmodSync(join(agentOs, 'AGENT.md'), 0)
    expect(found(options)).toEqual(['.agent-os/AGENT.md source/unreadable'])
  })

  it('a file of more than 1 MB', () => {
    const { options } = tree({ 'project/.agent-os/AGENT.md': 'a'.repeat(1024 * 1024 + 1) })
    expect(found(options)).toEqual(['.agent-os/AGENT.md source/too-large'])
  })

  it('more than 1,000 files', () => {
    const { options } = tree(
      Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`project/.agent-os/${index}.md`, ''])),
    )
    expect(found(options)).toEqual(['.agent-os source/too-many'])
  })

  it('a spec folder that is a file', () => {
    const { options } = tree({ 'project/.agent-os': '' })
    expect(found(options)).toEqual(['.agent-os source/unreadable'])
  })
})

it('reads the specs of another folder where one is named', () => {
  const { options, top } = tree({ 'specs/AGENT.md': '', 'project/.agent-os/RUNBOOK.md': '' })
  expect(ownPaths({ ...options, specs: join(top, 'specs') })).toEqual(['.agent-os/AGENT.md'])
})

it('reads a symlink within the folder', () => {
  const { options, agentOs } = tree({ 'project/.agent-os/AGENT.md': '- **Deny** `env:A`' })
  symlinkSync('AGENT.md', join(agentOs, 'OTHER.md'))
  expect(ownPaths(options)).toEqual(['.agent-os/AGENT.md', '.agent-os/OTHER.md'])
})

it('reads a project whose name has spaces, line ends and other letters', () => {
  const { options } = tree({ 'project/ä b\nc/.agent-os/AGENT.md': '- **Deny** `env:A`' })
  expect(ownPaths({ ...options, root: join(options.root, 'ä b\nc') })).toHaveLength(1)
})

it('understands what ships with oos, without a fault', () => {
  const { options } = tree({})
  const set = readSpecs({ ...options, packs })
  expect(set.diagnostics).toEqual([])
  expect(set.rules.length).toBeGreaterThan(10)
})
