import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventOf, OosEvent } from '../../src/store/events.ts'
import { foldRun } from '../../src/store/fold.ts'
import { denial, newRun, scratchStore } from './scratch.ts'

const effect = fc.constantFrom('allow', 'ask', 'deny')
const event = fc.oneof(
  fc.constant<OosEvent>({ type: 'run.started' }),
  fc.constant<OosEvent>(denial),
  effect.map((each): OosEvent => ({ type: 'network.request', host: 'example.com', port: 443, effect: each })),
  fc.string({ unit: 'binary' }).map((path): OosEvent => ({ type: 'file.changed', path, change: 'created' })),
  fc.string({ unit: 'grapheme' }).map((text): OosEvent => ({ type: 'note', level: 'note', text })),
)

describe('a run', () => {
  it('is in its row what its events say, whatever happens in it', () => {
    const store = scratchStore()
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), fc.integer({ min: 0, max: 2 }), (events, code) => {
        const { id } = store.createRun(newRun)
        for (const each of events) store.append(id, each)
        store.finishRun(id, { endedBy: 'exit', code })
        const { head: _, ...row } = { head: '', ...store.getRun(id) }
        expect(foldRun(id, store.events(id))).toEqual(row)
        expect(store.verifyRun(id).problems).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    { end: { endedBy: 'exit', code: 0 }, state: 'completed' },
    { end: { endedBy: 'exit', code: 1 }, state: 'failed' },
    { end: { endedBy: 'signal', signal: 'SIGTERM' }, state: 'failed' },
    { end: { endedBy: 'timeout' }, state: 'failed' },
    { end: { endedBy: 'timeout', code: 0 }, state: 'failed' },
  ] as const)('that ends with $end is $state', ({ end, state }) => {
    const store = scratchStore()
    expect(store.finishRun(store.createRun(newRun).id, end).state).toBe(state)
  })

  it('counts what was refused, and not what a person said yes to', () => {
    const store = scratchStore()
    const { id } = store.createRun(newRun)
    const ask: EventOf<'decision'> = {
      type: 'decision',
      resource: 'env',
      action: 'read',
      target: 'A',
      effect: 'ask',
    }
    store.append(id, { ...ask, answer: 'yes' })
    expect(store.getRun(id).denied).toBe(0)
    store.append(id, { ...ask, answer: 'no' })
    store.append(id, ask)
    expect(store.getRun(id).denied).toBe(2)
  })

  it('has a duration only where somebody saw its end', () => {
    const store = scratchStore()
    const [seen, unseen] = [store.createRun(newRun).id, store.createRun(newRun).id]
    expect(store.finishRun(seen, { endedBy: 'exit', code: 0, duration: 12.6 }).duration).toBe(13)
    expect(store.finishRun(unseen, { endedBy: 'exit', code: 0 }).duration).toBeNull()
  })

  it('is nothing without its creation', () => {
    expect(foldRun('X', [{ ...denial, seq: 1, at: 0 }])).toBeUndefined()
  })
})
