import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { executable, oos } from '../cli/oos.ts'
import {
  command,
  expectOneMessage,
  expectPlainWords,
  listRuns,
  makeProject,
  type Project,
  rules,
  status,
} from './bad-input.ts'

const setting = (value: string) => `| Setting | Value |\n|---|---|\n| database.path | ${value} |\n`
const spec = '.agent-os/AGENT.md'

describe('a spec', () => {
  test.each([
    { is: 'of other bytes than UTF-8', text: Buffer.from([0x2d, 0x20, 0xc3, 0x28]), says: 'UTF-8' },
    { is: 'of UTF-16', text: Buffer.from('\ufeff- **Deny** `env:A`', 'utf16le'), says: 'UTF-16' },
    { is: 'cut off in a capability', text: '- **Allow** `file:src', says: 'looks like a rule and is none' },
    { is: 'cut off in its front matter', text: '---\nname: x\n', says: 'front matter' },
    { is: 'cut off in a fence', text: '```\n- **Deny** `env:A`\n', says: 'code fence is not closed' },
    { is: 'one edit away from a rule', text: '- **Dney** `env:A`\n', says: 'looks like a rule and is none' },
    {
      is: 'of half a rule',
      text: '- **Allow** `env:A` excpt `env:B`\n',
      says: '`excpt` is no part of a rule',
    },
    {
      is: 'about an unknown resource',
      text: '- **Allow** `fiel:src/**:read`\n',
      says: '`fiel` is not a resource',
    },
    {
      is: 'of an unknown action',
      text: '- **Allow** `file:src/**:raed`\n',
      says: '`raed` is not an action of `file`',
    },
    {
      is: 'of an unknown constraint',
      text: '- **Limit** `run:*{timeot:3s}`\n',
      says: '`timeot` is not a constraint of `run`',
    },
    { is: 'of an unknown unit', text: '- **Limit** `run:*{memory:4QB}`\n', says: '`QB` is not a unit here' },
    { is: 'without a unit', text: '- **Limit** `run:*{timeout:3}`\n', says: '`3` has no unit' },
  ])('$is starts nothing, and says where', ({ text, says }) => {
    const project = makeProject()
    writeFileSync(join(project.cwd, spec), text)
    expectOneMessage(oos(command('touch', 'ran'), project), { code: 2, says, hint: /oos spec check/ })
    expect(readdirSync(project.cwd).sort()).toEqual(['.agent-os', '.env', '.git'])
    const checked = oos(['spec', 'check'], project)
    expect(checked.stdout).toMatch(/^\.agent-os\/AGENT\.md:\d+:\d+ error .*[\s\S]*\n {2}fix /m)
    expect(checked.code).toBe(2)
  })

  test.each([
    { is: 'a folder', make: (path: string) => mkdirSync(path), says: 'is a folder, not a file' },
    {
      is: 'a link out of its folder',
      make: (path: string) => symlinkSync('/etc/passwd', path),
      says: 'symlink',
    },
    { is: 'a link to nowhere', make: (path: string) => symlinkSync('nowhere', path), says: 'AGENT.md' },
  ])('that is $is starts nothing', ({ make, says }) => {
    const project = makeProject({ '.agent-os/RUNBOOK.md': '# Runbook\n', [spec]: '' }, 'odd spec')
    rmSync(join(project.cwd, spec))
    make(join(project.cwd, spec))
    expectOneMessage(oos(command('true'), project), { code: 2, says, hint: /oos spec check/ })
  })
})

test('settings of two files that contradict each other are named with both places', () => {
  const project = makeProject({
    '.agent-os/PREFERRED_STACK.md': setting('a.db'),
    '.agent-os/STACK_PREFERENCES.md': setting('b.db'),
  })
  expectOneMessage(oos(command('true'), project), {
    code: 2,
    says: '.agent-os/STACK_PREFERENCES.md:3:1 `database.path` is `b.db` here and `a.db` in .agent-os/PREFERRED_STACK.md:3',
    hint: /oos spec check/,
  })
})

