import { describe, expect, it } from 'vitest'
import { printCapability } from '../../src/policy/capability/capability.ts'
import { runExamples } from '../../src/spec/examples.ts'
import { codesOf, rulesOf, setOf } from './sources.ts'

const secrets = '- **Deny** `file:**/.env*:*` — secrets\n- **Allow** `env:CI`\n'
const shown = ({ rules }: ReturnType<typeof setOf>) =>
  rules.map(({ effect, capabilities, except, layer, agents, source }) => {
    const list = (all: typeof except) => all.map((capability) => printCapability(capability)).join(' ')
    return [
      effect,
      list(capabilities),
      except.length > 0 && `except ${list(except)}`,
      layer,
      source.pack,
      agents.length > 0 && `for ${agents}`,
    ]
      .filter((part) => part)
      .join(' ')
  })

describe('extends', () => {
  it('takes a pack in, in the layer of the file that extends it', () => {
    expect(
      shown(setOf({ 'oos:secrets': secrets, '.agent-os/AGENT.md': '---\nextends: oos:secrets\n---\n' })),
    ).toEqual(['deny file:**/.env*:read,write project oos:secrets', 'allow env:CI project oos:secrets'])
  })

  it('leaves a pack out that nothing extends', () => {
    expect(setOf({ 'oos:secrets': secrets, '.agent-os/AGENT.md': '' }).rules).toEqual([])
  })

  it('always takes in the protected pack and the base', () => {
    expect(
      shown(setOf({ 'oos:protected': '- **Deny** `file:.oos/**:*`', 'oos:base': '- **Allow** `env:PATH`' })),
    ).toEqual(['deny file:.oos/**:read,write built-in oos:protected', 'allow env:PATH built-in oos:base'])
  })

  it('makes a hole only in rules of the hole’s resource', () => {
    const text = '---\nextends:\n  - pack: oos:secrets\n    except: ["file:test/**:read"]\n---\n'
    expect(shown(setOf({ 'oos:secrets': secrets, '.agent-os/AGENT.md': text }))).toEqual([
      'deny file:**/.env*:read,write except file:test/**:read project oos:secrets',
      'allow env:CI project oos:secrets',
    ])
  })

  it('never makes a hole in the protected pack', () => {
    const set = setOf({
      'oos:protected': '- **Deny** `file:.oos/**:*`',
      '.agent-os/AGENT.md': '---\nextends: [{pack: oos:protected, except: ["file:.oos/**:*"]}]\n---\n',
    })
    expect(codesOf(set)).toEqual(['extends/built-in'])
    expect(shown(set)).toEqual(['deny file:.oos/**:read,write built-in oos:protected'])
  })

  it('keeps a user’s own pack whole, whatever hole a project makes', () => {
    const set = setOf({
      'oos:secrets': '- **Deny** `file:**/.env*:*`',
      '~/.agent-os/GLOBAL_RULES.md': '---\nextends: oos:secrets\n---\n',
      '.agent-os/AGENT.md': '---\nextends: [{pack: oos:secrets, except: ["file:.env:read"]}]\n---\n',
    })
    expect(shown(set)[0]).toBe('deny file:**/.env*:read,write user oos:secrets')
  })

  it('takes in what a pack extends, once', () => {
    const set = setOf({
      'oos:a': '---\nextends: oos:b\n---\n- **Allow** `env:A`',
      'oos:b': '- **Allow** `env:B`',
      '.agent-os/AGENT.md': '---\nextends: [oos:a, oos:b]\n---\n',
    })
    expect(shown(set)).toEqual(['allow env:A project oos:a', 'allow env:B project oos:b'])
  })

  it('takes in a file beside it, with its hole', () => {
    const set = setOf({
      '.agent-os/AGENT.md': '---\nextends: [{pack: ./rules/team.md, except: ["env:B"]}]\n---\n',
      '.agent-os/rules/team.md': '- **Deny** `env:*`',
      '.agent-os/rules/other.md': '- **Deny** `env:C`',
    })
    expect(shown(set)).toEqual(['deny env:C project', 'deny env:* except env:B project'])
  })

  it('takes a file of rules in for one agent', () => {
    const set = setOf({
      '.agent-os/agents/bob.md': '---\ndescription: b\nextends: ../rules/team.md\n---\n',
      '.agent-os/rules/team.md': '- **Deny** `env:*`',
    })
    expect(set.diagnostics).toEqual([])
    expect(shown(set)).toEqual(['deny env:* project for bob'])
  })

  it.each([
    ['what holds in the whole project', '.agent-os/AGENT.md'],
    ['a file beside it', '.agent-os/MORE.md'],
    ["the person's own rules", '~/.agent-os/GLOBAL_RULES.md'],
  ])('leaves %s to all, though an agent extends it', (_, path) => {
    const word = `../${path.split('/').at(-1)}`
    const set = setOf({
      [path.replace(/[^/]*$/, 'agents/bob.md')]: `---\ndescription: b\nextends: ${word}\n---\n`,
      [path]: '- **Deny** `env:*`',
    })
    expect(set.diagnostics).toEqual([])
    expect(set.rules.filter(({ agents }) => agents.length === 0)).toHaveLength(1)
  })

  it.each([
    ['.agent-os/AGENT.md', './rules/team.md'],
    ['.agent-os/agents/bob.md', '../rules/team.md'],
    ['.agent-os/rules/more.md', './team.md'],
  ])('says to %s which file it could name: %s', (path, expected) => {
    const front = '---\ndescription: b\nextends: ./rules/tame.md\n---\n'
    const written = path.includes('/agents/') ? front : front.replace('description: b\n', '')
    const { diagnostics } = setOf({ [path]: written })
    expect(diagnostics.map(({ fix }) => fix)).toEqual([
      `name a file of the same \`.agent-os\`, such as ${expected}`,
    ])
  })

  it.each(['rules/team.md', './team.md', 'team'])('says which file %s most likely means', (word) => {
    const { diagnostics } = setOf({
      '.agent-os/agents/bob.md': `---\ndescription: b\nextends: ${word}\n---\n`,
      '.agent-os/rules/team.md': '- **Deny** `env:A`',
    })
    expect(diagnostics.map(({ code, fix }) => [code, fix])).toEqual([
      ['extends/unknown', 'did you mean `../rules/team.md`?'],
    ])
  })

  const faults: readonly [string, string, string][] = [
    ['a pack that is not there', '[oos:secrts]', 'extends/unknown'],
    ['a path out of the folder', '[./../AGENT.md]', 'extends/unknown'],
    ['a path above everything', '[../../../../AGENT.md]', 'extends/unknown'],
    ['a pack by way of a path', '[../oos:secrets]', 'extends/unknown'],
    ['an absolute path', '[/etc/passwd.md]', 'extends/unknown'],
    ['a bare name', '[secrets]', 'extends/unknown'],
    ['itself', '[./AGENT.md]', 'extends/cycle'],
    ['a hole for nothing', '[{pack: oos:secrets, except: ["git:main:push"]}]', 'extends/hole'],
    [
      'a pack whole and with a hole',
      '[oos:secrets, {pack: oos:secrets, except: ["file:.env:read"]}]',
      'extends/twice',
    ],
    [
      'a hole that is no capability',
      '[{pack: oos:secrets, except: [".env"]}]',
      'capability/unknown-resource',
    ],
    ['a hole without an exception', '[{pack: oos:secrets}]', 'front-matter/value'],
  ]
  it.each(faults)('reports %s', (_, list, code) => {
    expect(
      codesOf(setOf({ 'oos:secrets': secrets, '.agent-os/AGENT.md': `---\nextends: ${list}\n---\n` })),
    ).toEqual([code])
  })

  it('reports packs that extend each other', () => {
    const set = setOf({
      'oos:a': '---\nextends: oos:b\n---\n',
      'oos:b': '---\nextends: oos:a\n---\n',
      '.agent-os/AGENT.md': '---\nextends: oos:a\n---\n',
    })
    expect(codesOf(set)).toEqual(['extends/cycle'])
  })
})

