import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agreedBy, decideAgreed } from '../../src/policy/agreed.ts'
import { compilePolicy, type Policy } from '../../src/policy/compile.ts'
import { decide } from '../../src/policy/decide.ts'
import type { Request } from '../../src/policy/types.ts'
import { makeRule } from './random-rules.ts'

const allows = ['shell:*', 'git:*:*', 'file:**:*']

function policyOf(...asks: string[]): Policy {
  const rules = [
    makeRule({ effect: 'allow', capabilities: allows, line: 1 }),
    ...asks.map((text, index) => makeRule({ effect: 'ask', capabilities: [text], line: index + 2 })),
    makeRule({ effect: 'deny', capabilities: ['git:denied:tag', 'file:denied:*'], line: 9 }),
  ]
  return compilePolicy({ rules, root: '/p', home: '/h', now: 0 })
}

const command = (target: string, agent = 'command'): Request => ({
  resource: 'shell',
  action: 'execute',
  target,
  agent,
})
const git = (action: string, target: string, remote?: string): Request => ({
  resource: 'git',
  action,
  target,
  agent: 'command',
  ...(remote === undefined ? {} : { attributes: { remote } }),
})
const file = (action: string, target: string): Request => ({
  resource: 'file',
  action,
  target,
  agent: 'command',
})

describe('a yes to a command', () => {
  test.each<{ asks: string[]; said: string; request: Request; effect: string }>([
    { asks: ['git:*:tag'], said: 'git tag v1', request: git('tag', 'v1'), effect: 'allow' },
    { asks: ['git:*:tag'], said: 'git tag v1', request: git('tag', 'v2'), effect: 'ask' },
    { asks: ['git:*:tag,delete'], said: 'git tag v1', request: git('delete', 'v1'), effect: 'ask' },
    // What it did not name could be any.
    { asks: ['git:*:delete'], said: 'git branch -d "$B"', request: git('delete', 'v1'), effect: 'allow' },
    { asks: ['git:main:commit'], said: 'git commit', request: git('commit', 'main'), effect: 'allow' },
    { asks: ['git:*:commit'], said: 'git commit', request: git('commit', '*'), effect: 'allow' },
    { asks: ['git:*:commit'], said: 'git tag v1', request: git('commit', 'v1'), effect: 'ask' },
    // A branch of a remote is not the one of the same name here.
    { asks: ['git:*:delete'], said: 'git push o :x', request: git('delete', 'x', 'o'), effect: 'allow' },
    { asks: ['git:*:delete'], said: 'git push o :x', request: git('delete', 'x', 'other'), effect: 'ask' },
    { asks: ['git:*:delete'], said: 'git push o :x', request: git('delete', 'x'), effect: 'ask' },
    { asks: ['git:*:delete'], said: 'git branch -d x', request: git('delete', 'x', 'o'), effect: 'ask' },
    { asks: ['git:*:push'], said: 'git push', request: git('push', 'main', 'origin'), effect: 'allow' },
    { asks: ['git:*:push'], said: 'git push', request: git('push', 'main'), effect: 'ask' },
    {
      asks: ['git:*:push,force-push'],
      said: 'git push',
      request: git('force-push', 'main', 'origin'),
      effect: 'ask',
    },
    { asks: ['file:a/**:write'], said: 'echo x > a/b', request: file('create', '/p/a/b'), effect: 'allow' },
    { asks: ['file:a/**:write'], said: 'echo x > a/b', request: file('change', '/p/a/b'), effect: 'allow' },
    { asks: ['file:a/**:write'], said: 'echo x > a/b', request: file('change', '/p/a/c'), effect: 'ask' },
    { asks: ['file:a/**:*'], said: 'cat < a/b', request: file('change', '/p/a/b'), effect: 'ask' },
    // No rule but those about commands was asked about what nobody can read.
    { asks: ['shell:x', 'git:*:tag'], said: '$RUN tag v1', request: git('tag', 'v1'), effect: 'ask' },
  ])(
    '$said under $asks: $request.action of $request.target is $effect',
    ({ asks, said, request, effect }) => {
      const policy = policyOf(...asks)
      const agreed = agreedBy(policy, command(said))
      expect(decideAgreed(policy, request, agreed).effect).toBe(effect)
      expect(decideAgreed(policy, request, JSON.parse(JSON.stringify(agreed)))).toEqual(
        decideAgreed(policy, request, agreed),
      )
    },
  )

  test('answers no other Ask, and none of another agent', () => {
    const agreed = agreedBy(policyOf('git:*:tag'), command('git tag v1'))
    expect(decideAgreed(policyOf('git:*:tag', 'git:v*:tag'), git('tag', 'v1'), agreed).effect).toBe('ask')
    expect(decideAgreed(policyOf('git:v*:tag'), git('tag', 'v1'), agreed).effect).toBe('ask')
    const other = { ...git('tag', 'v1'), agent: 'coder' }
    expect(decideAgreed(policyOf('git:*:tag'), other, agreed).effect).toBe('ask')
  })

  test('is none to the command itself once more', () => {
    const policy = policyOf('shell:git tag *')
    expect(agreedBy(policy, command('git tag v1'))).toEqual([])
    expect(decideAgreed(policy, command('git tag v1'), agreedBy(policy, command('git tag v1'))).effect).toBe(
      'ask',
    )
  })

  test('changes no answer but an ask', () => {
    const said = ['git tag v1', 'git commit', 'git push', 'git push o :x', 'echo x > a/b', 'git branch -D x']
    const policy = policyOf('git:*:tag', 'git:x:delete', 'git:*:push', 'file:a/**:write')
    const requests = fc.record({
      resource: fc.constantFrom('git', 'file'),
      action: fc.constantFrom('tag', 'commit', 'delete', 'push', 'create', 'change', 'read'),
      target: fc.constantFrom('v1', 'x', 'denied', '*', '/p/a/b', '/p/denied', '/q'),
      agent: fc.constantFrom('command', 'coder'),
    }) as fc.Arbitrary<Request>
    fc.assert(
      fc.property(fc.subarray(said), requests, (texts, request) => {
        const plain = decide(policy, request)
        const after = decideAgreed(
          policy,
          request,
          texts.flatMap((text) => agreedBy(policy, command(text))),
        )
        if (plain.effect === 'ask') expect(['ask', 'allow']).toContain(after.effect)
        else expect(after).toEqual(plain)
      }),
    )
  })
})
