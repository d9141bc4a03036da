import { expect, test } from 'vitest'
import { limitFailure } from '../../src/shared/limit-failure.ts'

const failed = (code: string, syscall: string) => Object.assign(new Error(code), { code, syscall })

test.each([
  { is: 'a program that could not be started', error: failed('EAGAIN', 'spawn bwrap'), hint: 'ulimit -u' },
  { is: 'a stream that does not wait', error: failed('EAGAIN', 'read'), hint: undefined },
  { is: 'a file that could not be opened', error: failed('EMFILE', 'open'), hint: 'ulimit -n' },
  { is: 'what is no error', error: undefined, hint: undefined },
])('$is has met the limit that $hint shows', ({ error, hint }) => {
  expect(limitFailure(error)?.hint).toBe(hint)
})