test('a spec edited while a run goes on changes nothing of it, is noticed, and is asked about next', async () => {
  const project = makeProject()
  const words = command('sh', '-c', 'echo up; read go; cat .env; cat src/new; true')
  const run = spawn(process.execPath, [executable, ...words], {
    ...project,
    env: { ...process.env, ...project.env },
  })
  const said = text(run.stderr)
  await once(run.stdout, 'data')
  writeFileSync(join(project.cwd, spec), rules.replace('**/.env', 'src/new'))
  mkdirSync(join(project.cwd, 'src'))
  writeFileSync(join(project.cwd, 'src/new'), 'new')
  const shown = text(run.stdout)
  run.stdin.end('go\n')
  expect(await once(run, 'exit')).toEqual([0, null])
  expect(await shown).toBe('new')
  expect(await said).toContain('oos: the specs changed while this ran: .agent-os/AGENT.md;')
  const [{ id } = { id: '' }] = listRuns(project)
  expect(oos(['runs', 'show', id], project).stdout).toContain('the specs changed while this ran')
  expect(oos(['run', '--', 'true'], project)).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(
      /newly allowed +file:\.env:write .* - .*\*\*Deny\*\* `file:\*\*\/\.env:\*`/,
    ),
  })
})

describe('a command that cannot start', () => {
  const tool = '.venv/bin/tool-of-its-own'
  const files = { 'build.sh': '#!/bin/sh\n', 'old.sh': '#!/no/such/shell\n', 'src/a': '', [tool]: '' }
  test.each([
    { word: 'gti', says: 'there is no program `gti`', hint: /did you mean `git`\?/ },
    {
      word: '/usr/bin/gti',
      says: 'there is no program `/usr/bin/gti`',
      hint: /did you mean `\/usr\/bin\/git`\?/,
    },
    { word: 'no-such-command-here', says: 'there is no program `no-such-command-here`', hint: /PATH/ },
    {
      word: 'git  --version',
      says: 'there is no program `git  --version`',
      hint: /oos run -- git --version$/,
    },
    { word: '/usr/bin/env a', says: 'there is no program', hint: /oos run -- \/usr\/bin\/env a$/ },
    { word: "ls 'a' | wc", says: 'there is no program', hint: /oos run -- sh -c 'ls '\\''a'\\'' \| wc'$/ },
    { word: 'src a', says: 'there is no program `src a`', hint: /PATH/ },
    { word: './build.sh', says: '`./build.sh` is not executable', hint: /chmod \+x '\.\/build\.sh'/ },
    { word: '/etc/passwd', says: '`/etc/passwd` is not executable', hint: /^ +ls -l '\/etc\/passwd'$/ },
    { word: './users', says: '`./users` is not executable', hint: /^ +ls -l '\.\/users'$/ },
    { word: 'build.sh', says: 'there is no program `build.sh`', hint: /did you mean `\.\/build\.sh`\?/ },
    { word: './src', says: '`./src` is a folder', hint: /ls/ },
    {
      word: 'tool-of-its-own',
      says: 'there is no program `tool-of-its-own`',
      hint: /in this folder there is `\.venv\/bin\/tool-of-its-own`$/,
      executable: true,
    },
    { word: './old.sh', says: 'there is no such program', hint: /head -1/, executable: true },
    {
      word: './odl.sh',
      says: 'there is no program `./odl.sh`',
      hint: /did you mean `\.\/old\.sh`\?/,
      executable: true,
    },
  ])('$word is named with what was meant', ({ word, says, hint, executable: isProgram }) => {
    const project = makeProject(files)
    symlinkSync('/etc/passwd', join(project.cwd, 'users'))
    if (isProgram) for (const name of ['old.sh', tool]) chmodSync(join(project.cwd, name), 0o755)
    expectOneMessage(oos(command(word), project), { code: 2, says, hint })
    expect(existsSync(join(project.cwd, '.git/commondir'))).toBe(false)
  })

  test.each([
    { words: ['runn'], says: 'unknown command `runn`', hint: /did you mean `run` or `runs`\?/ },
    { words: ['spec', 'chek'], says: 'unknown command `chek`', hint: /did you mean `check`\?/ },
    {
      words: ['run', '--trust-spec', '--', 'true'],
      says: 'unknown option',
      hint: /did you mean `--trust-specs`/,
    },
    { words: ['run', 'codr', '--', 'true'], says: 'no agent `codr`', hint: /did you mean the agent `coder`/ },
  ])('oos $words is no better known', ({ words, says, hint }) => {
    expectOneMessage(oos(words, makeProject()), { code: 2, says, hint })
  })
})

