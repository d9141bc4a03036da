import { mkdtempSync, realpathSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isLearntHere, keepLearnt } from '../../../src/ops/learn/learnt-here.ts'
import { newRun, scratchStore } from '../../store/scratch.ts'

it('what was learnt here is known by its place and by all that was recorded of it', () => {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'oos-home-')))
  const here = { place: { root: '/work/shop', home }, env: {} }
  const store = scratchStore()
  const { id } = store.createRun({ ...newRun, learning: true })
  const isKnown = (where = here) => isLearntHere(store, store.getRun(id), where)
  expect(isKnown()).toBe(false)
  keepLearnt(store, id, here)
  expect(isKnown()).toBe(true)
  expect(statSync(join(home, '.local/state/oos/learnt/+work+shop')).mode & 0o777).toBe(0o600)
  expect(isKnown({ ...here, place: { root: '/work/copy', home } })).toBe(false)
  store.append(id, {
    ...({ type: 'learn.access', resource: 'file', action: 'read', outcome: 'let' } as const),
    ...{ target: 'more', count: 1 },
  })
  expect(isKnown()).toBe(false)
})
