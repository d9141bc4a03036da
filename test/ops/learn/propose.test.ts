import { describe, expect, it } from 'vitest'
import type { ProposeFacts } from '../../../src/ops/learn/proposal.ts'
import { proposeRules } from '../../../src/ops/learn/propose.ts'
import type { Request } from '../../../src/policy/types.ts'
import { factsOf, home, learnedOf, policyOf, root, saidOf, use } from './scene.ts'

const some = '- **Allow** `file:kept/**:read` — a command needs something in its folder'
const allowed = `- **Allow** \`shell:*\` — any\n${some}`
const known = `---\nextends: [oos:secrets]\n---\n${allowed}\n`

interface Case {
  readonly name: string
  readonly uses: readonly string[]
  readonly says: readonly string[]
  readonly top?: readonly string[]
  readonly lasting?: readonly string[]
  readonly wide?: boolean
  readonly mayRemove?: boolean
}

const cases: readonly Case[] = [
  { name: 'nothing for a run that used nothing', uses: [], says: [] },
  {
    name: 'one or two files by name',
    uses: ['read package.json', 'read lib/add.js', 'read lib/deep/sum.js'],
    says: [
      '**Allow** `file:lib/add.js:read`',
      '**Allow** `file:lib/deep/sum.js:read`',
      '**Allow** `file:package.json:read`',
    ],
  },
  {
    name: 'files of one folder in one rule',
    uses: ['read package.json', 'read index.js'],
    says: ['**Allow** `file:index.js:read`, `file:package.json:read`'],
  },
  {
    name: 'more files as the folder that they share',
    uses: ['read src/a/x.js', 'read src/a/y.js', 'read src/a/deep/z.js'],
    says: ['**Allow** `file:src/a/**:read`'],
  },
  {
    name: 'a folder that was listed with all that is in it',
    uses: ['read test/', 'read test/a.test.js'],
    says: ['**Allow** `file:test/**:read`'],
  },
  {
    name: 'a folder that was opened as a file with what is in it',
    uses: ['read out', 'read out/a/'],
    says: ['**Allow** `file:out/**:read`'],
  },
  {
    name: 'a folder that was changed as a file with what is in it',
    uses: ['change out', 'read out/'],
    says: ['**Allow** `file:out/**:read`', '**Allow** `file:out:read,write`'],
  },
  {
    name: 'the project where it was listed itself',
    uses: ['read .', 'read package.json'],
    says: ['**Allow** `file:**:read`'],
  },
  {
    name: 'the project where nearly all of it was read',
    uses: ['read a/', 'read b/', 'read c/', 'read d.js'],
    top: ['a', 'b', 'c', 'd.js', 'e', '.git', '.oos'],
    says: ['**Allow** `file:**:read`'],
  },
  {
    name: 'many files of the top folder as all of them',
    uses: Array.from({ length: 9 }, (_, index) => `read ${index}.js`),
    says: ['**Allow** `file:*:read`'],
  },
  {
    name: 'a file that was changed alone',
    uses: ['change data/count.txt', 'read data/count.txt'],
    says: ['**Allow** `file:data/count.txt:read,write`'],
  },
  {
    name: 'a file that was made with the folder that it is made in',
    uses: ['create tmp/x/a.txt', 'delete tmp/x/a.txt'],
    says: ['**Allow** `file:tmp/x/**:write`'],
  },
  {
    name: 'a folder that was made and stays alone',
    uses: ['create coverage/', 'create coverage/lcov.info', 'read coverage/lcov.info'],
    lasting: ['coverage'],
    says: ['**Allow** `file:coverage/**:read,write`'],
  },
  {
    name: 'a folder that was made and removed with what it lies in, and what is there stays as it is',
    uses: ['create out/', 'delete out/', 'read src/'],
    top: ['src', 'package.json', '.git', '.oos'],
    lasting: ['out'],
    says: ['**Allow** `file:**:read,write` except `file:{.git,package.json,src}/**:write`'],
  },
  {
    name: 'the same where the command may remove it the next time',
    uses: ['create out/'],
    top: ['src', 'out'],
    lasting: ['out'],
    mayRemove: true,
    says: ['**Allow** `file:**:write` except `file:src/**:write`'],
  },
  {
    name: 'many folders side by side as the one that they lie in',
    uses: ['create test/a/x', 'create test/b/x', 'create test/c/x'],
    says: ['**Allow** `file:test/**:write`'],
  },
  {
    name: 'widely, if asked to',
    uses: ['create test/a/x', 'read lib/a.js', 'change data/deep/n.txt'],
    wide: true,
    says: ['**Allow** `file:**:read`', '**Allow** `file:data/**:write`', '**Allow** `file:test/**:write`'],
  },
  {
    name: 'a name that no rule can say as its folder',
    uses: ['read src/a\u202eb.js'],
    says: ['**Allow** `file:src/**:read`'],
  },
  {
    name: 'a name that looks like a pattern as that name',
    uses: ['read pages/[id].js', 'read pages/{a,b}*.js'],
    says: ['**Allow** `file:pages/\\[id\\].js:read`, `file:pages/\\{a,b\\}\\*.js:read`'],
  },
]

