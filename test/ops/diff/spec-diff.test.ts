import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { readSpecDifference, type SpecDifference } from '../../../src/ops/diff/spec-diff.ts'
import { printWitness } from '../../../src/policy/analysis/witness.ts'

const narrow = '# Agent\n\n- **Allow** `file:src/**:read,write` — the code\n'

function git(cwd: string, ...words: string[]): void {
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'init.defaultBranch=main']
  execFileSync('git', [...who, ...words], { cwd, stdio: 'ignore' })
}

function write(cwd: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true })
    writeFileSync(join(cwd, path), text)
  }
}

function commit(cwd: string, files: Readonly<Record<string, string>>): void {
  write(cwd, files)
  git(cwd, 'add', '-A')
  git(cwd, 'commit', '-q', '-m', 'next')
}

/** A repository with a commit for each spec. */
function repository(...specs: readonly string[]): string {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'oos-diff-')))
  git(cwd, 'init', '-q')
  for (const spec of specs) commit(cwd, { 'package.json': '{}', 'src/a.ts': '', '.agent-os/AGENT.md': spec })
  return cwd
}

function difference(cwd: string, range?: string): SpecDifference {
  return readSpecDifference({ cwd, env: process.env, now: 0, ...(range !== undefined && { range }) })
}

/** `allow file:package.json:write by .agent-os/AGENT.md:3` */
function told(found: SpecDifference): readonly string[] {
  return found.changes.flatMap(({ to, rule, witnesses }) =>
    witnesses.map(
      ({ request }) => `${to} ${printWitness(request, found)} by ${rule.source.file}:${rule.source.line}`,
    ),
  )
}

function failure(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return undefined
}

const rewordings = {
  'another reason': narrow.replace('the code', 'where the code lies'),
  'more prose': narrow.replace('# Agent', '# Agent\n\nBe kind.'),
  'two rules for one': '- **Allow** `file:src/**:read`\n- **Allow** `file:src/**:write`\n',
  'the other spelling': '- **Allow** `capability://file/./src/**?action=read,write`\n',
  'what was allowed anyhow': `${narrow}- **Allow** \`file:src/lib/*.ts:read\`\n`,
  'a Deny of what nothing allowed': `${narrow}- **Deny** \`file:docs/**:write\`\n`,
  'braces written out': '- **Allow** `file:{src,src/a}/**:read,write`\n',
}

test.for(Object.entries(rewordings))('%s changes nothing', ([, reworded]) => {
  const found = difference(repository(narrow, reworded), 'HEAD~1..HEAD')
  expect(told(found)).toEqual([])
  expect(found).toMatchObject({ widens: false, undecided: [], terms: [] })
})

test('src/** swapped for ** newly allows package.json, by that line', () => {
  const found = difference(repository(narrow, narrow.replace('src/**', '**')), 'HEAD~1..HEAD')
  expect(told(found)).toContain('allow file:package.json:write by .agent-os/AGENT.md:3')
  expect(told(found)).toContain('allow file:package.json:read by .agent-os/AGENT.md:3')
  expect(found.widens).toBe(true)
})

test('the other way round it newly denies package.json, by the line that is gone', () => {
  const found = difference(repository(narrow.replace('src/**', '**'), narrow), 'HEAD~1..HEAD')
  expect(told(found)).toContain('deny file:package.json:write by .agent-os/AGENT.md:3')
  expect(found.changes.map(({ side, to }) => [side, to])).toContainEqual(['removed', 'deny'])
  expect(found.widens).toBe(false)
})