describe('agents', () => {
  it.each([
    ["sh -c 'npm ci'", ['front-matter/value']],
    ['node a.js && echo', ['front-matter/value']],
    ['node --max-old-space-size=100 a.js', []],
    ["[sh, -c, 'npm ci && npm test']", []],
    ["[claude, -p, 'fix it']", []],
  ])('run a program with words, and no line of a shell: %s', (command, codes) => {
    const set = setOf({ '.agent-os/agents/a.md': `---\ndescription: a\ncommand: ${command}\n---\n` })
    expect(codesOf(set)).toEqual(codes)
  })

  it('binds the rules of a definition, its limits and its packs to its agent', () => {
    const set = setOf({
      'oos:node': '- **Allow** `env:NODE_*`',
      '.agent-os/agents/coder.md':
        '---\ndescription: writes code\ncommand: node agent.js\nextends: oos:node\nlimits: {timeout: 30m}\n---\n- **Allow** `env:A`',
    })
    expect(set.diagnostics).toEqual([])
    expect(set.agents.map(({ name, description, command }) => [name, description, command])).toEqual([
      ['coder', 'writes code', ['node', 'agent.js']],
    ])
    expect(shown(set)).toEqual([
      'limit run:coder{timeout:30m} project for coder',
      'allow env:A project for coder',
      'allow env:NODE_* project oos:node for coder',
    ])
  })

  it('lets a project extend a shipped agent, under its own or the same name', () => {
    const shipped = '---\nname: coder\ncommand: [claude]\nmodel: a/b\n---\n- **Deny** `env:A`'
    for (const name of ['coder', 'ours']) {
      const set = setOf({
        'oos:agents/coder': shipped,
        '.agent-os/agents/x.md': `---\nname: ${name}\nextends: oos:coder\n---\n- **Deny** \`env:B\``,
      })
      expect(set.diagnostics).toEqual([])
      expect(set.agents.find((agent) => agent.name === name)).toMatchObject({
        command: ['claude'],
        model: 'a/b',
      })
      expect(shown(set)).toContain(`deny env:A project oos:coder for ${name}`)
    }
  })

  const repeated = [
    { 'oos:agents/coder': '', '.agent-os/agents/coder.md': '' },
    { '~/.agent-os/agents/coder.md': '', '.agent-os/agents/coder.md': '' },
    {
      '.agent-os/agents/a.md': '---\nname: coder\n---\n',
      '.agent-os/agents/b.md': '---\nname: coder\n---\n',
    },
  ]
  it.each(repeated)('refuses a second definition of a name: %j', (files) => {
    expect(codesOf(setOf(files))).toEqual(['agent/repeated'])
  })

  it.each(['command', 'two words', '../x', ''])('refuses the name %j', (name) => {
    expect(setOf({ '.agent-os/agents/x.md': `---\nname: ${JSON.stringify(name)}\n---\n` }).agents).toEqual([])
  })

  it('refuses a rule for an agent that no definition has, and names the nearest', () => {
    const set = setOf({
      '.agent-os/AGENT.md': '- **Deny** `env:A` for `codr`, `command`',
      '.agent-os/agents/coder.md': '',
    })
    expect(set.diagnostics.map(({ code, fix }) => [code, fix])).toEqual([
      ['agent/unknown', 'did you mean `coder`?'],
    ])
  })

  it('refuses a limit of runs of an agent that no definition has', () => {
    const set = setOf({
      '.agent-os/AGENT.md':
        '- **Limit** `run:codr{timeout:1m}`, `run:coder{timeout:1m}`, `run:c*{timeout:1m}`',
      '.agent-os/agents/coder.md': '',
    })
    expect(set.diagnostics.map(({ code, fix }) => [code, fix])).toEqual([
      ['agent/unknown', 'did you mean `coder`?'],
    ])
  })

  it('refuses a limit of runs whose pattern fits no agent', () => {
    const set = setOf({
      '.agent-os/AGENT.md': '- **Limit** `run:x*{timeout:1m}`, `run:{coder,y}{timeout:1m}`',
      '.agent-os/agents/coder.md': '',
    })
    expect(set.diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['agent/unknown', 'no definition has the name `x*`'],
    ])
  })
})

