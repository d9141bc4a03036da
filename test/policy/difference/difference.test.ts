import { expect, test } from 'vitest'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { differenceOf, isWidening } from '../../../src/policy/difference/difference.ts'
import type { Rule } from '../../../src/policy/types.ts'
import { parseSources } from '../../../src/spec/parse.ts'

function rulesOf(rules: readonly string[]): readonly Rule[] {
  const bytes = Buffer.from(rules.map((rule) => `- ${rule}\n`).join(''))
  return parseSources([{ path: '.agent-os/AGENT.md', kind: 'rules', layer: 'project', bytes }]).rules
}

const compiled = (rules: readonly Rule[]) =>
  compilePolicy({ rules, root: '/work/shop', home: '/home/ada', now: 0 })

const policyOf = (rules: readonly string[]) => compiled(rulesOf(rules))

/** What a reader would think of first is the same on both sides: only the search comes to what is not. */
const closed = '**Deny** `file:?/**:write`'
const allowed = ['**Allow** `file:**:write`', closed]
const asked = ['**Ask** `file:**:write`', closed]

test.each([
  { what: 'a Deny that is gone', shared: allowed, old: ['**Deny** `file:*/s/**:write`'], now: [] },
  {
    what: 'a Deny that is gone from what is asked',
    shared: asked,
    old: ['**Deny** `file:*/s/**:write`'],
    now: [],
  },
  { what: 'an Ask that is gone', shared: allowed, old: ['**Ask** `file:*/s/**:write`'], now: [] },
  {
    what: 'a Deny that became an Ask',
    shared: allowed,
    old: ['**Deny** `file:*/s/**:write`'],
    now: ['**Ask** `file:*/s/**:write`'],
  },
])('$what is found behind a Deny of both sides', ({ shared, old, now }) => {
  const [before, after] = [policyOf([...shared, ...old]), policyOf([...shared, ...now])]
  for (const wideningOnly of [true, false]) {
    const difference = differenceOf(before, after, { wideningOnly })
    expect(isWidening(difference)).toBe(true)
    expect(difference.undecided).toEqual([])
  }
  expect(isWidening(differenceOf(after, before))).toBe(false)
})

test('a push to a remote that is only known when it runs is found, though its branch is known', () => {
  const allow = '**Allow** `git:*:push{remote:*}` except `git:main:push`'
  const before = policyOf([allow, '**Limit** `git:*:push{remote:origin}`'])
  const { changes, undecided } = differenceOf(before, policyOf([allow]), { wideningOnly: true })
  expect(undecided).toEqual([])
  expect(changes).toMatchObject([
    { from: 'deny', to: 'allow', witnesses: [{ request: { attributes: { remote: '*' } } }] },
  ])
})

test('an agent whom only what counts besides speaks to is looked at, too', () => {
  const allow = '**Allow** `git:*:push`'
  const [before, after] = [policyOf([allow, '**Ask** `git:*:push`']), policyOf([allow])]
  const options = { wideningOnly: true, agents: ['coder', 'tester'] }
  const given = policyOf([allow, '**Deny** `git:*:push` for `coder`'])
  expect(differenceOf(before, after, { ...options, given }).changes).toMatchObject([
    { agent: 'coder', from: 'ask', to: 'allow' },
  ])
  expect(isWidening(differenceOf(before, after, { ...options, given: policyOf([allow]) }))).toBe(false)
})

test.each([
  {
    what: 'a host whose last label begins with a digit',
    old: [],
    now: ['**Allow** `http:*.1password:*:get`'],
  },
  {
    what: 'a word that a pattern of options means, and that is no option',
    old: ['**Allow** `shell:rm *`', '**Deny** `shell:rm -* /`'],
    now: ['**Allow** `shell:rm *`', '**Deny** `shell:rm -* /` except `shell:rm -- /`'],
  },
  {
    what: 'a host that cannot be read',
    old: ['**Ask** `http:x.com:*`', '**Deny** `http:y.com:*`'],
    now: ['**Ask** `http:x.com:*`'],
  },
  { what: 'a program with the name of an option', old: [], now: ['**Allow** `shell:-x *`'] },
  { what: 'a name that is not known', old: ['**Allow** `env:?*`'], now: ['**Allow** `env:*`'] },
])('$what is looked at', ({ old, now }) => {
  expect(isWidening(differenceOf(policyOf(old), policyOf(now), { wideningOnly: true }))).toBe(true)
  expect(isWidening(differenceOf(policyOf(now), policyOf(old), { wideningOnly: true }))).toBe(false)
})

