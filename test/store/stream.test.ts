import { expect, test } from 'vitest'
import { denial, newRun, scratchStore } from './scratch.ts'

function makeStore(runs: number, events: number) {
  let at = 0
  const store = scratchStore({ now: () => at })
  const ids = Array.from({ length: runs }, () => {
    at += 1000
    const { id } = store.createRun(newRun)
    for (let event = 1; event < events; event++) store.append(id, denial)
    return id
  })
  return { store, ids }
}

// Pages are 100 runs and 1,000 events: below, at and beyond one.
test.each([
  { runs: 0, events: 0 },
  { runs: 3, events: 2 },
  { runs: 99, events: 1 },
  { runs: 100, events: 1 },
  { runs: 201, events: 1 },
  { runs: 1, events: 1000 },
  { runs: 2, events: 1001 },
])('$runs runs of $events events come whole, newest run first', ({ runs, events }) => {
  const { store, ids } = makeStore(runs, events)
  const seen = [...store.stream()].map(({ run, seq, event }) => ({
    id: run.id,
    seq,
    same: event?.seq === seq,
  }))
  const expected = ids
    .toReversed()
    .flatMap((id) => Array.from({ length: events }, (_, index) => ({ id, seq: index + 1, same: true })))
  expect(seen).toEqual(expected)
})

test.each([
  { range: { runs: 2 }, sees: [4000, 5000] },
  { range: { since: 3000 }, sees: [3000, 4000, 5000] },
  { range: { since: 3001, runs: 9 }, sees: [4000, 5000] },
  { range: { since: 9000 }, sees: [] },
])('$range sees the runs of $sees', ({ range, sees }) => {
  const { store } = makeStore(5, 1)
  expect([...store.stream(range)].map(({ run }) => run.createdAt)).toEqual(sees.toReversed())
})

test('who writes meanwhile does not have to wait', () => {
  const { store, ids } = makeStore(2, 1500)
  const stream = store.stream()[Symbol.iterator]()
  stream.next()
  expect(store.append(ids[0] ?? '', denial)).toBe(1501)
  expect([...{ [Symbol.iterator]: () => stream }]).toHaveLength(3000)
})
