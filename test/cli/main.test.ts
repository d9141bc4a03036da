import { spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readVersion } from '../../src/shared/package.ts'
import { executable, makeTree, oos } from './oos.ts'

const cwd = makeTree({})

test.each(['--version', '-V'])('%s prints the version of the package', (flag) => {
  expect(oos([flag], { cwd })).toEqual({ code: 0, stdout: `${readVersion()}\n`, stderr: '' })
})

test('help names every group and an example, on stdout', () => {
  const { code, stdout, stderr } = oos(['--help'], { cwd })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const word of ['Rules:', 'Runs:', 'Set up:', 'Everywhere:', '$ oos']) expect(stdout).toContain(word)
})

test.each([['--help'], ['trust', '--help']])('%s keeps to a narrow terminal', (...words) => {
  const { stdout } = oos(words, { cwd, env: { COLUMNS: '40' } })
  expect(stdout.split('\n').filter((line) => line.length > 40 && !/^(?:oos|Usage:) /.test(line))).toEqual([])
})

test('help names no default that a person could not type', () => {
  expect(oos(['run', '--help'], { cwd }).stdout).not.toContain('[]')
})

test('no words at all print the help', () => {
  expect(oos([], { cwd }).stdout).toBe(oos(['--help'], { cwd }).stdout)
})

test.each([
  { words: ['help', 'spec', 'check'], shows: 'Usage: oos spec check' },
  { words: ['spec', 'check', '--help'], shows: 'Usage: oos spec check' },
  { words: ['help', 'runs'], shows: 'verify' },
  { words: ['help', '--json'], shows: 'Set up' },
  { words: ['spec', '--help'], shows: 'coverage' },
])('$words shows $shows', ({ words, shows }) => {
  expect(oos(words, { cwd })).toMatchObject({ code: 0, stdout: expect.stringContaining(shows), stderr: '' })
})

test.each([
  {
    name: 'an unknown command',
    words: ['compltion'],
    says: ['unknown command `compltion`', 'did you mean `completion`?'],
  },
  {
    name: 'a command that stands below another',
    words: ['chekc'],
    says: ['unknown command `chekc`', 'did you mean `oos spec check`?'],
  },
  {
    name: 'a command that stands below another, and looks like one that does not',
    words: ['test'],
    says: ['unknown command `test`', 'did you mean `oos spec test`?'],
  },
  {
    name: 'two dashes without a command of oos before them',
    words: ['--no-color', '--', 'npm', 'test', 'a b'],
    says: ['no command of oos stands before `--`', "oos run -- npm test 'a b'"],
  },
  { name: 'two dashes in front of a command of oos', words: ['--', 'runs', 'show'], says: ['oos runs show'] },
  { name: 'two dashes alone', words: ['--'], says: ['oos --help'] },
  {
    name: 'help about an unknown command',
    words: ['help', 'compltion'],
    says: ['unknown command `compltion`', 'did you mean `completion`?'],
  },
  {
    name: 'an unknown word behind a command that has others below it',
    words: ['runs', 'shwo', 'x'],
    says: ['unknown command `runs shwo`', 'did you mean `oos runs show`?'],
  },
  {
    name: 'a misspelt option of a run',
    words: ['run', '--dryrun', '--', 'ls'],
    says: ['unknown option `--dryrun`', 'did you mean `--dry-run`?'],
  },
  {
    name: 'to trust specs and not to trust them',
    words: ['run', '--trust-specs', '--untrusted', '--', 'ls'],
    says: ['`--untrusted` cannot be used with option `--trust-specs`'],
  },
  {
    name: 'to take back an agreement and to change nothing',
    words: ['trust', '--revoke', '--dry-run'],
    says: ['`--revoke` cannot be used with option `--dry-run`'],
  },
  {
    name: 'an unknown option',
    words: ['runs', '--nope'],
    says: ['unknown option `--nope`', 'oos runs --help'],
  },
  {
    name: 'a missing argument',
    words: ['completion'],
    says: ['missing required argument `shell`', 'oos completion --help'],
  },
  {
    name: 'too many words',
    words: ['runs', 'verify', 'a', 'b'],
    says: ['too many arguments', 'oos runs verify --help'],
  },
  {
    name: 'a run where its command is missing',
    words: ['runs', '4VQ8K2MD', '--no-color'],
    says: ['too many arguments', 'oos runs show 4VQ8K2MD'],
  },
  { name: 'a word that only groups', words: ['spec'], says: ['a command is missing', 'oos spec --help'] },
])('$name exits 2 and says what to type', ({ words, says }) => {
  const { code, stdout, stderr } = oos(words, { cwd })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  for (const part of says) expect(stderr).toContain(part)
})

test('with --json an error is a versioned document on stdout, and stderr is silent', () => {
  const { code, stdout, stderr } = oos(['compltion', '--json'], { cwd })
  expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
  expect(JSON.parse(stdout)).toEqual({
    version: 1,
    error: { code: 'usage', message: 'unknown command `compltion`', hint: 'did you mean `completion`?' },
  })
})

