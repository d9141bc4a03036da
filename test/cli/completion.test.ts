import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, symlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepLearnt } from '../../src/ops/learn/learnt-here.ts'
import { openStore } from '../../src/store/store.ts'
import { executable, makeTree, oos } from './oos.ts'

const cwd = makeTree({
  '.agent-os/AGENT.md': '',
  '.agent-os/agents/painter.md': '# Painter\n',
  '.agent-os/agents/$(id).md': '# Odd\n',
  'src/price.txt': '',
})
const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com']
for (const words of [
  ['init', '-q', '-b', 'main'],
  ['add', '-A'],
  [...author, 'commit', '-qm', 'x'],
  ['tag', 'v1'],
  ['tag', 'v2;id'],
  ['tag', 'v$(id)'],
])
  execFileSync('git', words, { cwd })
const run = recordRun()
const learnt = recordRun(true)

function recordRun(learning = false): string {
  const store = openStore(join(cwd, '.oos/data/atlas.db'), { now: Date.now })
  const created = { agent: 'command', command: ['a\nb'], cwd, policy: 'f'.repeat(64) }
  const { id } = store.createRun({ ...created, ...(learning && { learning }) })
  if (learning) {
    store.finishRun(id, { endedBy: 'exit', code: 0 })
    keepLearnt(store, id, { place: { root: cwd, home: homedir() }, env: process.env })
  }
  store.close()
  return id.slice(-8)
}

const isThere = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0

test.each(['bash', 'zsh', 'fish'])('the script for %s is one that the shell can read', (shell) => {
  const { code, stdout } = oos(['completion', shell], { cwd })
  expect(code).toBe(0)
  expect(stdout).toContain('complete --')
  const script = join(makeTree({ script: stdout }), 'script')
  if (isThere(shell)) expect(spawnSync(shell, ['-n', script]).status).toBe(0)
})

test.each([
  { what: 'branches', typed: ['spec', 'diff', ''] },
  { what: 'agents', typed: ['run', ''] },
])('offers no $what whose names a shell would run', ({ typed }) => {
  expect(oos(['complete', '--', ...typed], { cwd }).stdout).not.toMatch(/[;$]/)
})

test.each([
  { typed: ['exp'], offers: ['explain'] },
  { typed: ['spec', ''], offers: ['check', 'show', 'test', 'coverage'] },
  { typed: ['runs', ''], offers: ['show', 'verify'] },
  { typed: ['run', ''], offers: ['painter', 'coder'] },
  { typed: ['explain', '--agent', ''], offers: ['painter'] },
  { typed: ['explain', '--agent', 'painter', ''], offers: ['file:', 'shell:', 'http:', 'env:'] },
  { typed: ['explain', 'file:src/'], offers: ['file:src/price.txt:'] },
  { typed: ['explain', 'file:src/price.txt:'], offers: ['file:src/price.txt:read'] },
  { typed: ['explain', 'git:main:pu'], offers: ['git:main:push'] },
  { typed: ['spec', 'show', '--agent', ''], offers: ['painter'] },
  { typed: ['completion', ''], offers: ['bash', 'zsh', 'fish'] },
  { typed: ['spec', 'diff', ''], offers: ['HEAD', 'main', 'v1'] },
  { typed: ['spec', 'diff', 'main..'], offers: ['main..HEAD', 'main..v1'] },
  { typed: ['spec', 'backtest', 'v'], offers: ['v1'] },
  { typed: ['runs', 'show', ''], offers: [run] },
  { typed: ['runs', 'verify', ''], offers: [run] },
  { typed: ['runs', '--before', ''], offers: [run, learnt] },
  { typed: ['run', '--deny', 'file:src/'], offers: ['file:src/price.txt:'] },
  { typed: ['learn', ''], offers: [learnt] },
  { typed: ['explain', '--'], offers: ['--stdin', '--spec'] },
  { typed: ['spec', 'check', ''], offers: ['.agent-os/AGENT.md', '.agent-os/agents/painter.md'] },
  { typed: ['spec', 'check', 'x', '.agent-os/AG'], offers: ['.agent-os/AGENT.md'] },
])('$typed offers $offers', ({ typed, offers }) => {
  const words = oos(['complete', '--', ...typed], { cwd })
    .stdout.split('\n')
    .map((line) => line.split('\t')[0])
  expect(words).toEqual(expect.arrayContaining(offers))
})

test('where a request is typed already, or its pattern has one action, there is nothing to offer', () => {
  for (const typed of [['file:src/price.txt:read', ''], ['shell:npm:'], ['file:$(id):']])
    expect(oos(['complete', '--', 'explain', ...typed], { cwd }).stdout).toMatch(/^:\d+\n$/)
})