const edits = [
  {
    name: 'a Deny that goes',
    from: '- **Allow** `shell:*`\n- **Deny** `shell:rm *`\n',
    to: '- **Allow** `shell:*`\n',
    expected: 'allow shell:rm -rf .:execute',
    widens: true,
  },
  {
    name: 'an Ask that comes',
    from: '- **Allow** `shell:*`\n',
    to: '- **Allow** `shell:*`\n- **Ask** `shell:rm *`\n',
    expected: 'ask shell:rm -rf .:execute',
    widens: false,
  },
  {
    name: 'an except that comes',
    from: '- **Allow** `file:**:read`\n- **Deny** `file:**/*.pem:*`\n',
    to: '- **Allow** `file:**:read`\n- **Deny** `file:**/*.pem:*` except `file:test/**:*`\n',
    expected: 'allow file:test/.pem:read',
    widens: true,
  },
  {
    name: 'a host that becomes a wildcard',
    from: '- **Allow** `http:api.github.com:request`\n',
    to: '- **Allow** `http:*.github.com:request`\n',
    expected: 'allow http:x.github.com:request',
    widens: true,
  },
  {
    name: 'an amount that grows',
    from: '- **Allow** `agent:spawn{max:2}`\n',
    to: '- **Allow** `agent:spawn{max:5}`\n',
    expected: 'allow agent:x:spawn{max:3}',
    widens: true,
  },
  {
    name: 'a remote that is no longer named',
    from: '- **Allow** `git:main:push{remote:origin}`\n',
    to: '- **Allow** `git:main:push`\n',
    expected: 'allow git:main:push',
    widens: true,
  },
]

test.for(edits)('$name: $expected', ({ from, to, expected, widens }) => {
  const found = difference(repository(from, to), 'HEAD~1..HEAD')
  expect(told(found).map((line) => line.replace(/ by .*/, '').replace(/:execute$/, ''))).toContain(
    expected.replace(/:execute$/, ''),
  )
  expect(found.widens).toBe(widens)
})

const terms = [
  ['a longer timeout', '`run:*{timeout:5m}`', '`run:*{timeout:9m}`', 'timeout of a run', true],
  ['a shorter timeout', '`run:*{timeout:9m}`', '`run:*{timeout:5m}`', 'timeout of a run', false],
] as const

test.for(terms)('%s is told', ([, from, to, what, widens]) => {
  const found = difference(repository(`- **Limit** ${from}\n`, `- **Limit** ${to}\n`), 'HEAD~1..HEAD')
  expect(found.terms).toMatchObject([{ what, widens }])
  expect(found.widens).toBe(widens)
})

test('an Allow that expires later, more often or not at all allows more', () => {
  const lasting = (constraints: string) => `- **Allow** \`http:x.com:get${constraints}\`\n`
  const cwd = repository(
    lasting('{expires:2030-01-01T00:00:00Z,rate:5/min}'),
    lasting('{expires:2031-01-01T00:00:00Z,rate:5/s}'),
  )
  expect(difference(cwd, 'HEAD~1..HEAD').terms).toMatchObject([
    { what: 'expires of http:x.com:get', widens: true },
    { what: 'rate of http:x.com:get', from: '5/min', to: '5/s', widens: true },
  ])
})

test('what is no longer required allows more', () => {
  const found = difference(
    repository(`${narrow}- **Require** \`shell:npm test\` before done\n`, narrow),
    'HEAD~1..HEAD',
  )
  expect(found.terms).toMatchObject([{ what: 'what is required', widens: true }])
})

test('HEAD is compared with the working tree where no revision is named', () => {
  const cwd = repository(narrow)
  write(cwd, { '.agent-os/AGENT.md': narrow.replace('src/**', '**') })
  expect(told(difference(cwd))).toContain('allow file:package.json:write by .agent-os/AGENT.md:3')
})

test('three dots compare with where the two parted', () => {
  const cwd = repository(narrow)
  git(cwd, 'checkout', '-q', '-b', 'side')
  commit(cwd, { 'b.ts': '' })
  git(cwd, 'checkout', '-q', 'main')
  commit(cwd, { '.agent-os/AGENT.md': '# Nothing\n' })
  expect(told(difference(cwd, 'main...side'))).toEqual([])
  expect(difference(cwd, 'main..side').widens).toBe(true)
})