describe('settings', () => {
  const table = (path: string) => `| Setting | Value |\n|---|---|\n| database.path | ${path} |\n`

  it('refuses two places of a layer that set one thing differently, and names both', () => {
    const set = setOf({
      '.agent-os/PREFERRED_STACK.md': `${table('a.db')}\n\`\`\`sql\nPRAGMA busy_timeout=1;\nPRAGMA busy_timeout=2;\n\`\`\``,
      '.agent-os/STACK_PREFERENCES.md': table('b.db'),
    })
    expect(
      set.diagnostics.map(({ code, message, related }) => [code, message, related?.[0]?.place.line]),
    ).toEqual([
      [
        'settings/contradiction',
        '`database.busy_timeout` is `2` here and `1` in .agent-os/PREFERRED_STACK.md:6',
        6,
      ],
      [
        'settings/contradiction',
        '`database.path` is `b.db` here and `a.db` in .agent-os/PREFERRED_STACK.md:3',
        3,
      ],
    ])
  })

  it('takes a project’s setting before the user’s default', () => {
    const set = setOf({
      '~/.agent-os/STACK_PREFERENCES.md': table('mine.db'),
      '.agent-os/PREFERRED_STACK.md': table('ours.db'),
    })
    expect(set.diagnostics).toEqual([])
    expect(set.settings.map(({ key, value }) => [key, value])).toEqual([['database.path', 'ours.db']])
  })
})

