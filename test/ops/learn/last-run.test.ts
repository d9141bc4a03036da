import { expect, it } from 'vitest'
import { findLearningRun, isTold } from '../../../src/ops/learn/last-run.ts'
import { newRun, scratchStore } from '../../store/scratch.ts'

it('what is learnt from is the last run that learnt and came to its end', () => {
  const store = scratchStore()
  const run = (learning: boolean, endedBy?: 'exit' | 'failed' | 'timeout') => {
    const { id } = store.createRun({ ...newRun, learning })
    if (endedBy !== undefined) store.finishRun(id, { endedBy })
    return id
  }
  expect(() => findLearningRun(store, undefined)).toThrow(expect.objectContaining({ code: 'run-unknown' }))
  run(true, 'exit')
  const last = run(true, 'timeout')
  const broken = [run(true, 'failed'), run(true)]
  run(false, 'exit')
  expect(findLearningRun(store, undefined).id).toBe(last)
  expect(broken.map((id) => isTold(findLearningRun(store, id)))).toEqual([false, false])
})