describe('what is proposed is', () => {
  it.each(cases)('$name', ({ uses, says, top = [], lasting = [], wide = false, mayRemove = false }) => {
    const tree = { root, lasting: new Set(lasting.map((name) => `${root}/${name}`)), mayRemove, top }
    expect(saidOf(learnedOf(uses), factsOf(known, { tree, wide }))).toEqual(says)
  })
})

it.each([
  { name: 'nothing', uses: ['create lib/a.js'], top: ['lib'], says: [] },
  {
    name: 'a folder that may have to be removed',
    uses: ['create out/'],
    top: ['out'],
    lasting: ['out'],
    says: [expect.stringMatching(/out; if a later run .* let it learn again/)],
  },
  {
    name: 'what was made right in the project, and is there the next time',
    uses: ['create .cache-1', 'delete .cache-1', 'create .cache'],
    top: ['src', '.cache'],
    says: [expect.stringMatching(/^let it learn once more:/)],
  },
  {
    name: 'a folder that the command seems to remove first',
    uses: ['create out/'],
    top: ['src', 'out'],
    lasting: ['out'],
    mayRemove: true,
    says: [expect.stringMatching(/^made by this run: out; let it learn once more/)],
  },
])('what a first run cannot show is said: $name', ({ uses, top, lasting = [], mayRemove = false, says }) => {
  const tree = { root, lasting: new Set(lasting.map((name) => `${root}/${name}`)), mayRemove, top }
  expect(proposeRules(learnedOf(uses), factsOf(known, { tree })).notes).toEqual(says)
})

it('three examples stand for all uses, and others are hinted at only where there are some', () => {
  const twice = { ...use('read a.js'), count: 2 }
  const many = ['read b/1', 'read b/2', 'read b/3', 'read b/4']
  const { needed } = proposeRules(learnedOf([twice, ...many]), factsOf(known))
  expect(needed.map(({ count, examples, more }) => ({ count, examples, more }))).toEqual([
    { count: 2, examples: ['a.js'], more: false },
    { count: 4, examples: ['b/1', 'b/2', 'b/3'], more: true },
  ])
})

it('a command that used no file still needs something in its folder', () => {
  const text = known.replace(some, '')
  expect(saidOf(learnedOf([]), factsOf(text))).toEqual(['**Allow** `file:**:read`'])
  const run = { ...learnedOf([]).run, cwd: `${root}/lib` }
  expect(saidOf(learnedOf([], { run }), factsOf(text))).toEqual(['**Allow** `file:lib/**:read`'])
})

describe('never proposed is', () => {
  it.each([
    { what: 'what oos:secrets closes', text: allowed, uses: ['read .env', 'read deploy/server.key'] },
    {
      what: 'what a Deny closes',
      text: `${known}- **Deny** \`file:private/**:*\` — no`,
      uses: ['read private/a'],
    },
    {
      what: 'what an Ask is about',
      text: `${known}- **Ask** \`file:docs/**:write\` — look`,
      uses: ['create docs/a'],
    },
    {
      what: 'what the protected pack closes',
      text: known,
      uses: ['create .agent-os/a.md', 'create .git/hooks/x'],
    },
    {
      what: 'what the rules allow',
      text: `${known}- **Allow** \`file:**:read\` — all`,
      uses: ['read src/a'],
    },
  ])('$what', ({ text, uses }) => {
    expect(saidOf(learnedOf(uses), factsOf(text))).toEqual([])
  })

  it('a credential that a run looked for in the home folder', () => {
    const wanted = [
      'read /home/ada/.npmrc',
      'read /home/ada/.my-token',
      'read /home/ada/.toolrc',
      'read /home/ada/.config/',
    ]
    const { wanted: proposed } = proposeRules(learnedOf([], { wanted: wanted.map(use) }), factsOf(known))
    expect(proposed.map(({ text }) => text)).toEqual([expect.stringContaining('`file:~/.toolrc:read`')])
  })
})

