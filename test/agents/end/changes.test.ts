import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { watchChanges } from '../../../src/agents/end/changes.ts'
import type { PreparedRun } from '../../../src/agents/prepare.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { putSocket } from '../../../src/sandbox/stand-ins.ts'
import { rulesOf } from '../../sandbox/rules.ts'

const under = (root: string) => ({
  project: { root },
  policy: compilePolicy({ rules: rulesOf(['Allow file:**:read,write']), root, home: '/nobody', now: 0 }),
  asked: { agent: 'command' },
})

function watch(files: number) {
  const root = mkdtempSync(join(tmpdir(), 'oos-changes-'))
  const plan = { mounts: [{ kind: 'write', path: root }], ghosts: [], placeholders: [] }
  const changes = watchChanges({
    plan,
    ...under(root),
    tree: { entries: [{ path: root, kind: 'directory', access: 'write' }], files },
  } as unknown as PreparedRun)
  mkdirSync(join(root, 'sub/.git/refs'), { recursive: true })
  writeFileSync(join(root, 'sub/a.txt'), 'a')
  return changes.events()
}

test('what stood in for nothing and is something now is warned of; what is as it was made is not', () => {
  const root = mkdtempSync(join(tmpdir(), 'oos-changes-'))
  const at = (name: string) => join(root, name)
  const plan = {
    mounts: [],
    ghosts: [at('.claude'), at('.vscode'), at('.idea'), at('.git-hooks')],
    placeholders: [
      { path: at('.mcp.json'), unlisted: true },
      { path: at('.envrc'), unlisted: true },
      { path: at('dist') },
    ],
  }
  for (const folder of ['.claude', '.vscode', 'dist']) mkdirSync(at(folder))
  putSocket(join(mkdtempSync(join(tmpdir(), 'oos-changes-'))), at('.envrc'))
  const { events } = watchChanges({
    plan,
    ...under(root),
    tree: { entries: [{ path: root, kind: 'directory', access: 'write' }], files: 3 },
  } as unknown as PreparedRun)
  writeFileSync(at('.claude/settings.json'), '{}')
  writeFileSync(at('.mcp.json'), '{}')
  writeFileSync(at('dist/a.js'), '')
  // Neither says anything.
  writeFileSync(at('.git-hooks'), '')
  chmodSync(at('.envrc'), 0o600)
  expect(events()).toEqual(
    ['.claude', '.mcp.json'].map((path) => ({
      type: 'note',
      level: 'warning',
      text: expect.stringContaining(`${path} came to be while this ran`),
    })),
  )
})

test('what was closed and is replaced from outside is warned of; what is only written again is not', () => {
  const root = mkdtempSync(join(tmpdir(), 'oos-changes-'))
  const at = (name: string) => join(root, name)
  for (const name of ['.env', 'kept', 'gone', 'own']) writeFileSync(at(name), 'a')
  mkdirSync(at('.agent-os'))
  const [rule] = rulesOf(['Deny file:.env:*'])
  const { events } = watchChanges({
    plan: {
      mounts: [
        { kind: 'write', path: root },
        { kind: 'mask-file', path: at('.env'), rule },
        ...['.agent-os', 'kept', 'gone'].map((name) => ({ kind: 'read', path: at(name) })),
        { kind: 'pin', path: at('own') },
      ],
      ghosts: [],
      placeholders: [],
    },
    ...under(root),
    tree: { entries: [], files: 3 },
  } as unknown as PreparedRun)
  for (const name of ['.env', '.agent-os', 'own']) renameSync(at(name), at(`${name}.old`))
  for (const name of ['.env', 'own', 'kept']) writeFileSync(at(name), 'b')
  mkdirSync(at('.agent-os'))
  rmSync(at('gone'))
  const told = events().flatMap((event) => (event.type === 'note' ? [event.text] : []))
  const why = 'was replaced by a program outside while this ran, and not closed to the run from then on'
  expect(told).toEqual([
    `.env ${why} (project.md:1 Deny file:.env:*): it may know what is in it`,
    `.agent-os ${why}: read it before an agent, an editor or git does`,
  ])
})

test.each([
  { tree: 'a small tree', files: 3 },
  { tree: 'a tree too large to keep every name of', files: 20_001 },
])('a repository that a run made is warned of in $tree, and its files are told', ({ files }) => {
  expect(watch(files)).toEqual([
    { type: 'note', level: 'warning', text: expect.stringContaining('sub/.git') },
    { type: 'file.changed', path: 'sub/a.txt', change: 'created', bytes: 1 },
  ])
})

test('a file that came to be against a rule is told with it', () => {
  const root = mkdtempSync(join(tmpdir(), 'oos-changes-'))
  const rules = rulesOf(['Allow file:**:read,write', 'Deny file:**/.env:*'])
  const policy = compilePolicy({ rules, root, home: '/nobody', now: 0 })
  const { events } = watchChanges({
    plan: { mounts: [{ kind: 'write', path: root }], ghosts: [], placeholders: [] },
    ...{ ...under(root), policy },
    tree: { entries: [{ path: root, kind: 'directory', access: 'write' }], files: 3 },
  } as unknown as PreparedRun)
  writeFileSync(join(root, '.env'), '')
  writeFileSync(join(root, 'a'), '')
  const files = events().filter(({ type }) => type === 'file.changed')
  expect(files).toEqual([
    expect.objectContaining({ path: '.env', effect: 'deny', rule: expect.objectContaining({ line: 2 }) }),
    { type: 'file.changed', path: 'a', change: 'created', bytes: 0 },
  ])
})

test.each([
  { does: 'changes a file', act: (at: string) => writeFileSync(join(at, 'f'), 'x'), closes: false },
  {
    does: 'works in the repository that is there',
    act: (at: string) => writeFileSync(join(at, '.git/index'), 'x'),
    closes: false,
  },
  { does: 'makes a folder', act: (at: string) => mkdirSync(join(at, 'sub')), closes: false },
  { does: 'shuts a folder', act: (at: string) => chmodSync(join(at, 'old'), 0o500), closes: true },
  { does: 'makes an empty repository', act: (at: string) => mkdirSync(join(at, 'old/.git')), closes: true },
  {
    does: 'makes a name that is no text',
    act: (at: string) => mkdirSync(Buffer.from(`${at}/\xff`, 'latin1')),
    closes: true,
  },
  { does: 'makes a denied name', act: (at: string) => symlinkSync('old', join(at, '.env')), closes: true },
])('a run that $does gives a reason to look at the tree again: $closes', ({ act, closes }) => {
  const root = mkdtempSync(join(tmpdir(), 'oos-changes-'))
  mkdirSync(join(root, '.git'))
  writeFileSync(join(root, '.git/HEAD'), '')
  mkdirSync(join(root, 'old'))
  const rules = rulesOf(['Allow file:**:read,write', 'Deny file:**/.env:*'])
  const { mayClose } = watchChanges({
    plan: { mounts: [{ kind: 'write', path: root }], ghosts: [], placeholders: [] },
    ...under(root),
    policy: compilePolicy({ rules, root, home: '/nobody', now: 0 }),
    tree: { entries: [{ path: root, kind: 'directory', access: 'write' }], files: 3, repositories: [] },
  } as unknown as PreparedRun)
  act(root)
  expect(mayClose()).toBe(closes)
})
