import { describe, expect, test } from 'vitest'
import { printCapability } from '../../../src/policy/capability/capability.ts'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { decide } from '../../../src/policy/decide.ts'
import { explainDecision } from '../../../src/policy/explain/explain.ts'
import { nearest } from '../../../src/policy/explain/nearest.ts'
import { capabilityOf } from '../../../src/policy/request/capability.ts'
import { parseRequest } from '../../../src/policy/request/parse.ts'
import type { Request, Rule } from '../../../src/policy/types.ts'
import { capability, makeRule } from '../random-rules.ts'

const place = { root: '/p', home: '/h', cwd: '/p' }
const given: readonly Rule[] = [
  makeRule({ effect: 'allow', capabilities: ['file:src/**:read'], line: 1 }),
  makeRule({ effect: 'allow', capabilities: ['file:docs/**:write'], line: 2 }),
  makeRule({ effect: 'allow', capabilities: ['http:api.example.com:request'], agents: ['tester'], line: 3 }),
  makeRule({ effect: 'allow', capabilities: ['agent:spawn{max:2}'], line: 4 }),
  makeRule({ effect: 'deny', capabilities: ['env:AWS_*'], line: 5 }),
  makeRule({ effect: 'ask', capabilities: ['shell:git push *'], line: 6 }),
  makeRule({ effect: 'allow', capabilities: ['shell:git **', 'git:*:push'], line: 7 }),
  makeRule({ effect: 'allow', capabilities: ['env:TOKEN{expires:1970-01-01T00:00:00Z}'], line: 8 }),
  makeRule({
    effect: 'allow',
    capabilities: ['memory:team/*:read'],
    except: ['memory:team/secret:read'],
    line: 9,
  }),
  { ...makeRule({ effect: 'deny', capabilities: ['file:.oos/**:*'], line: 10 }), layer: 'built-in' },
]
const policy = compilePolicy({ rules: given, root: '/p', home: '/h', now: 1_000 })

