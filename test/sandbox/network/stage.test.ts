import { expect, test } from 'vitest'
import { stageWords } from '../../../src/sandbox/network/stage.ts'

test('the stage ends where the inner line begins', () => {
  expect(stageWords('/run/p.sock', [3]).at(-1)).toBe('--')
})
