import { expect, test } from 'vitest'
import { createQuota } from '../../../src/sandbox/network/quota.ts'
import { reach } from '../../../src/sandbox/network/reach.ts'
import { decideBy } from './world.ts'

// A proxy that has ended dials nothing: what comes as far as that was let through.
test.each([
  ['goes on', ['Allow http:good.example:request'], 'ECANCELED'],
  ['goes on beside an Only, which allowed the name', ['Only http:good.example:request'], 'ECANCELED'],
  [
    'is refused by a Deny of the address',
    ['Allow http:good.example:request', 'Deny http:198.41.0.4:*'],
    undefined,
  ],
  [
    'is refused by an Ask of the address',
    ['Allow http:good.example:request', 'Ask http:198.41.0.4:request'],
    undefined,
  ],
])('a name at a public address %s', async (_name, rules, code) => {
  const ending = new AbortController()
  const gate = {
    decide: decideBy(rules),
    record: () => undefined,
    track: () => undefined,
    quota: createQuota(() => 0),
    signal: ending.signal,
    resolve: async () => ['198.41.0.4'],
    ownAddresses: () => {
      ending.abort()
      return []
    },
    limits: { connections: 1, requests: 1, headerBytes: 1, headerMs: 1, resolveMs: 1000, connectMs: 1000 },
  }
  const reached = await reach(gate, { authority: { host: 'good.example', port: 443 }, action: 'request' })
  expect(reached).toMatchObject(code === undefined ? { kind: 'denied' } : { kind: 'failed', code })
})
