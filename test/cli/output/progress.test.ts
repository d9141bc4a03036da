import { expect, test } from 'vitest'
import { withProgress } from '../../../src/cli/output/progress.ts'

test.each([
  { name: 'quick work', msEach: 0.1, isWatched: true, says: [] },
  { name: 'slow work that nobody watches', msEach: 1, isWatched: false, says: [] },
  {
    name: 'slow work',
    msEach: 0.5,
    isWatched: true,
    says: ['\r\x1b[K2000 done', '\r\x1b[K3000 done', '\r\x1b[K'],
  },
])('$name says $says', ({ msEach, isWatched, says }) => {
  const told: string[] = []
  let now = 0
  const items = withProgress(Array.from({ length: 3500 }).keys(), {
    isWatched,
    tell: (text) => told.push(text),
    now: () => now,
    describe: (count) => `${count} done`,
  })
  let seen = 0
  for (const item of items) {
    expect(item).toBe(seen++)
    now += msEach
  }
  expect({ seen, told }).toEqual({ seen: 3500, told: says })
})