const git = '**Allow** `shell:git *`'
const closedTop = ['**Allow** `file:**:write`', '**Deny** `file:?/**:write`']

test.each([
  {
    what: 'another option',
    old: [git, '**Deny** `shell:git push --force`'],
    now: [git, '**Deny** `shell:git push --delete`'],
  },
  {
    what: 'another of two options',
    old: [git, '**Deny** `shell:git push --force -x`'],
    now: [git, '**Deny** `shell:git push --force -y`'],
  },
  {
    what: 'an option that goes to another command',
    old: [git, '**Deny** `shell:git push --force`', '**Deny** `shell:git tag --delete`'],
    now: [git, '**Deny** `shell:git push`', '**Deny** `shell:git tag --force`'],
  },
  {
    what: 'an option of each of two programs',
    old: [git, '**Deny** `shell:git push`'],
    now: [git, '**Deny** `shell:{git,npm} push --force`', '**Deny** `shell:{git,npm} push --delete`'],
  },
  {
    what: 'one of two commands of two programs',
    old: [git, '**Deny** `shell:{git,npm} push --force`', '**Deny** `shell:{git,npm} tag --delete`'],
    now: [git, '**Deny** `shell:{git,npm} push`'],
  },
  {
    what: 'what is only found in more steps than there are',
    old: [...closedTop, '**Deny** `file:*/s/**:write`'],
    now: closedTop,
    mostSteps: 300,
  },
  {
    what: 'what is not even compiled',
    old: [...closedTop, '**Deny** `file:*/s/**:write`'],
    now: closedTop,
    mostSteps: 10,
  },
  {
    what: 'an unknown branch on a remote that is named',
    old: ['**Allow** `git:?*:push{remote:origin}`'],
    now: ['**Allow** `git:*:push{remote:origin}`'],
  },
  {
    what: 'an unknown branch on a remote that nothing names',
    old: ['**Allow** `git:?*:push`', '**Deny** `git:*:push{remote:origin}`'],
    now: ['**Allow** `git:*:push`', '**Deny** `git:*:push{remote:origin}`'],
  },
  {
    what: 'an unknown branch on any remote',
    old: ['**Allow** `git:?*:push{remote:*}`'],
    now: ['**Allow** `git:*:push{remote:*}`'],
  },
  {
    what: 'an unknown branch without a remote',
    old: ['**Allow** `git:?*:push`', '**Allow** `git:*:push{remote:*}`'],
    now: ['**Allow** `git:*:push`'],
  },
  { what: 'a last label that begins like a number', old: [], now: ['**Allow** `http:*.0a:*:get`'] },
])('$what counts as widening', ({ old, now, mostSteps }) => {
  const options = { wideningOnly: true, ...(mostSteps !== undefined && { mostSteps }) }
  expect(isWidening(differenceOf(policyOf(old), policyOf(now), options))).toBe(true)
})

test('a host that is an address in another notation is no host that could be asked for', () => {
  const difference = differenceOf(policyOf([]), policyOf(['**Allow** `http:*.0xab:*:get`']))
  expect(difference).toEqual({ changes: [], undecided: [] })
})

const twoGone = ['**Deny** `file:*/s/**:write`', '**Deny** `file:*/t/**:write`']

test('however few steps there are, what may let more pass is not taken to let nothing more pass', () => {
  const [before, after] = [policyOf([...closedTop, ...twoGone]), policyOf(closedTop)]
  for (let mostSteps = 1; mostSteps < 20_000; mostSteps = Math.ceil(mostSteps * 1.2)) {
    const difference = differenceOf(before, after, { wideningOnly: true, mostSteps })
    expect([mostSteps, isWidening(difference)]).toEqual([mostSteps, true])
  }
})

