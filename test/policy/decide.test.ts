import { describe, expect, test } from 'vitest'
import { compilePolicy } from '../../src/policy/compile.ts'
import { decide } from '../../src/policy/decide.ts'
import { parseRequest } from '../../src/policy/request/parse.ts'
import { limitsFor, rulesFor } from '../../src/policy/rules-for.ts'
import type { Capability, Effect, Request, Rule } from '../../src/policy/types.ts'
import { capability, makeRule } from './random-rules.ts'

const place = { root: '/p', home: '/h', cwd: '/p' }

/** `allow file:** :read` → rules; after ` except ` the exceptions, after ` for ` the agents. */
function rules(...lines: readonly string[]): Rule[] {
  return lines.map((text, index) => {
    const [, effect, capabilities = '', except, agents] =
      /^(\w+) (.*?)(?: except (.*?))?(?: for (.*))?$/.exec(text) ?? []
    return makeRule({
      effect: effect as Effect,
      capabilities: capabilities.split(' & '),
      except: except?.split(' & ') ?? [],
      agents: agents?.split(' & ') ?? [],
      line: index + 1,
    })
  })
}

function request(text: string): Request {
  const parsed = parseRequest(text, place)
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problems[0]?.message}`)
  return parsed.value
}

function policyOf(given: readonly Rule[], caseSensitive = true) {
  return compilePolicy({ rules: given, root: '/p', home: '/h', now: 1_000, caseSensitive })
}

function answer(given: readonly Rule[], text: string, more: Partial<Request> = {}) {
  return decide(policyOf(given), { ...request(text), ...more })
}

describe('the decision', () => {
  test.each<[string, readonly string[], string, string]>([
    ['nothing is allowed by default', [], 'file:a:read', 'deny'],
    ['an Allow allows', ['allow file:**:read'], 'file:a/b:read', 'allow'],
    ['an Allow of one action allows no other', ['allow file:**:read'], 'file:a:write', 'deny'],
    [
      'a Deny wins over a more specific Allow',
      ['allow file:a/b:read', 'deny file:a/**:read'],
      'file:a/b:read',
      'deny',
    ],
    ['a Deny wins over an Ask', ['deny env:A', 'ask env:A'], 'env:A', 'deny'],
    ['an Ask wins over an Allow', ['allow env:A', 'ask env:*'], 'env:A', 'ask'],
    [
      'an except takes out of a Deny',
      ['allow file:**:read', 'deny file:**/.env*:* except file:**/.env.example:read'],
      'file:a/.env.example:read',
      'allow',
    ],
    [
      'an except takes out its action alone',
      ['allow file:**:read,write', 'deny file:**/.env*:* except file:**/.env.example:read'],
      'file:.env.example:write',
      'deny',
    ],
    ['an except of a Deny grants nothing', ['deny file:**:read except file:a:read'], 'file:a:read', 'deny'],
    ['an except takes out of an Allow', ['allow file:**:read except file:a:read'], 'file:a:read', 'deny'],
    ['an Only allows what it names', ['only file:{a,b}/**:write'], 'file:b/x:write', 'allow'],
    ['an Only denies the rest', ['only file:{a,b}/**:write', 'allow file:**:write'], 'file:c:write', 'deny'],
    [
      'an Only says nothing of other actions',
      ['only file:a/**:write', 'allow file:**:read'],
      'file:c:read',
      'allow',
    ],
    [
      'the except of an Only is neither',
      ['only file:a/**:write except file:a/x:write', 'allow file:a/x:write'],
      'file:a/x:write',
      'allow',
    ],
    [
      'an Only of hosts denies addresses',
      ['only http:x.com:request', 'allow http:10.0.0.1:request'],
      'http:10.0.0.1:request',
      'deny',
    ],
    ['an Only of commands denies the rest', ['only shell:ls *', 'allow shell:*'], 'shell:rm x', 'deny'],
    ['the top folder alone', ['allow file:/:read'], 'file:/:read', 'allow'],
    ['write needs create, change and delete', ['allow file:a:create,change'], 'file:a:write', 'deny'],
    ['write gives each of them', ['allow file:a:write'], 'file:a:delete', 'allow'],
    ['a Deny of delete denies write', ['allow file:a:write', 'deny file:a:delete'], 'file:a:write', 'deny'],
    [
      'a Deny of delete leaves create',
      ['allow file:a:write', 'deny file:a:delete'],
      'file:a:create',
      'allow',
    ],
    ['request gives every method', ['allow http:x.com:request'], 'http:x.com/a:put', 'allow'],
    [
      'a method opens no tunnel',
      ['allow http:x.com:get,head,post,put,patch,delete,options'],
      'http:x.com:request',
      'deny',
    ],
    ['an Allow with a path opens no tunnel', ['allow http:x.com/a:request'], 'http:x.com:request', 'deny'],
    [
      'a Deny with a path refuses the host in a tunnel',
      ['allow http:x.com:request', 'deny http:x.com/admin/*:request'],
      'http:x.com:request',
      'deny',
    ],
    [
      'a Deny with a method refuses the host in a tunnel',
      ['allow http:x.com:request', 'deny http:x.com:post'],
      'http:x.com:request',
      'deny',
    ],
    [
      'a Deny with a path leaves other paths in the open',
      ['allow http:x.com:request', 'deny http:x.com/admin/*:request'],
      'http:x.com/a:get',
      'allow',
    ],
    [
      'a path that can be read in two ways meets every Deny of the host',
      ['allow http:x.com:request', 'deny http:x.com/admin/*:request'],
      'http:x.com/a%2fb:get',
      'deny',
    ],
    ['agent limits count', ['allow agent:*', 'limit agent:spawn{max:2}'], 'agent:joe:spawn{max:3}', 'deny'],
    [
      'an Allow whose constraint is not met allows nothing',
      ['allow agent:spawn{max:2}'],
      'agent:joe:spawn{max:3}',
      'deny',
    ],
    [
      'but another Allow may',
      ['allow agent:spawn{max:2}', 'allow agent:joe:spawn'],
      'agent:joe:spawn{max:3}',
      'allow',
    ],
    ['a program outside the allowlist', ['allow shell:*{allowlist:ls,cat}'], 'shell:rm x', 'deny'],
    ['a program on the allowlist', ['allow shell:*{allowlist:ls,cat}'], 'shell:cat x', 'allow'],
    ['a secret for a host', ['allow secret:k{to:*.x.com}'], 'secret:k:use{to:api.x.com}', 'allow'],
    ['a secret for another host', ['allow secret:k{to:*.x.com}'], 'secret:k:use{to:x.com.evil.net}', 'deny'],
    ['a secret for nobody named', ['allow secret:k{to:*.x.com}'], 'secret:k', 'deny'],
    [
      'a Deny of a secret for one host',
      ['allow secret:k{to:*}', 'deny secret:k{to:x.com}'],
      'secret:k:use{to:x.com}',
      'deny',
    ],
    [
      'and for another host',
      ['allow secret:k{to:*}', 'deny secret:k{to:x.com}'],
      'secret:k:use{to:y.com}',
      'allow',
    ],
    ['and for nobody named', ['allow env:K', 'ask secret:k{to:x.com}'], 'secret:k', 'ask'],
    ['an Allow for one remote', ['allow git:*:push{remote:origin}'], 'git:main:push{remote:origin}', 'allow'],
    ['and for another', ['allow git:*:push{remote:origin}'], 'git:main:push{remote:fork}', 'deny'],
    ['and for one that is not known', ['allow git:*:push{remote:origin}'], 'git:main:push', 'deny'],
    [
      'a Deny for one remote',
      ['allow git:*:push', 'deny git:*:push{remote:origin}'],
      'git:main:push{remote:fork}',
      'allow',
    ],
    [
      'a Deny for one remote, remote not known',
      ['allow git:*:push', 'deny git:*:push{remote:origin}'],
      'git:main:push',
      'deny',
    ],
  ])('%s', (_, lines, text, effect) => {
    expect(answer(rules(...lines), text).effect).toBe(effect)
  })

  test.each<[string, readonly string[], string, string]>([
    [
      'of a Deny takes out what is surely in it',
      ['allow http:x.com:request', 'deny http:x.com:request except http:x.com/a:get'],
      'http:x.com/a:get',
      'allow',
    ],
    [
      'of a Deny does not open the host for a tunnel',
      ['allow http:x.com:request', 'deny http:x.com:request except http:x.com/a:get'],
      'http:x.com:request',
      'deny',
    ],
    [
      'of an Allow closes the host for a tunnel',
      ['allow http:x.com:request except http:x.com/admin/*:request'],
      'http:x.com:request',
      'deny',
    ],
    [
      'of a Deny is word by word',
      ['allow shell:*', 'deny shell:git ** except shell:git status'],
      'shell:git -c a=b status',
      'deny',
    ],
    [
      'of an Allow holds however it is spelt',
      ['allow shell:* except shell:git push *'],
      'shell:/usr/bin/git -C . push',
      'deny',
    ],
    [
      'of another resource takes nothing out, though its action has the same name',
      ['allow file:**:read', 'deny file:A:read & env:* except env:A'],
      'file:A:read',
      'deny',
    ],
  ])('an except %s', (_, lines, text, effect) => {
    expect(answer(rules(...lines), text).effect).toBe(effect)
  })

  test('a host that cannot be read meets each Deny, and no Allow', () => {
    const asked = (lines: readonly string[]) =>
      answer(rules(...lines), 'secret:k', { attributes: { to: 'x.com y.com' } }).effect
    expect(asked(['ask secret:k{to:x.com}'])).toBe('ask')
    expect(asked(['allow secret:k{to:*}'])).toBe('deny')
    const http: Request = { resource: 'http', action: 'get', target: 'x.com y.com:80/' }
    expect(decide(policyOf(rules('allow http:*:*', 'allow http:*.com:*')), http).effect).toBe('deny')
    expect(decide(policyOf(rules('ask http:y.com:get')), http).effect).toBe('ask')
  })

  test('an amount that is no number is not within a limit', () => {
    expect(
      answer(rules('allow agent:spawn{max:2}'), 'agent:joe:spawn', { attributes: { max: '1' } }).effect,
    ).toBe('deny')
  })

  test.each([
    ['agent:joe:spawn{max:3}', 'agent:joe:spawn'],
    ['agent:joe:spawn', 'agent:joe:spawn{max:3}'],
  ])('`%s` does not answer for `%s`', (first, second) => {
    const policy = policyOf(rules('allow agent:spawn{max:2}'))
    const effect = (text: string) => decide(policy, request(text)).effect
    expect([effect(first), effect(second)]).toEqual(
      [first, second].map((text) => (text.endsWith('}') ? 'deny' : 'allow')),
    )
  })

  test('one request never answers for another', () => {
    const policy = policyOf(rules('allow agent:spawn{max:2}', 'allow shell:*{allowlist:cat}'))
    const effects = [
      'agent:joe:spawn',
      'agent:joe:spawn{max:3}',
      'agent:joe:spawn{max:1}',
      'shell:cat x',
      'shell:rm x',
      'shell:cat x',
    ]
    expect(effects.map((text) => decide(policy, request(text)).effect)).toEqual([
      'allow',
      'deny',
      'allow',
      'allow',
      'deny',
      'allow',
    ])
  })

  test('names the determining rule first, whatever the order', () => {
    const [allow, deny, other] = rules('allow env:*', 'deny env:A', 'deny env:A*')
    const given = [other, allow, deny].filter((rule) => rule !== undefined)
    const decided = answer(given, 'env:A')
    expect(decided.rule).toBe(deny)
    expect(decided.reasons.map(({ kind, rule }) => [kind, rule?.source.line])).toEqual([
      ['deny', 2],
      ['deny', 3],
    ])
  })

  test('gives the tightest of all Limits that match', () => {
    const given = rules(
      'allow shell:*',
      'limit shell:*{timeout:5m,output:1MB}',
      'limit shell:npm *{timeout:30s}',
    )
    expect(answer(given, 'shell:npm test').constraints).toEqual({ timeout: 30_000, output: 1_000_000 })
    expect(answer(given, 'shell:ls').constraints).toEqual({ timeout: 300_000, output: 1_000_000 })
    expect(answer(given, 'shell:npm test && ls').constraints).toEqual({ timeout: 30_000, output: 1_000_000 })
    expect(answer(given, 'shell:ls && npm test').constraints).toEqual({ timeout: 30_000, output: 1_000_000 })
  })

  test('gives no constraints with a Deny', () => {
    const given = rules('allow shell:ls', 'deny shell:rm', 'limit shell:*{timeout:30s}')
    expect(answer(given, 'shell:ls; rm')).toMatchObject({ effect: 'deny', constraints: {} })
    expect(answer(given, 'shell:ls; rm').constraints).toEqual({})
  })

  test('of two rules that decide alike names the one of the higher layer', () => {
    const layers = ['run', 'project', 'built-in', 'agent', 'user'] as const
    const given = layers.map((layer, line) =>
      makeRule({ effect: 'deny', capabilities: ['env:A'], layer, line }),
    )
    const named = answer(given, 'env:A').reasons.map(({ rule }) => rule?.layer)
    expect(named).toEqual(['built-in', 'user', 'project', 'agent', 'run'])
  })

  test('a path that is not resolved is denied', () => {
    const policy = policyOf(rules('allow file:/**:read', 'allow file:*:read', 'allow file:**:read'))
    for (const target of ['a', '/p/../x', '/p/./x', '/p//x', '/p/', '', '/p/a\0b'])
      expect(decide(policy, { resource: 'file', action: 'read', target }).effect, target).toBe('deny')
  })

  test('an unknown action or resource is denied', () => {
    const policy = policyOf(rules('allow file:/**:*', 'allow shell:*'))
    expect(decide(policy, { resource: 'file', action: 'fly', target: '/p' }).effect).toBe('deny')
    const unknown = decide(policy, { resource: 'moon' as 'file', action: 'read', target: '/p' })
    expect(unknown).toEqual({ effect: 'deny', reasons: [{ kind: 'no-allow' }], constraints: {} })
  })

  test('case is folded where the file system folds it', () => {
    const given = rules('allow file:**:read', 'deny file:**/.env:read')
    const asked: Request = { resource: 'file', action: 'read', target: '/p/.ENV' }
    expect(decide(policyOf(given, true), asked).effect).toBe('allow')
    expect(decide(policyOf(given, false), asked).effect).toBe('deny')
  })
})

describe('a command', () => {
  const given = rules(
    'allow shell:*',
    'deny shell:rm -rf *',
    'ask shell:git push *',
    'allow file:**:read,write',
    'allow git:*:commit,push',
    'deny git:main:push',
  )
  const strict = rules('allow shell:ls *', 'allow shell:npm run *', 'deny shell:curl *')

  test.each<[string, readonly Rule[], string, string]>([
    ['each part of a list', given, 'ls && rm -rf /', 'deny'],
    ['each part of a pipeline', strict, 'ls | wc', 'deny'],
    ['what a substitution runs', given, 'echo $(rm -rf x)', 'deny'],
    ['what a wrapper runs', given, 'env A=1 nice rm -rf x', 'deny'],
    ['what a shell is told', given, "sh -c 'rm -rf x'", 'deny'],
    ['a Deny at any path, with options in any order', given, '/bin/rm -f -r x', 'deny'],
    ['an Allow of a bare name is not for a path', strict, './ls', 'deny'],
    ['a mention is no use', given, 'echo rm -rf x', 'allow'],
    ['a redirection needs its file', given, 'echo x > /etc/passwd', 'deny'],
    ['a redirection into the project', given, 'echo x > out.txt', 'allow'],
    ['a redirection alone', strict, '> out.txt', 'deny'],
    ['the git request in a git command', given, 'git push origin main', 'deny'],
    ['the strictest of command and git request', given, 'git push origin dev', 'ask'],
    ['a push to who knows where meets every Deny', given, 'git push', 'deny'],
    [
      'a push to no named remote meets a Deny for one',
      rules('allow shell:*', 'allow git:*:push', 'deny git:*:push{remote:origin}'),
      'git push',
      'deny',
    ],
    ['what cannot be read meets every Deny', given, '$X foo', 'deny'],
    ['what cannot be read, and no Deny', rules('allow shell:*'), '$X foo', 'allow'],
    ['what cannot be read, and all of it', rules('allow shell:**'), '$X foo', 'allow'],
    [
      'what cannot be read is allowed by `*` alone',
      rules('allow shell:$X *', 'allow shell:ls *'),
      '$X foo',
      'deny',
    ],
    ['nothing at all', strict, '# nothing', 'deny'],
  ])('%s', (_, lines, text, effect) => {
    expect(answer(lines, `shell:${text}`).effect).toBe(effect)
  })

  test('without a shell its words are not read again', () => {
    const asked: Request = { resource: 'shell', action: 'execute', target: '', words: ['echo', '; rm -rf /'] }
    expect(decide(policyOf(given), asked).effect).toBe('allow')
    const effects = [
      ['rm', '-rf', '/'],
      ['git', 'push', 'origin', 'main'],
      ['env', 'rm', '-rf', '/'],
    ].map((words) => decide(policyOf(given), { ...asked, words }).effect)
    expect(effects).toEqual(['deny', 'deny', 'deny'])
  })

  test('reasons say which part they are about', () => {
    const { reasons } = answer(given, 'shell:ls && rm -rf /')
    expect(reasons.map(({ kind, part }) => [kind, part?.target])).toEqual([
      ['deny', 'rm -rf /'],
      ['allow', 'ls'],
    ])
  })
})

describe('agents', () => {
  const given = rules(
    'allow env:A for parent',
    'allow env:B for child',
    'deny env:C for parent',
    'allow env:C',
    'ask env:D for child',
    'deny env:E for child',
    'allow env:E',
    'ask env:F for child',
    'allow env:F',
  )
  test.each<[string, Partial<Request>, string]>([
    ['env:A', { agent: 'parent' }, 'allow'],
    ['env:A', {}, 'deny'],
    ['env:B', { agent: 'child' }, 'allow'],
    ['env:A', { agent: 'child', lineage: ['parent'] }, 'allow'],
    ['env:B', { agent: 'child', lineage: ['parent'] }, 'deny'],
    ['env:C', { agent: 'child', lineage: ['parent'] }, 'deny'],
    ['env:C', { agent: 'child' }, 'allow'],
    ['env:D', { agent: 'child' }, 'ask'],
    ['env:D', { agent: 'child', lineage: ['parent'] }, 'deny'],
    ['env:E', { agent: 'child', lineage: ['parent'] }, 'deny'],
    ['env:E', { agent: 'parent' }, 'allow'],
    ['env:F', { agent: 'child', lineage: ['parent'] }, 'ask'],
    ['env:F', { agent: 'parent' }, 'allow'],
  ])('%s by %j: %s', (text, who, effect) => {
    expect(answer(given, text, who).effect).toBe(effect)
  })
})

describe('what cannot be evaluated counts as a Deny', () => {
  const broken = (change: Partial<Capability>): Rule => ({
    ...makeRule({ effect: 'allow', capabilities: ['env:X'], line: 9 }),
    capabilities: [{ ...capability('env:X'), ...change }],
  })
  test.each<[string, Partial<Capability>]>([
    ['a pattern that is none', { pattern: `${'{a,b}'.repeat(20)}` }],
    ['an unknown action', { actions: ['fly'] }],
    ['an unknown constraint', { constraints: { colour: 1 } as Capability['constraints'] }],
    ['an unknown resource', { resource: 'moon' as 'env' }],
  ])('%s', (_, change) => {
    const decided = answer([...rules('allow env:*'), broken(change)], 'env:A')
    expect([decided.effect, decided.reasons[0]?.kind, decided.rule?.source.line]).toEqual([
      'deny',
      'broken-rule',
      9,
    ])
  })
})

test('an Allow that has expired, or holds only via a command, allows nothing; a Deny always holds', () => {
  const expired = rules(
    'allow env:A{expires:1970-01-01T00:00:00Z}',
    'deny env:B{expires:1970-01-01T00:00:00Z}',
    'allow env:B',
    'allow env:C{expires:2100-01-01T00:00:00Z}',
  )
  expect(['A', 'B', 'C'].map((name) => answer(expired, `env:${name}`).effect)).toEqual([
    'deny',
    'deny',
    'allow',
  ])
  // A program in JavaScript may have said no moment, or none that is one.
  const timeless = compilePolicy({ rules: expired, root: '/work', home: '/home/ada', now: Number.NaN })
  expect(decide(timeless, { resource: 'env', action: 'read', target: 'C' }).effect).toBe('deny')
  const via = rules('allow env:A').map((rule) => ({ ...rule, via: capability('shell:ls') }))
  expect(answer(via, 'env:A').effect).toBe('deny')
})

test('what is withheld gives nothing: an Allow does not allow, and an Ask asks about what is allowed alone', () => {
  const withheld = rules('allow env:A', 'ask env:B', 'ask env:C').map((rule) => ({
    ...rule,
    withheld: true as const,
  }))
  const given = [...withheld, ...rules('allow env:C')]
  expect(['A', 'B', 'C'].map((name) => answer(given, `env:${name}`).effect)).toEqual(['deny', 'deny', 'ask'])
})

test('a rule for one project holds there alone', () => {
  const [rule] = rules('allow env:A')
  const scoped = (scope: string) => (rule ? [{ ...rule, in: scope }] : [])
  expect(['/p', '/q', '~/work', '/p/**'].map((scope) => answer(scoped(scope), 'env:A').effect)).toEqual([
    'allow',
    'deny',
    'deny',
    'allow',
  ])
})

describe('the hash', () => {
  const [a, b] = [rules('allow env:A', 'deny env:B'), rules('deny env:B', 'allow env:A')]
  test('is that of what the rules say, not of where they stand', () => {
    expect(policyOf(a).hash).toMatch(/^[0-9a-f]{64}$/)
    expect(policyOf(b).hash).toBe(policyOf(a).hash)
  })
  test.each<[string, readonly Rule[]]>([
    ['effect', rules('ask env:A', 'deny env:B')],
    ['capability', rules('allow env:AA', 'deny env:B')],
    ['except', rules('allow env:A except env:A', 'deny env:B')],
    ['agents', rules('allow env:A for x', 'deny env:B')],
  ])('changes with an %s', (_, other) => {
    expect(policyOf(other).hash).not.toBe(policyOf(a).hash)
  })
})

describe('for the sandbox', () => {
  const policy = policyOf(
    rules(
      'only file:src/**:write except file:src/x:write',
      'deny env:A for other',
      'limit run:*{timeout:5m,memory:4GB}',
      'limit run:coder{timeout:1m}',
      'require shell:npm test',
    ),
  )

  test('an Only is an allow and a deny, and other agents’ rules are gone', () => {
    const found = rulesFor(policy, 'command', [], 'file')
    expect(
      found.map(({ effect, capability: one, except }) => [
        effect,
        one.pattern,
        except.map(({ pattern }) => pattern),
      ]),
    ).toEqual([
      ['allow', 'src/**', ['src/x']],
      ['deny', '/**', ['src/**', 'src/x']],
    ])
    expect(
      found.map((rule) => ['/p/src/a', '/p/src/x', '/p/b'].map((path) => rule.matches(path, 'write'))),
    ).toEqual([
      [true, false, false],
      [false, false, true],
    ])
    expect(rulesFor(policy, 'command', [], 'env')).toEqual([])
    expect(rulesFor(policy, 'command', [], 'shell')).toEqual([])
  })

  test('a limit of runs matches the runs of its agents', () => {
    const found = rulesFor(policy, 'command', [], 'run')
    expect(found.map((rule) => ['coder', 'tester'].map((agent) => rule.matches(agent, '')))).toEqual([
      [true, true],
      [true, false],
    ])
  })

  test('limits are the tightest for the agent', () => {
    const limits = (agent: string) =>
      limitsFor(policy, agent).map(({ name, value, rule }) => [name, value, rule.source.line])
    expect(limits('command')).toEqual([
      ['timeout', 300_000, 3],
      ['memory', 4e9, 3],
    ])
    expect(limits('coder')).toEqual([
      ['timeout', 60_000, 4],
      ['memory', 4e9, 3],
    ])
  })
})
