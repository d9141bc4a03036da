import { expect, test } from 'vitest'
import { debounce, type Later } from '../../../src/ops/watch/debounce.ts'

/** Timers that go off when they are told to: `quiet` is 50 ms, `most` 1000. */
function scene() {
  const timers = new Map<number, () => void>()
  const later: Later = (ms, work) => {
    timers.set(ms, work)
    return () => timers.delete(ms)
  }
  let count = 0
  const { call, cancel } = debounce(() => count++, { quiet: 50, most: 1000, later })
  const goOff = (ms: number) => {
    const work = timers.get(ms)
    timers.delete(ms)
    work?.()
  }
  return { call, cancel, goOff, timers, count: () => count }
}

test('a burst of calls is one, once there is quiet', () => {
  const { call, goOff, timers, count } = scene()
  for (let index = 0; index < 20; index++) call()
  expect(count()).toBe(0)
  goOff(50)
  expect(count()).toBe(1)
  expect(timers.size).toBe(0)
})

test('calls that never end do not keep it waiting for ever', () => {
  const { call, goOff, timers, count } = scene()
  call()
  call()
  goOff(1000)
  expect(count()).toBe(1)
  expect(timers.size).toBe(0)
})

test('a call after the work is another', () => {
  const { call, goOff, count } = scene()
  call()
  goOff(50)
  call()
  goOff(50)
  expect(count()).toBe(2)
})

test('what is called off does not happen', () => {
  const { call, cancel, timers, count } = scene()
  call()
  cancel()
  expect(timers.size).toBe(0)
  expect(count()).toBe(0)
})
