import { expect, it } from 'vitest'
import { learnFlag, readLearned } from '../../../src/ops/learn/learned.ts'
import type { OosEvent } from '../../../src/store/events.ts'
import { newRun, scratchStore } from '../../store/scratch.ts'

function learnedFrom(...events: readonly OosEvent[]) {
  const store = scratchStore()
  const { id } = store.createRun({ ...newRun, learning: true })
  for (const event of events) store.append(id, event)
  return readLearned(store.getRun(id), store.events(id), '/work/shop')
}

const connection = (host: string, more: object = {}): OosEvent => ({
  ...({ type: 'network.request', method: 'CONNECT', port: 443, effect: 'allow' } as const),
  ...{ host, address: '203.0.113.7', rule: { file: learnFlag, line: 1, text: 'learn' } },
  ...more,
})

it('hosts are those that learning alone let through, and that were reached', () => {
  const learned = learnedFrom(
    connection('a.example.com'),
    connection('a.example.com'),
    connection('unreached.example.com', { address: undefined }),
    connection('denied.example.com', { effect: 'deny' }),
    connection('ruled.example.com', { rule: { file: '.agent-os/AGENT.md', line: 1, text: 'a rule' } }),
  )
  expect(learned?.hosts).toEqual([{ host: 'a.example.com', port: 443, count: 2 }])
})

it('a name that a secret was taken out of is left out', () => {
  const access = { type: 'learn.access', resource: 'file', action: 'read', outcome: 'let', count: 1 } as const
  const learned = learnedFrom(
    { ...access, target: 'src/a.ts' },
    { ...access, target: 'src/ghp_0123456789abcdefghij.ts' },
  )
  expect(learned?.files.map(({ target }) => target)).toEqual(['/work/shop/src/a.ts'])
})
