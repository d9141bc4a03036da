import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { watchChanges } from '../../src/agents/changes.ts'
import type { PreparedRun } from '../../src/agents/prepare.ts'

function watch(files: number) {
  const root = mkdtempSync(join(tmpdir(), 'oos-changes-'))
  const plan = { mounts: [{ kind: 'write', path: root }], ghosts: [], placeholders: [] }
  const changes = watchChanges({ plan, tree: { files }, project: { root } } as unknown as PreparedRun)
  mkdirSync(join(root, 'sub/.git'), { recursive: true })
  writeFileSync(join(root, 'sub/a.txt'), 'a')
  return changes.events()
}

test.each([
  { tree: 'a small tree', files: 3 },
  { tree: 'a tree too large to keep every name of', files: 20_001 },
])('a repository that a run made is warned of in $tree, and its files are told', ({ files }) => {
  expect(watch(files)).toEqual([
    { type: 'note', level: 'warning', text: expect.stringContaining('sub/.git') },
    { type: 'file.changed', path: 'sub/a.txt', change: 'created', bytes: 1 },
  ])
})