describe('one file by two names', () => {
  const linked = (text: string) => {
    const project = makeProject({ [spec]: text, 'real/key': 's3cret', 'real/open': 'open' })
    for (const name of ['one', 'two']) symlinkSync('real', join(project.cwd, name))
    symlinkSync(join(project.cwd, 'real/key'), join(project.cwd, 'key'))
    symlinkSync(project.cwd, `${project.cwd}-too`)
    return project
  }
  const open = '- **Allow** `shell:*`, `file:**:read,write`\n'
  test.each([
    { rule: '- **Deny** `file:two/**:*`\n- **Allow** `file:one/**:read,write`\n' },
    { rule: '- **Deny** `file:{absent,two}/k*:*`\n' },
    { rule: '- **Ask** `file:two/key:read`\n' },
    { rule: '- **Deny** `file:key:*`\n', refused: true },
    { rule: '- **Deny** `file:ROOT-too/real/key:*`\n' },
    { rule: '- **Deny** `file:ROOT-too/one/**:*`\n' },
  ])('is closed where a rule closes one of them: $rule', ({ rule }) => {
    const project = linked(open)
    writeFileSync(join(project.cwd, spec), open + rule.replaceAll('ROOT', project.cwd))
    const names = ['real/key', 'one/key', 'two/key', 'key']
    const input = names.map((name) => `file:${name}:read\n`).join('')
    const answers = oos(['explain', '--stdin', '--json'], { ...project, input })
      .stdout.trim()
      .split('\n')
    expect(answers.map((line) => JSON.parse(line).effect)).not.toContain('allow')
    const ended = oos(command('sh', '-c', 'cat real/key one/key two/key key; true'), project)
    expect(ended.stdout).not.toContain('s3cret')
    expectPlainWords({ ...ended, stderr: '' })
    expect(readFileSync(join(project.cwd, 'real/key'), 'utf8')).toBe('s3cret')
  })

  test('is closed where an exception of an Allow names one of them', () => {
    const project = linked('- **Allow** `shell:*`\n- **Allow** `file:**:read` except `file:two/key:read`\n')
    expect(oos(command('sh', '-c', 'cat real/key; cat real/open'), project).stdout).toBe('open')
  })

  test('is opened by no link: a repository can carry one to anywhere', () => {
    const project = makeProject({ [spec]: '- **Allow** `shell:*`, `file:src/**:read,write`\n', 'src/a': 'a' })
    const target = makeProject({ private: 'private' }).cwd
    symlinkSync(target, join(project.cwd, 'src/out'))
    writeFileSync(
      join(project.cwd, spec),
      '- **Allow** `shell:*`, `file:src/**:read`, `file:src/out/**:read,write`\n',
    )
    expect(
      oos(command('sh', '-c', 'cd src; cat out/private'), { ...project, cwd: join(project.cwd, 'src') })
        .stdout,
    ).toBe('')
  })
})

describe('10,000 files that a Deny matches', () => {
  let project: Project
  afterEach(() => rmSync(project.cwd, { recursive: true }))
  const keys = (path: (number: number) => string) => {
    project = makeProject({
      ...Object.fromEntries(Array.from({ length: 10_000 }, (_, number) => [path(number), 's3cret'])),
      [spec]: rules.replace('**/.env', '**/*.pem'),
    })
  }

  test('close their folder where they lie in one', () => {
    keys((number) => `keys/${number}.pem`)
    const before = status(project)
    const ended = oos(command('sh', '-c', 'cat keys/77.pem; ls -A keys; cat .env'), project)
    expect(ended).toMatchObject({ code: 0, stdout: 'SECRET=s3cret' })
    expect(status(project)).toBe(`${before.replace('?? keys/\n', '?? keys/\n!! .oos/\n')}`)
  })

  test('are refused where each lies in a folder of its own, with the folder to deny', () => {
    keys((number) => `keys/${number}/a.pem`)
    expectOneMessage(oos(command('true'), project), {
      code: 4,
      says: '.agent-os/AGENT.md:4:1 this machine cannot hold **Deny** `file:**/*.pem:*`',
      hint: /- \*\*Deny\*\* `file:keys\/\*\*:\*`/,
    })
  })
})

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = ''
  for await (const chunk of stream) all += chunk
  return all
}
