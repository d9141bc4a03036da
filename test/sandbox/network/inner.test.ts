import { expect, test } from 'vitest'
import { innerEnv, namedDescriptors } from '../../../src/sandbox/network/inner.ts'
import { stageEnv, stageWords } from '../../../src/sandbox/network/stage.ts'

test('hands on the descriptors that the inner line names, and none of the command', () => {
  const line = [
    'bwrap',
    '--json-status-fd',
    '5',
    '--file',
    '4',
    '/etc/x',
    '--seccomp',
    '3',
    '--',
    'x',
    '--seccomp',
    '9',
  ]
  expect(namedDescriptors(line)).toEqual([5, 4, 3])
})

test('no variable of the command steers the forwarder, and each arrives inside as it was', () => {
  const env = { NODE_OPTIONS: '--require ./evil.js', LD_PRELOAD: './evil.so', PATH: '/usr/bin', EMPTY: '' }
  const outer = stageEnv(env)
  expect(Object.keys(outer).filter((name) => name in env)).toEqual([])
  expect(innerEnv({ ...outer, HOME: '/root' })).toEqual(env)
})

test('the stage ends where the inner line begins', () => {
  expect(stageWords('/run/p.sock').at(-1)).toBe('--')
})
