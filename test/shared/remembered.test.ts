import { expect, test } from 'vitest'
import { HitLists } from '../../src/policy/match/hits.ts'
import { Last, Recent, remembered } from '../../src/shared/remembered.ts'

test('one list of hits is kept for the same numbers, in whatever order they come', () => {
  const lists = new HitLists()
  expect(lists.keep([3, 1, 3, 2])).toBe(lists.keep([1, 2, 3]))
  expect(lists.keep([3, 1, 3, 2]).ids).toEqual([1, 2, 3])
  expect(lists.keep([1, 2])).not.toBe(lists.keep([1, 2, 3]))
})

test('lists of hits without an end are forgotten', () => {
  const lists = new HitLists()
  const first = lists.keep([0])
  for (let id = 1; id < 10_000; id++) lists.keep([id])
  expect(lists.keep([0])).toBe(first)
  lists.keep([10_000])
  expect(lists.keep([0])).not.toBe(first)
})

test.each([
  ['the most recent', () => new Recent<string, string>(2), ['a', 'a', 'b', 'a', 'c', 'a'], 'a b c a'],
  ['the last', () => new Last<string, string>(), ['a', 'a', 'b', 'a', 'a'], 'a b a'],
])('%s alone are remembered', (_, store, asked, made) => {
  const log: string[] = []
  const get = remembered((key: string) => {
    log.push(key)
    return key.toUpperCase()
  }, store())
  expect(asked.map(get)).toEqual(asked.map((key) => key.toUpperCase()))
  expect(log.join(' ')).toBe(made)
})
