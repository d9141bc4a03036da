import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { executable, makeTree, oos } from '../cli/oos.ts'

const rules = `# Rules

- **Allow** \`file:**:read,write\`, \`git:*:commit\`
- **Allow** \`shell:sh *\` — scripts of the project
- **Deny** \`file:locked/**:write\` — not for agents
`

let place: { cwd: string; env: Record<string, string> }
beforeEach(() => {
  const cwd = makeTree({ '.agent-os/AGENT.md': rules, 'locked/a': 'a\n', f: 'one\n', '.gitignore': '.oos\n' })
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'oos-why-'))
  mkdirSync(join(home, 'bin'))
  symlinkSync(executable, join(home, 'bin/oos'))
  symlinkSync(process.execPath, join(home, 'bin/node'))
  const config = join(home, '.gitconfig')
  writeFileSync(config, '[user]\nname = a\nemail = a@example.com\n')
  place = {
    cwd,
    env: {
      HOME: home,
      GIT_CONFIG_GLOBAL: config,
      PATH: `${home}/bin:/usr/bin:/bin`,
      XDG_STATE_HOME: '',
      XDG_CACHE_HOME: '',
    },
  }
  for (const words of [
    ['init', '-qb', 'main'],
    ['add', '-A'],
    // git's times are whole seconds: a run that begins in the same one could have been before it.
    ['commit', '-qm', 'first', '--date', 'yesterday'],
  ])
    git(...words)
  oos(['hooks', 'install'], place)
})

const git = (...words: string[]) =>
  spawnSync('git', words, {
    cwd: place.cwd,
    env: { ...process.env, ...place.env },
    encoding: 'utf8',
  }).stdout.trim()
const run = (script: string) => {
  writeFileSync(join(place.cwd, '.git/do.sh'), script)
  oos(['run', '--trust-specs', '--', 'sh', '.git/do.sh'], place)
  return JSON.parse(oos(['runs', '--json'], place).stdout).data[0] as { id: string; policy: string }
}
const why = (what: string) => JSON.parse(oos(['why', what, '--json'], place).stdout).data
const say = (what: string) => oos(['why', what], place)

test('a commit leads to its run, to what was ordered, and to the rule that allowed it', () => {
  const { id } = run('echo two >> f; git commit -qam second')
  expect(why('HEAD').runs).toMatchObject([
    {
      id,
      known: 'recorded',
      command: ['sh', '.git/do.sh'],
      decisions: [{ rule: { file: '.agent-os/AGENT.md', line: 4 } }],
    },
  ])
  expect(say('HEAD').stdout).toMatch(
    /second\n.*seen by the check at its end\nordered {2}sh \.git\/do\.sh\n.*\.agent-os\/AGENT\.md:4/s,
  )
})

test('a line leads to the commit that wrote it, not to the last one', () => {
  const { id } = run('echo two >> f; git commit -qam second')
  writeFileSync(join(place.cwd, 'g'), 'x\n')
  git('add', 'g')
  git('commit', '-qm', 'by hand')
  expect(why('f:2')).toMatchObject({ line: { text: 'two' }, commit: { subject: 'second' }, runs: [{ id }] })
  expect(why('f:1')).toMatchObject({ commit: { subject: 'first' }, runs: [], unknown: [] })
  expect(say('g:1').stdout).toContain('none that the record knows')
})

test('what a person commits leads to the run that wrote it', () => {
  run('echo one >> g')
  git('add', 'g')
  git('commit', '-qm', 'by hand')
  const { id } = run('echo two >> f')
  run('echo three >> h')
  git('commit', '-qam', 'by hand, too')
  for (const what of ['f:2', 'HEAD']) expect(why(what)).toMatchObject({ runs: [], changedBy: [{ id }] })
  expect(say('f:2').stdout).toMatch(
    /none that the record knows.*\nbefore .* left this file other than before/,
  )
  expect(why('f:1')).toMatchObject({ commit: { subject: 'first' }, changedBy: [] })
})