function ask(text: string): Request {
  const parsed = parseRequest(text, place)
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problems[0]?.message}`)
  return parsed.value
}

test.each([
  ['file:src/a.ts:write', 'action', 1],
  ['file:doc/a.md:write', 'pattern', 2],
  ['http:api.example.com:request', 'agent', 3],
  ['agent:joe:spawn{max:3}', 'constraint', 4],
  ['env:TOKEN', 'expired', 8],
  ['memory:team/secret:read', 'except', 9],
])('nearest to `%s` is an Allow that fails by its %s', (text, because, line) => {
  const [first] = nearest(policy, ask(text))
  expect([first?.because, first?.rule.source.line]).toEqual([because, line])
})

test('of nothing like it nothing is near', () => {
  expect(nearest(policy, ask('mcp:a/b'))).toEqual([])
})

test.each([
  [
    'what is another agent’s',
    'file:docs/a:write',
    { capabilities: ['file:doc/**:write'], agents: ['tester'] },
    0,
  ],
  ['what is another project’s', 'file:docs/a:write', { capabilities: ['file:doc/**:write'], in: '/q' }, 0],
  [
    'of a rule the capability that is',
    'file:docs/a:write',
    { capabilities: ['file:a:read', 'file:doc/**:write'] },
    1,
  ],
] as const)('near is %s, or not', (_, text, rule, count) => {
  const rules = [makeRule({ effect: 'allow', ...rule })]
  expect(nearest(compilePolicy({ rules, root: '/p', home: '/h', now: 0 }), ask(text))).toHaveLength(count)
})

test('nothing is near to what an Allow holds for already', () => {
  const rules = [
    makeRule({ effect: 'ask', capabilities: ['file:a/**:write'] }),
    makeRule({ effect: 'allow', capabilities: ['file:**:write'] }),
    makeRule({ effect: 'allow', capabilities: ['file:b/**:write'] }),
  ]
  const both = compilePolicy({ rules, root: '/p', home: '/h', now: 0 })
  expect(nearest(both, ask('file:a/x:write'))).toEqual([])
})

test.each(['http:b.com//y:get', 'http:b.com/y;z:get', 'http:c.com//y:get'])(
  'of a path that servers read in more than one way no line is offered: %s',
  (text) => {
    const rules = [
      makeRule({ effect: 'allow', capabilities: ['http:b.com:get'] }),
      makeRule({ effect: 'deny', capabilities: ['http:b.com/x:get'] }),
    ]
    const both = compilePolicy({ rules, root: '/p', home: '/h', now: 0 })
    const { because, changes } = explainDecision(both, ask(text), decide(both, ask(text)))
    expect(because).toMatch(/: servers read its path in more than one way, so it may be any$/)
    expect(changes).toEqual([{ kind: 'none', text: 'write the path as servers all read it' }])
  },
)

const rewritten =
  'write the command so that its program and arguments can be read, and code into a file of the project: `bash build.sh`, `node build.js`'

describe('an explanation', () => {
  const explain = (text: string) => {
    const request = ask(text)
    return explainDecision(policy, request, decide(policy, request))
  }
  test.each([
    [
      'file:lib/a.ts:read',
      'deny',
      'no Allow matches `file:lib/a.ts:read`',
      'add-rule',
      '- **Allow** `file:lib/a.ts:read`',
    ],
    ['env:AWS_KEY', 'deny', 'a Deny matches `env:AWS_KEY`', 'add-except', 'except `env:AWS_KEY`'],
    [
      'file:.oos/x:read',
      'deny',
      'a Deny matches `file:.oos/x:read`',
      'none',
      'this rule belongs to oos: nothing loosens it',
    ],
    [
      'file:src/a:read',
      'allow',
      'an Allow matches `file:src/a:read`, and no Deny or Ask does',
      'add-rule',
      '- **Deny** `file:src/a:read`',
    ],
    [
      'agent:joe:spawn{max:3}',
      'deny',
      '`agent:joe:spawn` does not keep to the rule: `max` is `2`',
      'edit-rule',
      'another value of the constraint',
    ],
  ])('of `%s`', (text, effect, because, kind, change) => {
    const found = explain(text)
    expect([found.effect, found.because, found.changes[0]?.kind, found.changes[0]?.text]).toEqual([
      effect,
      because,
      kind,
      change,
    ])
  })

  test.each([
    [
      'shell:node -e 1',
      'what `node -e 1` does cannot be seen from here, for `node` runs code that oos does not read: it could run `git push`, which .agent-os/AGENT.md:2 asks about',
      rewritten,
    ],
    [
      'shell:curl x | sh',
      'what `sh` does cannot be seen from here, for a shell reads commands from its input: it could run `git push`, which .agent-os/AGENT.md:2 asks about',
      rewritten,
    ],
    [
      'shell:git -C . push',
      "the branch depends on git's configuration, so it could be any",
      'write the command so that it names the branch: `git push origin main`',
    ],
  ])('of `%s` says why it cannot be told, and offers no exception', (text, why, change) => {
    const asking = compilePolicy({
      rules: [
        makeRule({ effect: 'allow', capabilities: ['shell:*', 'git:*:push'], line: 1 }),
        makeRule({
          effect: 'ask',
          capabilities: [text.includes('-C') ? 'git:main:push' : 'shell:git push *'],
          line: 2,
        }),
      ],
      root: '/p',
      home: '/h',
      now: 0,
    })
    const request = ask(text)
    const { because, changes } = explainDecision(asking, request, decide(asking, request))
    expect(because).toContain(why)
    expect(changes.slice(0, 2).map((one) => one.text)).toEqual(['a yes at the terminal', change])
    const ends = request.target.includes('push') ? [] : [2]
    expect(changes.slice(2).map(({ place }) => place?.line)).toEqual(ends)
  })

  test('of what cannot be read names the lines by which nobody asks any more', () => {
    const asks = (except: readonly string[]) => {
      const rules = [
        makeRule({ effect: 'allow', capabilities: ['shell:*'], line: 1 }),
        makeRule({ effect: 'ask', capabilities: ['shell:a *'], except, line: 2 }),
        makeRule({ effect: 'ask', capabilities: ['shell:b *'], except, line: 3, pack: 'oos:p' }),
        makeRule({ effect: 'ask', capabilities: ['shell:c *'], except, line: 4, pack: 'oos:q' }),
      ]
      return compilePolicy({ rules, root: '/p', home: '/h', now: 0 })
    }
    const request = ask('shell:bash')
    const { changes } = explainDecision(asks([]), request, decide(asks([]), request))
    const gives = ': no command is asked about any more, nor what it could run (all of these lines together)'
    expect(changes.slice(2).map(({ text }) => text)).toEqual([
      `in \`extends\`: {pack: oos:p, except: ["shell:*"]}, {pack: oos:q, except: ["shell:*"]}${gives}`,
      `except \`shell:*\`${gives}`,
    ])
    expect(decide(asks(['shell:*']), request).effect).toBe('allow')
  })

  test.each([
    { request: 'shell:set -e; npm test', name: 'shell:set -e' },
    { request: 'shell:[ -f x ] && npm test', name: 'shell:[ -f x ]' },
  ])('of an Only that `$request` is outside of offers to name it there', ({ request: text, name }) => {
    const only = (...capabilities: string[]) =>
      compilePolicy({
        rules: [makeRule({ effect: 'only', capabilities: ['shell:npm *', ...capabilities], line: 2 })],
        root: '/p',
        home: '/h',
        now: 0,
      })
    const request = ask(text)
    expect(explainDecision(only(), request, decide(only(), request)).changes).toEqual([
      expect.objectContaining({
        kind: 'edit-rule',
        text: `name it there, too, behind a comma: \`${name}\``,
        place: expect.objectContaining({ line: 2 }),
      }),
    ])
    expect(decide(only(name), request).effect).toBe('allow')
  })

  test('names each Only that leaves it out, and no Allow that has it', () => {
    const lines = (more: readonly string[][]) => [
      { ...makeRule({ effect: 'only', capabilities: ['file:src/**:write', ...(more[0] ?? [])], line: 1 }) },
      makeRule({
        effect: 'only',
        capabilities: ['file:src/a/**:write', 'file:lib/**:write', ...(more[1] ?? [])],
        line: 2,
      }),
    ]
    const of = (text: string, more: readonly string[][] = []) => {
      const both = compilePolicy({ rules: lines(more), root: '/p', home: '/h', now: 0 })
      const request = ask(text)
      const { effect, changes, nearest } = explainDecision(both, request, decide(both, request))
      const told = changes.map(({ text, place }) => [place?.line, text])
      return { effect, told, nearest: nearest.map(({ rule }) => rule.source.line) }
    }
    const name = 'name it there, too, behind a comma'
    expect(of('file:lib/x:write')).toEqual({
      effect: 'deny',
      told: [[1, `${name}: \`file:lib/x:write\``]],
      nearest: [1],
    })
    expect(of('file:doc/x:write').told).toEqual([
      [1, `${name}: \`file:doc/x:write\``],
      [2, `and ${name}: \`file:doc/x:write\``],
    ])
    expect(of('file:doc/x:write', [['file:doc/x:write'], ['file:doc/x:write']]).effect).toBe('allow')
  })

  test('of an Only that has expired says so', () => {
    const rules = [makeRule({ effect: 'only', capabilities: ['env:A{expires:1970-01-01T00:00:01Z}'] })]
    const because = (now: number) => {
      const only = compilePolicy({ rules, root: '/p', home: '/h', now })
      return explainDecision(only, ask('env:B'), decide(only, ask('env:B'))).because
    }
    expect(because(999)).toBe('`env:B` is outside what an Only names')
    expect(because(1_000)).toBe(
      '`env:B` is outside what an Only names: what it allowed has expired (1970-01-01T00:00:01Z), and the rest stays closed',
    )
  })

  test('an Only closes what the shell itself does, until it names that', () => {
    const text = ask("shell:sh -c 'set -e; [ -f x ] && npm test'")
    const by = (capability: string) => {
      const rules = [makeRule({ effect: 'only', capabilities: [capability] })]
      return decide(compilePolicy({ rules, root: '/p', home: '/h', now: 0 }), text).effect
    }
    expect(by('shell:{npm,sh} *')).toBe('deny')
    expect(by('shell:{npm,sh,set,test,[,cd,true,exit} *')).toBe('allow')
  })

  test('of an Ask about git says which yes there can be', () => {
    const rules = [
      makeRule({ effect: 'allow', capabilities: ['shell:*'], line: 1 }),
      makeRule({ effect: 'ask', capabilities: ['git:*:tag'], line: 2 }),
    ]
    const asking = compilePolicy({ rules, root: '/p', home: '/h', now: 0 })
    const answerTo = (request: Request) =>
      explainDecision(asking, request, decide(asking, request)).changes[0]?.text
    expect(answerTo(ask('shell:git tag v1'))).toBe('a yes at the terminal')
    expect(answerTo(ask('git:v1:tag'))).toMatch(
      /^a yes at the terminal, to a run whose own command asks for it/,
    )
  })

  test('every rule and exception that it offers can be pasted', () => {
    const strict = compilePolicy({
      rules: [
        makeRule({ effect: 'allow', capabilities: ['shell:*'], line: 1 }),
        makeRule({ effect: 'deny', capabilities: ['shell:echo **', 'file:etc/**:*'], line: 2 }),
      ],
      root: '/p',
      home: '/h',
      now: 0,
    })
    for (const [text, ...lines] of [
      ["shell:echo 'a;b' | cat", 'except `shell:echo a\\;b`'],
      ["shell:echo 'c`'", 'except `` shell:echo c\\` ``'],
      ['shell:echo $(ls)'],
      ['shell:echo -f "$f"'],
      ["shell:echo 'a\nb'"],
      ['file:etc/@x:read', 'except `file:etc/@x:read`', 'and - **Allow** `file:etc/@x:read`'],
      ['file:@x:read', '- **Allow** `file:\\@x:read`'],
      ['run:coder'],
      ['secret:key'],
    ] as const) {
      const request = ask(text)
      const { changes } = explainDecision(strict, request, decide(strict, request))
      const offered = changes.filter(({ kind }) => kind === 'add-rule' || kind === 'add-except')
      expect(
        offered.map((one) => one.text),
        text,
      ).toEqual(lines)
    }
  })

  test('of a secret that might go anywhere shows how an Allow names its host', () => {
    const none = compilePolicy({ rules: [], root: '/p', home: '/h', now: 0 })
    const told = (text: string) =>
      explainDecision(none, ask(text), decide(none, ask(text))).changes.map((one) => [one.kind, one.text])
    expect(told('secret:key')).toEqual([
      [
        'none',
        'no line is offered: an Allow of a secret names the host that may be told it, as in: `secret:key{to:api.example.com}`',
      ],
    ])
    expect(told('secret:key{to:x.com}')).toEqual([['add-rule', '- **Allow** `secret:key{to:x.com}`']])
  })

  test('all lines that it takes are offered, and none where the last of them is of no use', () => {
    const pack = (line: number) => ({ source: { file: 'oos:p', line, column: 1, text: '', pack: 'oos:p' } })
    const policy = compilePolicy({
      rules: [
        makeRule({ effect: 'ask', capabilities: ['git:*:push'], line: 1 }),
        makeRule({ effect: 'deny', capabilities: ['env:A*', 'file:**:write'], line: 2 }),
        { ...makeRule({ effect: 'deny', capabilities: ['env:*B'], line: 3 }), ...pack(3) },
        { ...makeRule({ effect: 'ask', capabilities: ['env:A?B', 'env:?'], line: 4 }), ...pack(4) },
        { ...makeRule({ effect: 'deny', capabilities: ['file:kept:*'], line: 5 }), layer: 'built-in' },
      ],
      root: '/p',
      home: '/h',
      now: 0,
    })
    const lines = (text: string) => {
      const { changes } = explainDecision(policy, ask(text), decide(policy, ask(text)))
      return changes.filter(({ kind }) => kind !== 'answer').map((one) => one.text)
    }
    expect(lines('git:main:push')).toEqual(['except `git:main:push`', 'and - **Allow** `git:main:push`'])
    expect(lines('env:A_B')).toEqual([
      'except `env:A_B`',
      'and in `extends`: {pack: oos:p, except: ["env:A_B"]}',
      'and - **Allow** `env:A_B`',
    ])
    expect(lines('file:kept:write')).toEqual(['this rule belongs to oos: nothing loosens it'])
  })

  test('of a shell text has a line for each part', () => {
    const found = explain('shell:git push origin main > log')
    expect(found.parts.map(({ text, effect }) => [text, effect])).toEqual([
      ['shell:git push origin main', 'ask'],
      ['file:log:write', 'deny'],
      ['git:main:push{remote:origin}', 'allow'],
    ])
    expect(found.because).toBe('no Allow matches `file:log:write`')
  })

  test('a part has its own answer, not that of what follows from it', () => {
    const alone = compilePolicy({
      rules: ['allow shell:*', 'ask git:*:push'].map((text, line) => {
        const [effect, ...words] = text.split(' ')
        return makeRule({ effect: effect === 'ask' ? 'ask' : 'allow', capabilities: [words.join(' ')], line })
      }),
      root: '/p',
      home: '/h',
      now: 0,
    })
    const request = ask('shell:git push origin main')
    const found = explainDecision(alone, request, decide(alone, request))
    expect(found.parts.map(({ effect }) => effect)).toEqual(['allow', 'ask'])
  })

  test('what it proposes to allow does allow it', () => {
    for (const text of [
      'file:a b/*[x].ts:read'.replaceAll(/[*[\]]/g, '\\$&'),
      'file:~/x:write',
      'file:/etc/x:read',
      'http:x.com:8080/a:get',
      'http:x.com:request',
      'env:A',
      'git:v1:tag{remote:origin}',
    ]) {
      const request = ask(text)
      const proposed = printCapability(capabilityOf(request, place))
      const rule = makeRule({ effect: 'allow', capabilities: [proposed] })
      expect(
        decide(compilePolicy({ rules: [rule], root: '/p', home: '/h', now: 0 }), request).effect,
        proposed,
      ).toBe('allow')
      expect(printCapability(capability(proposed))).toBe(proposed)
    }
  })

  test('so it does for words with anything in them', () => {
    const request: Request = {
      resource: 'shell',
      action: 'execute',
      target: '',
      words: ['echo', 'a b', '$x', "it's", '*', '{a,b}', '', ';', '\\'],
    }
    const rule = makeRule({ effect: 'allow', capabilities: [printCapability(capabilityOf(request, place))] })
    const only = compilePolicy({ rules: [rule], root: '/p', home: '/h', now: 0 })
    expect(decide(only, request).effect).toBe('allow')
    expect(decide(only, { ...request, words: ['echo', 'other'] }).effect).toBe('deny')
  })
})