describe('of what a run looked for in the home folder', () => {
  const proposedOf = (names: readonly string[], facts: Partial<ProposeFacts> = {}) => {
    const wanted = names.map((name) => use(`read ${home}/${name}`))
    const { wanted: proposed, notes } = proposeRules(learnedOf([], { wanted }), factsOf(known, facts))
    return { rules: proposed.map(({ text }) => /`file:(.*):read`/.exec(text)?.[1]), notes }
  }

  it.each([
    { name: 'two files', uses: ['.tool/a', '.tool/b'], says: ['~/.tool/a', '~/.tool/b'] },
    { name: 'many files', uses: ['.tool/a', '.tool/b', '.tool/c'], says: ['~/.tool/*'] },
    { name: 'many files at any depth', uses: ['.tool/a', '.tool/x/b', '.tool/x/y/c'], says: ['~/.tool/**'] },
    { name: 'many, deep', uses: ['.a/x/1', '.a/x/y/2', '.a/x/z/3'], says: ['~/.a/x/**'] },
    {
      name: 'the settings of several programs',
      uses: ['.config/a/1', '.config/b/2', '.config/c/3', '.config/c/4', '.config/c/5'],
      says: ['~/.config/a/1', '~/.config/b/2', '~/.config/c/*'],
    },
    { name: 'files right in it', uses: ['.a', '.b', '.c'], says: ['~/.a', '~/.b', '~/.c'] },
    {
      name: 'files beside a credential',
      uses: ['.tool/a', '.tool/b', '.tool/c', '.tool/token'],
      says: ['~/.tool/a', '~/.tool/b', '~/.tool/c'],
    },
  ])('$name: $says', ({ uses, says }) => {
    expect(proposedOf(uses).rules).toEqual(says)
  })

  it.each([
    { what: 'there is a credential that was not asked for', there: [`${home}/.tool/x/token`] },
    { what: 'there is more than was looked at', there: undefined },
  ])('one by one where $what', ({ there }) => {
    const uses = ['.tool/a', '.tool/x/b', '.tool/x/c']
    const listFolder = (_: string, below: boolean) => (below ? there : [])
    expect(proposedOf(uses, { listFolder }).rules).toEqual(uses.map((name) => `~/${name}`))
  })

  it('nothing is asked about a cache that a run has for itself', () => {
    const ownPlaces = ({ target }: Request) => (target.startsWith(`${home}/.npm/`) ? `${home}/.npm` : home)
    const uses = Array.from({ length: 40 }, (_, at) => `.npm/_cacache/content-v2/${at % 7}/${at}`)
    expect(proposedOf([...uses, '.toolrc'], { ownPlaces })).toEqual({
      rules: ['~/.toolrc'],
      notes: ['not asked about: ~/.npm. Of these caches a run has its own, which fill as it goes'],
    })
  })
})

describe('packs', () => {
  it('are taken in for what they open in the home folder, in place of a list', () => {
    const uses = ['read /home/ada/.nvm/versions/node/bin/node', 'read /home/ada/.nvm/alias/default']
    expect(saidOf(learnedOf(uses), factsOf(known))).toEqual(['oos:node'])
  })

  it('are those of the project where several would do', () => {
    const uses = ['read /home/ada/.local/bin/tool']
    expect(saidOf(learnedOf(uses), factsOf(known, { own: ['oos:python'] }))).toEqual(['oos:python'])
    expect(saidOf(learnedOf(uses), factsOf(known))).toEqual(['oos:node'])
  })

  it('are taken in for a variable only where the project speaks that language', () => {
    const names = ['NODE_ENV', 'RUST_LOG']
    expect(saidOf(learnedOf([], { names }), factsOf(known))).toEqual(['oos:node'])
  })

  it('hold what was held while the run learnt, with the first rule', () => {
    expect(saidOf(learnedOf(['read a']), factsOf(allowed))).toEqual([
      'oos:secrets',
      '**Allow** `file:a:read`',
    ])
  })
})

