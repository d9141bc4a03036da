import { existsSync, renameSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readProject } from '../../../src/ops/project/project.ts'
import { isSharedRecord, openRecord } from '../../../src/ops/project/record.ts'
import { makeTree } from '../../cli/oos.ts'

const place = { line: 1, column: 1, file: '.agent-os/PREFERRED_STACK.md' }

test.each([
  { path: undefined, shared: false },
  { path: 'data/atlas.db', shared: false },
  { path: '/work/shop/data/atlas.db', shared: false },
  { path: '/work/shop-2/data/atlas.db', shared: true },
  { path: '../data/atlas.db', shared: true },
  { path: 'data/../../atlas.db', shared: true },
  { path: '/opt/atlas/data/atlas.db', shared: true },
  { path: '~/data/atlas.db', shared: true },
])('a record at $path may have runs of other projects: $shared', ({ path, shared }) => {
  const settings = path === undefined ? [] : [{ key: 'database.path', value: path, place }]
  expect(isSharedRecord({ root: '/work/shop', home: '/home/ada', settings })).toBe(shared)
})

test('no record is made in the place of a project that was moved away', async () => {
  const root = makeTree({ '.agent-os/AGENT.md': '# A project\n' })
  const project = await readProject({ cwd: root, env: { HOME: makeTree({}) } })
  renameSync(root, `${root}-moved`)
  expect(() => openRecord(project)).toThrow(
    expect.objectContaining({ code: 'project-unreadable', message: expect.stringContaining(root) }),
  )
  expect(existsSync(root)).toBe(false)
})