test('of two runs at once the one that the commit names comes first, and that there were two is said', async () => {
  writeFileSync(join(place.cwd, '.git/wait.sh'), 'echo up; read go')
  const other = spawn(process.execPath, [executable, 'run', '--trust-specs', '--', 'sh', '.git/wait.sh'], {
    cwd: place.cwd,
    env: { ...process.env, ...place.env },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  await once(other.stdout, 'data')
  const { id } = run('echo two >> f; git commit -qam second')
  other.stdin.end('go\n')
  await once(other, 'exit')
  expect(why('HEAD').runs).toMatchObject([{ id, among: 2 }, { among: 2 }])
  expect(say('HEAD').stdout).toContain('as by those of 2 runs at once: one of them made it')
})

test('without its mark a commit is known by the record alone', () => {
  const { id } = run('echo two >> f; git commit -qam second --no-verify')
  expect(why('HEAD')).toMatchObject({ commit: { claims: [] }, runs: [{ id, known: 'recorded' }] })
})

test('a mark that somebody else has set is said to be no more than that', () => {
  const { id } = run('true')
  git(
    'commit',
    '-q',
    '--allow-empty',
    '--no-verify',
    '-m',
    `x\n\nOos-Run: ${id}\nOos-Policy: ${'0'.repeat(64)}`,
  )
  expect(why('HEAD').runs).toMatchObject([{ id, known: 'claimed', otherPolicy: '0'.repeat(64) }])
  expect(say('HEAD').stdout).toContain('only the message of the commit says so')
})

test.each([
  { by: 'that the record does not have', run: '01M8M3SWTBNG0CCZG10JRWHP08' },
  { by: 'that is no id', run: '%' },
])('a mark names a run $by: that is said', ({ run: id }) => {
  run('true')
  git('commit', '-q', '--allow-empty', '--no-verify', '-m', `x\n\nOos-Run: ${id}`)
  expect(why('HEAD')).toMatchObject({ runs: [], unknown: [id] })
  expect(say('HEAD').stdout).toContain('the record here has no such run')
})

test('words in the middle of a message are no mark', () => {
  git('commit', '-q', '--allow-empty', '--no-verify', '-m', 'x\n\nOos-Run: 1\n\nand more')
  expect(why('HEAD')).toMatchObject({ unknown: [] })
})

test('a line in no commit yet leads to the runs that changed the file', () => {
  const { id } = run('echo two >> f')
  expect(why('f:2')).toMatchObject({ line: { text: 'two' }, changedBy: [{ id }] })
  expect(why('f:2').commit).toBeUndefined()
})

test('a commit that was put away still tells which rule it broke', () => {
  const { id } = run(
    'git update-index --cacheinfo 100644,$(echo x | git hash-object -w --stdin),locked/a; git commit -qm evil --no-verify',
  )
  expect(say(`refs/oos/quarantine/${id}/heads/main`).stdout).toMatch(
    /it broke a rule: locked\/a \*\*Deny\*\*/,
  )
})

test('nothing that the repository names is run', () => {
  const trace = join(place.env.HOME ?? '', 'ran')
  const program = join(place.env.HOME ?? '', 'program')
  writeFileSync(program, `#!/bin/sh\necho x >> ${trace}\ncat\n`)
  chmodSync(program, 0o755)
  for (const name of ['filter.x.clean', 'filter.x.process', 'diff.x.textconv', 'core.fsmonitor'])
    git('config', name, program)
  writeFileSync(join(place.cwd, '.gitattributes'), '* filter=x diff=x\n')
  writeFileSync(join(place.cwd, 'f'), 'one\nmore\n')
  expect(why('f:1')).toMatchObject({ line: { text: 'one' }, commit: { subject: 'first' } })
  expect(existsSync(trace)).toBe(false)
})

test.each([
  { what: 'nope', says: 'there is no commit `nope`' },
  { what: 'f', says: '`f` is a file and no commit: name a line of it\n     oos why f:1\n' },
  { what: 'locked', says: '`locked` is a folder and no commit: name a line of a file in it' },
  { what: 'nofile:1', says: 'there is no file `nofile`' },
  { what: 'f:0', says: 'lines begin at 1\n     oos why f:1\n' },
  { what: 'f:99', says: 'git knows no line 99 of `f`' },
  { what: '--upload-pack=x', says: 'unknown option' },
])('$what is an error', ({ what, says }) => {
  expect(say(what)).toMatchObject({ code: 2, stderr: expect.stringContaining(says) })
})