it('a host is proposed as it was reached', () => {
  const hosts = [
    { host: 'b.example.com', port: 443, count: 2 },
    { host: 'b.example.com', port: 80, count: 1 },
    { host: 'a.example.com', port: 8443, count: 1 },
    // What no rule can say would keep all the others from being written.
    { host: '[redacted NAME].example.com', port: 443, count: 1 },
  ]
  expect(saidOf(learnedOf([], { hosts }), factsOf(known))).toEqual([
    '**Allow** `http:a.example.com:8443:request`',
    '**Allow** `http:b.example.com:request`',
  ])
})

describe('the command', () => {
  const run = (...command: readonly string[]) => ({ run: { ...learnedOf([]).run, command } })
  const secrets = `---\nextends: [oos:secrets]\n---\n${some}\n`

  it.each([
    { command: ['npm', 'test'], says: ['**Allow** `shell:npm test`'] },
    { command: ['node', 'a b.js', '*'], says: ['**Allow** `shell:node a\\ b.js \\*`'] },
    {
      command: ['git', 'commit', '-m', 'x'],
      says: ['**Allow** `shell:git commit -m x`', expect.stringContaining('git:')],
    },
  ])('is proposed word by word: $command', ({ command, says }) => {
    expect(saidOf(learnedOf([], run(...command)), factsOf(secrets))).toEqual(says)
  })

  it('names files that are proposed with those that were used', () => {
    const learned = learnedOf(['create out/', 'create out/y'], run('sh', '-c', 'cat lib/a > out/y; cat < in'))
    const tree = { ...factsOf().tree, lasting: new Set([`${root}/out`]) }
    expect(saidOf(learned, factsOf(secrets, { tree })).filter((text) => text.includes('file:'))).toEqual([
      '**Allow** `file:in:read`',
      '**Allow** `file:out/**:write`',
    ])
  })

  it('that cannot be read is not proposed, unless widely', () => {
    const learned = learnedOf([], run('node', '-e', '1'))
    const { needed, notes } = proposeRules(learned, factsOf(secrets))
    expect({ needed, notes }).toEqual({ needed: [], notes: [expect.stringContaining('--wide')] })
    expect(saidOf(learned, factsOf(secrets, { wide: true }))).toEqual(['**Allow** `shell:*`'])
  })

  it('is not proposed with a word that is not known, for the rule would be about others, too', () => {
    const { needed, notes } = proposeRules(learnedOf([], run('sh', '-c', 'rm -f "$f"')), factsOf(secrets))
    expect(needed.map(({ text }) => text).filter((text) => text.includes('shell:rm'))).toEqual([])
    expect(notes).toEqual([expect.stringContaining('only known at run time')])
  })

  it('is not proposed where no rule can say it', () => {
    const { needed, notes } = proposeRules(learnedOf([], run('echo', 'a\nb`c')), factsOf(secrets))
    expect({ needed, notes }).toEqual({
      needed: [],
      notes: [expect.stringContaining('write a rule by hand')],
    })
  })

  it('is not proposed with what the record has in place of a secret', () => {
    const learned = learnedOf([], run('deploy', '--token=[redacted]', 'now'))
    const { needed, notes } = proposeRules(learned, factsOf(secrets))
    expect({ needed, notes }).toEqual({ needed: [], notes: [expect.stringContaining('write one by hand')] })
  })

  it('stands in the reason only where it is plain', () => {
    const textOf = (...command: readonly string[]) =>
      proposeRules(learnedOf(['read a'], run(...command)), factsOf(known)).needed[0]?.text
    expect(textOf('npm', 'test')).toMatch(/ — seen in run \w{8}: npm test$/)
    expect(textOf('echo', '**Deny** `file:**:*`')).toMatch(/ — seen in run \w{8}$/)
  })
})

it('rules of a run under an agent are for that agent', () => {
  const learned = learnedOf(['read a'], { run: { ...learnedOf([]).run, agent: 'coder' } })
  expect(saidOf(learned, factsOf(known))).toEqual(['**Allow** `file:a:read` for `coder`'])
  expect(policyOf(known).rules.length).toBeGreaterThan(0)
})
