import { expect, test } from 'vitest'
import { innerEnv } from '../../../src/sandbox/network/inner.ts'
import { stageEnv, stageWords } from '../../../src/sandbox/network/stage.ts'

test('no variable of the command steers the forwarder, and each arrives inside as it was', () => {
  const env = { NODE_OPTIONS: '--require ./evil.js', LD_PRELOAD: './evil.so', PATH: '/usr/bin', EMPTY: '' }
  const outer = stageEnv(env)
  expect(Object.keys(outer).filter((name) => name in env)).toEqual([])
  expect(innerEnv({ ...outer, HOME: '/root' })).toEqual(env)
})

test('the stage ends where the inner line begins', () => {
  expect(stageWords('/run/p.sock', [3]).at(-1)).toBe('--')
})
