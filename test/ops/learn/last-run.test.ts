import { expect, it } from 'vitest'
import { findLearningRun, isTold } from '../../../src/ops/learn/last-run.ts'
import { newRun, scratchStore } from '../../store/scratch.ts'

it('what is learnt from is the last run that learnt here and came to its end', () => {
  const store = scratchStore()
  const foreign = new Set<string>()
  const find = (id?: string) => findLearningRun(store, id, (each) => !foreign.has(each.id))
  const run = (learning: boolean, endedBy?: 'exit' | 'failed' | 'timeout') => {
    const { id } = store.createRun({ ...newRun, learning })
    if (endedBy !== undefined) store.finishRun(id, { endedBy })
    return id
  }
  expect(() => find()).toThrow(expect.objectContaining({ code: 'run-unknown' }))
  run(true, 'exit')
  const last = run(true, 'timeout')
  const broken = [run(true, 'failed'), run(true)]
  foreign.add(run(true, 'exit'))
  run(false, 'exit')
  expect(find().id).toBe(last)
  expect(broken.map((id) => isTold(find(id)))).toEqual([false, false])
})
