import { expect, test } from 'vitest'
import { isSharedRecord } from '../../src/ops/record.ts'

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