test('specs that come new are compared with none', () => {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'oos-diff-')))
  git(cwd, 'init', '-q')
  commit(cwd, { 'package.json': '{}' })
  commit(cwd, { '.agent-os/AGENT.md': narrow })
  expect(told(difference(cwd, 'HEAD~1..HEAD'))).toContain(
    'allow file:src/index.ts:write by .agent-os/AGENT.md:3',
  )
})

test('a project below the root of its repository is read from there', () => {
  const cwd = repository(narrow)
  commit(cwd, { 'packages/api/.agent-os/AGENT.md': narrow })
  commit(cwd, { 'packages/api/.agent-os/AGENT.md': narrow.replace('src/**', '**') })
  expect(told(difference(join(cwd, 'packages/api'), 'HEAD~1..HEAD'))).toContain(
    'allow file:package.json:write by .agent-os/AGENT.md:3',
  )
})

test('neither hooks, a watcher, a filter nor a replaced object have a say', () => {
  const cwd = repository(narrow, narrow.replace('src/**', '**'))
  const trap = join(cwd, '../trap')
  rmSync(trap, { force: true })
  for (const [name, value] of [
    ['core.fsmonitor', `touch ${trap}`],
    ['diff.x.textconv', `touch ${trap};cat`],
    ['filter.x.smudge', `touch ${trap};cat`],
    ['alias.ls-tree', `!touch ${trap}`],
  ] as const)
    git(cwd, 'config', name, value)
  write(cwd, { '.git/info/attributes': '* diff=x filter=x\n' })
  git(cwd, 'replace', 'HEAD', 'HEAD~1')
  const found = difference(cwd, 'HEAD~1..HEAD')
  expect(told(found)).toContain('allow file:package.json:write by .agent-os/AGENT.md:3')
  expect(() => realpathSync(trap)).toThrow()
})

test('a revision that is none is named', () => {
  const cwd = repository(narrow)
  for (const range of ['nowhere', 'nowhere..HEAD', '--output=x', 'HEAD~9'])
    expect(failure(() => difference(cwd, range))).toMatchObject({
      code: 'usage',
      message: `there is no revision \`${range.replace('..HEAD', '')}\``,
    })
})

test('outside a repository it says so', () => {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'oos-diff-')))
  write(cwd, { '.agent-os/AGENT.md': narrow })
  expect(failure(() => difference(cwd))).toMatchObject({ code: 'usage', hint: 'git init' })
})

test('specs that are wrong on one side are named with their line', () => {
  const cwd = repository('- **Allow** `flie:src/**:read`\n', narrow)
  expect(failure(() => difference(cwd, 'HEAD~1..HEAD'))).toMatchObject({
    code: 'spec-invalid',
    place: { file: '.agent-os/AGENT.md', line: 1 },
  })
})

test('a spec that is a symlink in a commit is refused', () => {
  const cwd = repository(narrow)
  symlinkSync('/etc/passwd', join(cwd, '.agent-os/OTHER.md'))
  git(cwd, 'add', '-A')
  git(cwd, 'commit', '-q', '-m', 'link')
  expect(failure(() => difference(cwd, 'HEAD~1..HEAD'))).toMatchObject({ code: 'spec-invalid' })
})

test('runs no `git` that the project has put into the PATH', () => {
  const cwd = repository(narrow)
  write(cwd, { 'node_modules/.bin/git': '#!/bin/sh\ntouch ran\n' })
  chmodSync(join(cwd, 'node_modules/.bin/git'), 0o755)
  vi.stubEnv('PATH', `${join(cwd, 'node_modules/.bin')}:${process.env.PATH}`)
  try {
    expect(difference(cwd).changes).toEqual([])
    expect(existsSync(join(cwd, 'ran'))).toBe(false)
  } finally {
    vi.unstubAllEnvs()
  }
})