test.each([
  { words: ['--version'], command: 'version', data: { version: readVersion() } },
  { words: ['-V'], command: 'version', data: { version: readVersion() } },
  { words: ['--help'], command: 'help', data: { text: expect.stringContaining('Set up:') } },
  {
    words: ['explain', '--help'],
    command: 'help',
    data: { text: expect.stringMatching(/^Usage: oos explain.*Example:\n {2}\$ oos explain/s) },
  },
])('with --json $words is a document, too', ({ words, command, data }) => {
  const { code, stdout } = oos([...words, '--json'], { cwd, env: { FORCE_COLOR: '1' } })
  expect({ code, answer: JSON.parse(stdout) }).toEqual({ code: 0, answer: { version: 1, command, data } })
})

test('what a person typed cannot drive the terminal', () => {
  expect(oos(['\x1b[2Jx'], { cwd }).stderr).toContain('\\e[2Jx')
})

const sequence = '\x1b['
test.each([
  { name: 'a pipe', env: {}, words: [], colored: false },
  { name: 'FORCE_COLOR', env: { FORCE_COLOR: '1' }, words: [], colored: true },
  { name: 'FORCE_COLOR and --no-color', env: { FORCE_COLOR: '1' }, words: ['--no-color'], colored: false },
  { name: 'NO_COLOR', env: { NO_COLOR: '1' }, words: [], colored: false },
])('colour with $name: $colored', ({ env, words, colored }) => {
  const { stderr } = oos(['nope', ...words], {
    cwd,
    env: { NO_COLOR: undefined, FORCE_COLOR: undefined, ...env },
  })
  expect(stderr.includes(sequence)).toBe(colored)
})

test('it works through a symlink, as npm installs it', () => {
  const link = join(cwd, 'oos-link')
  symlinkSync(executable, link)
  const { stdout } = spawnSync(process.execPath, [link, '--version'], { cwd, encoding: 'utf8' })
  expect(stdout).toBe(`${readVersion()}\n`)
})

test('a Node that is too old gets one line and exit 4', () => {
  const preload = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2', napi: '9' } })`
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [`--import=data:text/javascript,${encodeURIComponent(preload)}`, executable],
    {
      cwd,
      encoding: 'utf8',
    },
  )
  expect({ status, stdout }).toEqual({ status: 4, stdout: '' })
  expect(stderr).toMatch(/^oos: needs Node 22\.14 or newer, and this is 20\.20\.2; .*\n$/)
})

test('compiled code is cached in a folder that is the owner’s alone', () => {
  const cache = join(makeTree({ 'cache/.keep': '' }), 'cache')
  oos(['--help'], { cwd, env: { XDG_CACHE_HOME: cache, NODE_COMPILE_CACHE: undefined } })
  expect(readdirSync(join(cache, 'oos/compile'))).not.toEqual([])
  expect(statSync(join(cache, 'oos')).mode & 0o777).toBe(0o700)
})

test('compiled code is cached where Node is told to keep its own', () => {
  const folder = makeTree({ '.agent-os/AGENT.md': '# Rules\n' })
  const env = { XDG_CACHE_HOME: join(folder, 'cache'), NODE_COMPILE_CACHE: join(folder, 'compiled') }
  oos(['explain', 'file:a:read'], { cwd: folder, env })
  expect(readdirSync(env.NODE_COMPILE_CACHE)).toContainEqual(expect.stringMatching(/^quick-/))
  expect(existsSync(join(env.XDG_CACHE_HOME, 'oos/compile'))).toBe(false)
})

test.each([
  { name: 'without HOME', env: { HOME: undefined, XDG_CACHE_HOME: undefined } },
  { name: 'with a HOME that is a file', env: { HOME: '/dev/null', XDG_CACHE_HOME: undefined } },
  { name: 'with a relative cache folder', env: { XDG_CACHE_HOME: 'here' } },
])('help works $name, and writes nothing here', ({ env }) => {
  const folder = makeTree({})
  expect(oos(['--help'], { cwd: folder, env: { ...env, NODE_COMPILE_CACHE: undefined } }).code).toBe(0)
  expect(readdirSync(folder)).toEqual([])
})

test('a folder that is gone is an error with a way on', () => {
  const folder = makeTree({})
  mkdirSync(join(folder, 'gone'))
  const script = 'cd gone && rmdir "$PWD" && exec "$0" "$1" runs'
  const { status, stderr } = spawnSync('sh', ['-c', script, process.execPath, executable], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(status).toBe(2)
  expect(stderr).toContain('the folder you stand in is gone')
  rmSync(folder, { recursive: true })
})

test('a reader that stops reading is no error', () => {
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', '"$0" "$1" --help | true', process.execPath, executable],
    {
      cwd,
      encoding: 'utf8',
    },
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

test.each([
  { words: ['--version'], code: 1, says: 'no room is left on the disk' },
  { words: ['--help'], code: 1, says: 'no room is left on the disk' },
  { words: ['explain', '--json', 'nope'], code: 2, says: 'no `.agent-os`' },
])('$words says on stderr what a full disk does not take', ({ words, code, says }) => {
  const stdout = openSync('/dev/full', 'w')
  const { status, stderr } = spawnSync(process.execPath, [executable, ...words], {
    cwd,
    stdio: ['ignore', stdout, 'pipe'],
    encoding: 'utf8',
  })
  closeSync(stdout)
  expect({ status, lines: stderr.trim().split('\n').length }).toEqual({ status: code, lines: 2 })
  expect(stderr).toContain(says)
})