describe('examples', () => {
  const place = { root: '/project', home: '/home/user' }

  it('are decided by their file and its packs alone', () => {
    const set = setOf({
      'oos:secrets': '- **Deny** `file:**/.env*:*`\n',
      '.agent-os/AGENT.md':
        '---\nextends: oos:secrets\n---\n- **Allow** `file:**:read`\n  - ✓ `file:a.ts:read`\n  - ✗ `file:.env:read`\n  - ✓ `file:.env:read`\n  - ? `shell:make push`',
      '.agent-os/rules/push.md': '- **Ask** `shell:make push *`\n  - ? `shell:make push origin`',
    })
    expect(
      runExamples(set, place).map(({ example, passed, decision }) => [
        example.request,
        passed,
        decision?.effect,
      ]),
    ).toEqual([
      ['file:a.ts:read', true, 'allow'],
      ['file:.env:read', true, 'deny'],
      ['file:.env:read', false, 'deny'],
      ['shell:make push', false, 'deny'],
      ['shell:make push origin', true, 'ask'],
    ])
  })

  it('are asked as the agent that the rule is for', () => {
    const set = setOf({ '.agent-os/agents/coder.md': '- **Allow** `env:A`\n  - ✓ `env:A`' })
    expect(runExamples(set, place).map(({ passed }) => passed)).toEqual([true])
  })
})

it.each([
  ['[{pack: oos:secrets}]', '`extends.0.except` is missing'],
  ['{pack: oos:secrets}', '`extends.except` is missing'],
  ['[{pack: oos:secrets, except: x}]', '`extends.0.except` has a value of the wrong kind'],
  ['[7]', '`extends.0` has a value of the wrong kind'],
])('of extends: %s it is said where it is wrong, and what is right', (written, message) => {
  const { diagnostics } = rulesOf(`---\nextends: ${written}\n---\n`)
  expect(diagnostics.map((one) => one.message)).toEqual([message])
  expect(diagnostics[0]?.fix).toContain(
    '`oos:node`, `./rules/team.md`, or with holes `{pack: oos:secrets, except: [',
  )
})
