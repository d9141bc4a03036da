import { expect, test } from 'vitest'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { allowInPlain } from '../../../src/policy/explain/plain-http.ts'
import { rulesOf } from '../../sandbox/rules.ts'

test.each([
  ['http:x.com/docs/*:get', 'x.com:443', true],
  ['http:x.com:80:request', 'x.com:443', true],
  ['http:x.com:request', 'x.com:8443', false],
  ['http:x.com:8443/docs/*:get', 'x.com:8443', true],
  ['http:y.com/docs/*:get', 'x.com:443', false],
])('`%s` opens requests to %s in plain http alone: %s', (capability, host, expected) => {
  const rules = rulesOf([`Allow ${capability}`])
  const policy = compilePolicy({ rules, root: '/p', home: '/h', now: 0 })
  expect(allowInPlain(policy, host, 'command') !== undefined).toBe(expected)
})
