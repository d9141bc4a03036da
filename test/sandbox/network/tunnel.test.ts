import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { tunnel } from '../../../src/sandbox/network/tunnel.ts'

const silent = { read: () => undefined }

test('the last bytes of an end that has gone still arrive', async () => {
  let deliver = (): void => undefined
  const near = new Duplex({ ...silent, write: (_bytes, _encoding, done) => done() })
  const far = new Duplex({ ...silent, write: (_bytes, _encoding, done) => (deliver = done) })
  tunnel(near, far)
  near.push('last')
  near.push(null)
  far.push(null)
  await once(near, 'close')
  expect(far.destroyed).toBe(false)
  deliver()
  await once(far, 'close')
  expect(far.writableFinished).toBe(true)
})

test.each([
  ['breaks', (near: Duplex) => near.destroy(new Error('reset'))],
  ['is cut', (near: Duplex) => near.destroy()],
])('an end that %s takes the other with it', async (_name, act) => {
  const near = new Duplex(silent)
  const far = new Duplex(silent)
  tunnel(near, far)
  act(near)
  await once(far, 'close')
  expect(far.destroyed).toBe(true)
})

test('an end that is gone before there is another takes it with it', async () => {
  const near = new Duplex(silent)
  const far = new Duplex(silent)
  near.destroy()
  tunnel(near, far)
  expect(far.destroyed).toBe(true)
})
