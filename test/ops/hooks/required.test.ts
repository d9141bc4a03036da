import { expect, test } from 'vitest'
import { requiredBefore, runRequired } from '../../../src/ops/hooks/required.ts'
import type { Rule } from '../../../src/policy/types.ts'
import { rulesOf } from '../../sandbox/rules.ts'

const [required] = rulesOf(['Require shell:npm test'])
const whenOf = (capability: string) => rulesOf([`Allow ${capability}`])[0]?.capabilities[0]
const change = { top: '/work', written: [{ path: 'src/a.ts', action: 'change' as const }] }

test.each([
  { when: 'file:src/**:write', change, runs: true },
  { when: 'file:docs/**:write', change, runs: false },
  { when: 'file:src/**:delete', change, runs: false },
  // What cannot be seen in a commit, and what nobody knows of it.
  { when: 'http:example.com:request', change, runs: true },
  { when: 'file:docs/**:write', change: undefined, runs: true },
])('what is required when $when: $runs', ({ when, change: known, runs }) => {
  const rule = { ...required, stage: 'commit', when: whenOf(when) } as Rule
  const place = { stage: 'commit', agent: 'command', root: '/work', home: '/home/a' } as const
  const found = requiredBefore([rule], { ...place, ...(known && { change: known }) })
  expect(found.map(({ words }) => words.join(' '))).toEqual(runs ? ['npm test'] : [])
})

test.each<[string, Partial<Rule>, boolean]>([
  ['before this stage', {}, true],
  ['before another stage', { stage: 'push' }, false],
  ['of an Allow of the same words', { effect: 'allow' }, false],
  ['of this agent', { agents: ['other', 'command'] }, true],
  ['of other agents', { agents: ['other'] }, false],
  ['in this project', { in: '/wo*' }, true],
  ['in another project', { in: '/other' }, false],
])('a command is required %s: %j, %s', (_, more, runs) => {
  const rule = { ...required, stage: 'commit', ...more } as Rule
  const place = { stage: 'commit', agent: 'command', root: '/work', home: '/home/a' } as const
  expect(requiredBefore([rule, rule], place).length).toBe(runs ? 1 : 0)
})

test('a command is required with the time that it has', () => {
  const [limited] = rulesOf(['Require shell:npm test{timeout:5s}'])
  const place = { stage: 'commit', agent: 'command', root: '/work', home: '/home/a' } as const
  const times = [required, limited].map(
    (rule) => requiredBefore([{ ...rule, stage: 'commit' } as Rule], place)[0],
  )
  expect(times.map((one) => one?.timeout)).toEqual([undefined, 5_000])
})

test('a required command that will not end is ended when its time is up', () => {
  const words = ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done']
  const inRun = { inside: true, root: '/', env: process.env }
  const ended = runRequired({ rule: required as Rule, words, timeout: 100 }, inRun)
  expect(ended).toMatchObject({ ok: false, how: 'took too long' })
})