const twoAsked = ['**Ask** `file:*/s/**:write`', '**Ask** `file:*/t/**:write`']
const closedOff = ['**Deny** `file:?/**:write`']
const opened = ['**Allow** `file:**:write`']

test.each([
  { what: 'go', shared: closedTop, old: twoGone, now: [], turn: 'removed deny allow' },
  { what: 'go as an Allow comes', shared: closedOff, old: twoGone, now: opened, turn: 'removed deny allow' },
  { what: 'come', shared: closedTop, old: [], now: twoGone, turn: 'added allow deny' },
  { what: 'come to ask', shared: closedTop, old: [], now: twoAsked, turn: 'added allow ask' },
  { what: 'ask no more', shared: closedOff, old: twoAsked, now: [], turn: 'removed ask deny' },
])('of two lines alike that $what each is told', ({ shared, old, now, turn }) => {
  const { changes } = differenceOf(policyOf([...shared, ...old]), policyOf([...shared, ...now]))
  const told = changes.filter(({ capability }) => capability.pattern !== '**')
  expect(told.map(({ capability }) => capability.pattern)).toEqual(['*/s/**', '*/t/**'])
  for (const { side, from, to } of told) expect(`${side} ${from} ${to}`).toBe(turn)
})

test.each([
  { what: 'the first that one thinks of', hole: 'src/x' },
  { what: 'the first that is found', hole: 'src/?' },
  { what: 'one that people know', hole: 'src/known', familiar: true },
])('no line is told by what it leaves out, be it $what', ({ hole, familiar = false }) => {
  const after = policyOf([
    `**Allow** \`file:src/*:read\` except \`file:${hole}:read\``,
    `**Allow** \`file:${hole}:read\``,
  ])
  const known = { resource: 'file', target: '/work/shop/src/known' } as const
  const { changes } = differenceOf(policyOf([]), after, { familiar: familiar ? [known] : [] })
  expect(changes.map(({ capability }) => capability.pattern)).toEqual(['src/*', hole])
  for (const { rule, witnesses } of changes) for (const witness of witnesses) expect(witness.after).toBe(rule)
})

test('a port is shown as people know it only where that one comes out so, too', () => {
  const shared = ['**Allow** `http:*:get`', '**Deny** `http:x.b.com:*`']
  const before = policyOf([...shared, '**Deny** `http:*.b.com:80:get`'])
  const { changes } = differenceOf(before, policyOf(shared))
  expect(changes).toMatchObject([{ from: 'deny', to: 'allow', witnesses: [{}] }])
  expect(changes[0]?.witnesses[0]?.request.target).toMatch(/:80$/)
})

test('of commands that people know those are shown that come out so with all that they do in turn', () => {
  const words = [['sudo', 'sh'], ['sudo'], ['sudo', '-v'], ['sudo', '-k']]
  const familiar = words.map((each) => ({ resource: 'shell' as const, target: each.join(' '), words: each }))
  const { changes } = differenceOf(policyOf([]), policyOf(['**Allow** `shell:sudo *`']), { familiar })
  const shown = changes.map(({ witnesses }) => witnesses.map(({ request }) => request.target))
  expect(shown).toEqual([['sudo', 'sudo -v']])
})

test('of many lines an Ask is told for what it lets go on, too, where it also stops something', () => {
  const gone = Array.from({ length: 60 }, (_, index) => `**Allow** \`file:gone/${index}:read\``)
  const shared = ['**Allow** `file:src/x:read`']
  const after = policyOf([...shared, '**Ask** `file:src/*:read`'])
  const ways = differenceOf(policyOf([...shared, ...gone]), after)
    .changes.filter(({ rule }) => rule.effect === 'ask')
    .map(({ from, to }) => `${from} ${to}`)
  expect(ways.sort()).toEqual(['allow ask', 'deny ask'])
})

test('an Ask that is withheld no longer gives leave to ask', () => {
  const rules = rulesOf(['**Ask** `file:**:write`', '**Deny** `file:?/**:write`'])
  const [ask, deny] = rules as [Rule, Rule]
  const [before, after] = [compiled([{ ...ask, withheld: true }, deny]), compiled([ask, deny])]
  expect(isWidening(differenceOf(before, after, { wideningOnly: true }))).toBe(true)
})
