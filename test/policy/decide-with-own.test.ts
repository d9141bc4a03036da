import { expect, test } from 'vitest'
import { compilePolicy } from '../../src/policy/compile.ts'
import { decide } from '../../src/policy/decide.ts'
import { decideWithOwn } from '../../src/policy/decide-with-own.ts'
import type { Request } from '../../src/policy/types.ts'
import { makeRule } from './random-rules.ts'

const rules = [
  makeRule({ effect: 'allow', capabilities: ['shell:echo *', 'file:/own/asked:write'], line: 1 }),
  makeRule({ effect: 'deny', capabilities: ['file:/own/denied:write'], line: 2 }),
  makeRule({ effect: 'ask', capabilities: ['file:/own/asked:write'], line: 3 }),
]
const policy = compilePolicy({ rules, root: '/p', home: '/h', now: 0 })
const isOwn = ({ target }: Request) => target.startsWith('/own/')
const request = (target: string): Request => ({ resource: 'shell', action: 'execute', target })

test.each([
  { text: 'echo x > /own/a', effect: 'allow' },
  { text: 'echo x < /own/a > /own/b', effect: 'allow' },
  { text: 'echo x > /own/denied', effect: 'deny' },
  { text: 'echo x > /own/a > /own/denied', effect: 'deny' },
  { text: 'echo x > /own/a > /own/asked', effect: 'ask' },
  { text: 'echo x > /own/a > /else', effect: 'deny' },
  { text: 'other > /own/a', effect: 'deny' },
  { text: 'echo x > /own/a; $cmd', effect: 'deny' },
  { text: '> /own/a', effect: 'deny' },
])('`$text` is $effect where all in /own is the asker’s', ({ text, effect }) => {
  expect(decideWithOwn(policy, request(text), isOwn).effect).toBe(effect)
  expect(decideWithOwn(policy, request(text), () => false)).toEqual(decide(policy, request(text)))
})

test.each([
  ['other > /own/a', 'deny'],
  ['echo x > /else', 'allow'],
  ['echo x > /own/denied', 'deny'],
])('where every file is the asker’s, `%s` is a %s all the same', (text, effect) => {
  expect(decideWithOwn(policy, request(text), () => true).effect).toBe(effect)
})

test('a file is nobody’s own where it is asked about by itself', () => {
  const file: Request = { resource: 'file', action: 'write', target: '/own/a' }
  expect(decideWithOwn(policy, file, () => true)).toEqual(decide(policy, file))
})