test('specs are offered by their way from where one stands, and other files are not', () => {
  const inside = join(cwd, 'src')
  const { stdout } = oos(['complete', '--', 'spec', 'check', ''], { cwd: inside })
  expect(stdout).toMatch(/^\.\.\/\.agent-os\/AGENT\.md\t/m)
  expect(stdout).not.toContain('price')
  expect(stdout).toMatch(/:4\n$/)
})

test('a run that learnt is offered, however many came after it', () => {
  for (let more = 0; more < 25; more += 1) recordRun()
  expect(oos(['complete', '--', 'learn', ''], { cwd }).stdout).toContain(learnt)
})

test('`oos learn` is offered no run that did not learn', () => {
  expect(oos(['complete', '--', 'learn', ''], { cwd }).stdout).not.toContain(run)
})

test('what is not for people is not offered', () => {
  const { stdout } = oos(['complete', '--', ''], { cwd })
  expect(stdout).not.toMatch(/^(?:tab-completion|complete)\t/m)
})

test.each([
  ['why', 'sr'],
  ['spec', 'coverage', '--annotate', ''],
  ['run', '--', 'np'],
  ['run', 'coder', '--', 'ls', ''],
])('for %s %s … the shell offers files by itself', (...typed) => {
  expect(oos(['complete', '--', ...typed], { cwd })).toMatchObject({ code: 0, stdout: ':0\n' })
})

/** What each shell makes of keys, typed into it at a terminal; nothing but the shell is installed for it. */
const shells = [
  {
    shell: 'bash',
    argv: ['bash', '--norc', '--noprofile', '-i'],
    load: 'source <(oos completion bash); source <(oos completion bash)',
  },
  {
    shell: 'zsh',
    argv: ['zsh', '-f', '-i'],
    load: 'autoload -Uz compinit && compinit -u -D; source <(oos completion zsh); source <(oos completion zsh)',
  },
  {
    shell: 'fish',
    argv: ['fish', '--no-config', '-i'],
    load: 'oos completion fish | source; oos completion fish | source',
  },
]

/** Before a tab, and what it makes of that. */
const tabs = [
  ['oos runs ver', 'oos runs verify '],
  ['oos run pain', 'oos run painter '],
  ['oos why src/pri', 'oos why src/price.txt'],
  ['oos run -- some-pro', 'oos run -- some-program-of-mine'],
  ['oos run painter -- cat src/pri', 'cat src/price.txt'],
  ['oos explain sh\tx', 'oos explain shell:x'],
  ['oos explain file:sr\tpri\tre', 'oos explain file:src/price.txt:read '],
  ['oos explain git:main:pu', 'oos explain git:main:push '],
  ['oos spec coverage --annotate .agent-os/AG', '--annotate .agent-os/AGENT.md'],
  ['oos runs show $(touch evil) src/pri', ''],
  ['oos run -- $(touch evil) src/pri', 'evil\\) src/price.txt'],
] as const

test.each(shells.filter(({ shell }) => isThere(shell)))(
  'a tab in $shell offers commands, agents and files, and runs nothing that was typed',
  ({ argv, load }) => {
    const home = makeTree({ 'bin/some-program-of-mine': '#!/bin/sh\n' })
    chmodSync(join(home, 'bin/some-program-of-mine'), 0o755)
    symlinkSync(executable, join(home, 'bin/oos'))
    symlinkSync(process.execPath, join(home, 'bin/node'))
    const steps = [
      ['send', `${load}; echo LOAD''ED\n`],
      ['expect', 'LOADED'],
      ...tabs.flatMap(([keys, shows]) => [
        ['send', `${keys}\t`],
        ['expect', shows],
        ['send', '\x15'],
      ]),
      ['send', 'exit\n'],
    ]
    const driver = join(import.meta.dirname, '../sandbox/process/terminal-driver.py')
    const PATH = `${home}/bin:/usr/bin:/bin`
    const { stdout } = spawnSync('python3', [driver, JSON.stringify({ argv, steps })], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, HOME: home, ZDOTDIR: home, PATH, TERM: 'dumb', PS1: '> ' },
    })
    const { missed, seen } = JSON.parse(stdout)
    expect(missed, seen).toBeNull()
    expect(seen).not.toMatch(/command not found|readonly|Unknown command/)
    expect(existsSync(join(cwd, 'evil'))).toBe(false)
  },
)

test('outside a project only the agents that ship are offered, and nothing fails', () => {
  const { code, stdout } = oos(['complete', '--', 'run', ''], { cwd: makeTree({}) })
  expect(code).toBe(0)
  expect(stdout).toContain('coder')
  expect(stdout).not.toContain('painter')
})

test('of a script there is no JSON', () => {
  const { code, stdout } = oos(['completion', 'bash', '--json'], { cwd })
  expect({ code, hint: JSON.parse(stdout).error.hint }).toEqual({ code: 2, hint: 'oos completion bash' })
})

test('a shell that is not known is an error', () => {
  expect(oos(['completion', 'csh'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('bash|zsh|fish'),
  })
})
