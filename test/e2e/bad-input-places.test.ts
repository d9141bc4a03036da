import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, test } from 'vitest'
import { makePipes } from '../../src/sandbox/process/pipe.ts'
import { executable, makeTree, oos } from '../cli/oos.ts'
import {
  command,
  expectOneMessage,
  expectPlainWords,
  expectSound,
  listRuns,
  makeProject,
  oosWith,
  type Project,
  runWith,
  status,
} from './bad-input.ts'

let project: Project
beforeEach(() => {
  project = makeProject()
})

describe('a project folder', () => {
  test.each([
    { has: 'spaces', name: 'my  app ' },
    { has: 'a line break', name: 'my\napp' },
    { has: 'letters of other alphabets', name: 'прое́кт 日本 ü' },
    { has: 'what patterns and shells mean something by', name: `-*[a]{b,c}?'"$(x)\\%2F` },
    { has: 'control characters', name: 'a\u0007\u001b[31m\tb' },
  ])('may have $has in its name', ({ name }) => {
    const odd = makeProject({ 'src/a': 'a' }, name)
    oos(command('true'), odd)
    const before = status(odd)
    const ended = oos(['run', '--', 'sh', '-c', 'cat src/a; cat .env; echo b > src/b; pwd'], odd)
    expect(ended).toMatchObject({ code: 0, stdout: `a${odd.cwd}\n`, stderr: expect.stringContaining('.env') })
    expect(readFileSync(join(odd.cwd, 'src/b'), 'utf8')).toBe('b\n')
    expect(listRuns(odd)).toHaveLength(2)
    expect(status(odd)).toBe(before)
    expect(oos(['runs'], odd).stdout).not.toContain('\u001b[31m')
  })

  test('reached by a symbolic link is the same project', () => {
    oos(command('true'), project)
    const link = `${project.cwd}-link`
    symlinkSync(project.cwd, link)
    expect(oos(['run', '--', 'pwd'], { ...project, cwd: link })).toMatchObject({
      code: 0,
      stdout: `${project.cwd}\n`,
    })
    expect(listRuns(project)).toHaveLength(2)
  })

  test.each([
    { words: command('true') },
    { words: ['spec', 'check'] },
    { words: ['explain', 'shell:ls'] },
    { words: ['runs'] },
    { words: ['init', '--yes'] },
  ])('that is gone is said to be gone: oos $words', ({ words }) => {
    const script = 'cd gone && rmdir ../gone && exec "$@"'
    mkdirSync(join(project.cwd, 'gone'))
    const outcome = runWith([], ['sh', '-c', script, 'sh', process.execPath, executable, ...words], project)
    expectOneMessage(outcome, { code: 2, says: 'the folder you stand in is gone', hint: /cd/ })
  })

  test('whose name is no text is said to be out of reach', () => {
    const script = 'name=$(printf "a\\377b") && cp -r . "../$name" && cd "../$name" && exec "$@"'
    const words = ['sh', '-c', script, 'sh', process.execPath, executable, ...command('true')]
    expectOneMessage(runWith([], words, project), { code: 2, says: 'cannot be read', hint: /cd into/ })
  })

  test('that is read-only has no room for the record, so nothing runs', () => {
    const before = status(project)
    const outcome = oosWith(['--ro-bind', project.cwd, project.cwd], command('echo', 'ran'), project)
    expectOneMessage(outcome, {
      code: 1,
      says: `the project \`${project.cwd}\` cannot be written: the disk is read-only`,
      hint: /ls -ld/,
    })
    expect(outcome.stdout).toBe('')
    expect(status(project)).toBe(before)
  })

  test('that is read-only but for its record has no room for what protects it', () => {
    oos(command('true'), project)
    const before = status(project)
    const writable = ['.oos', '.git'].flatMap((name) => [
      '--bind',
      join(project.cwd, name),
      join(project.cwd, name),
    ])
    const mounts = ['--ro-bind', project.cwd, project.cwd, ...writable]
    const outcome = oosWith(mounts, ['run', '--', 'echo', 'ran'], project)
    expectOneMessage(outcome, { code: 1, says: 'cannot be written: the disk is read-only', hint: /ls -ld/ })
    expect(status(project)).toBe(before)
  })

  test('that is read-only can still be asked about', () => {
    const ask = (words: readonly string[]) => oosWith(['--ro-bind', project.cwd, project.cwd], words, project)
    expect(ask(['spec', 'check'])).toMatchObject({ code: 0, stderr: '' })
    expect(ask(['explain', 'file:.env:read'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('deny'),
    })
    expect(ask(['runs'])).toMatchObject({ code: 0, stderr: expect.stringContaining('no runs yet') })
  })
})

describe('HOME', () => {
  test.each([
    { is: 'not set', HOME: undefined, says: 'HOME is not set', hint: /export HOME=/ },
    { is: 'empty', HOME: '', says: 'HOME is not set', hint: /export HOME=/ },
    {
      is: 'no absolute path',
      HOME: 'home',
      says: 'HOME is `home`, which is no absolute path',
      hint: /export HOME=/,
    },
    {
      is: 'a file',
      HOME: '/etc/passwd',
      says: 'HOME is `/etc/passwd`, which is no folder',
      hint: /export HOME=/,
    },
    {
      is: 'not there',
      HOME: '/tmp/oos-no-home/you',
      says: 'there is no such folder',
      hint: /mkdir '\/tmp\/oos-no-home\/you'/,
    },
  ])('that is $is stops a run', ({ HOME, says, hint }) => {
    const before = status(project)
    const outcome = oos(command('echo', 'ran'), { ...project, env: { ...project.env, HOME } })
    expectOneMessage(outcome, { code: 4, says, hint })
    expect(outcome.stdout).toBe('')
    expect(existsSync('/tmp/oos-no-home')).toBe(false)
    expect(status(project)).toBe(before)
  })

  test('that is not there stops no run that needs nothing of it', () => {
    const [cache, state] = [makeTree({}), makeTree({})]
    const env = { ...project.env, HOME: '/tmp/oos-no-home/you' }
    const run = (more: Readonly<Record<string, string>>) =>
      oos(command('echo', 'ran'), { ...project, env: { ...env, ...more } })
    expect(run({ XDG_CACHE_HOME: cache, XDG_STATE_HOME: state })).toMatchObject({ code: 0, stdout: 'ran\n' })
    for (const one of [{ XDG_CACHE_HOME: cache }, { XDG_STATE_HOME: state }])
      expectOneMessage(run(one), { code: 4, says: 'there is no such folder', hint: /mkdir/ })
    expect(existsSync('/tmp/oos-no-home')).toBe(false)
  })

  test('that is read-only stops a run unless other folders are named', () => {
    const readOnly = ['--ro-bind', project.home, project.home]
    oos(command('true'), project)
    const before = status(project)
    const outcome = oosWith(readOnly, ['run', '--', 'echo', 'ran'], project)
    expectOneMessage(outcome, {
      code: 4,
      says: 'cannot be written: the disk is read-only',
      hint: /XDG_CACHE_HOME and XDG_STATE_HOME/,
    })
    const elsewhere = makeTree({})
    const env = { ...project.env, XDG_CACHE_HOME: elsewhere, XDG_STATE_HOME: elsewhere }
    expect(oosWith(readOnly, command('echo', 'ran'), { ...project, env })).toMatchObject({
      code: 0,
      stdout: 'ran\n',
    })
    expect(status(project)).toBe(before)
  })
})

test.each(['XDG_CACHE_HOME', 'XDG_STATE_HOME'])(
  '%s where the kernel lets nobody make a folder is named',
  (name) => {
    const { code, stderr } = oos(command('true'), {
      ...project,
      env: { ...project.env, [name]: '/proc/none' },
    })
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('`/proc/none/oos/') })
    expect(stderr).toContain('set XDG_CACHE_HOME and XDG_STATE_HOME')
  },
)

test.each(['XDG_CACHE_HOME', 'XDG_STATE_HOME'])(
  '%s that is a file, in the project or not, is named',
  (name) => {
    writeFileSync(join(project.cwd, 'file'), '')
    for (const file of ['/etc/passwd', join(project.cwd, 'file')]) {
      const env = { ...project.env, [name]: file }
      const { code, stderr } = oos(command('true'), { ...project, env })
      expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining(`\`${file}/oos/`) })
      expect(stderr).toContain('cannot be written: something else lies in its place')
    }
  },
)

test.each([
  { name: '.oos', is: 'a file' },
  { name: '.oos/data', is: 'a file' },
  { name: '.oos', is: 'a pipe' },
  { name: '.oos/data', is: 'a pipe' },
])('$name that is $is is named, with the line that moves it away', ({ name, is }) => {
  const path = join(project.cwd, name)
  mkdirSync(dirname(path), { recursive: true })
  if (is === 'a file') writeFileSync(path, 'mine')
  else makePipes([path])
  const outcome = oos(command('echo', 'ran'), project)
  expect(outcome.stdout).toBe('')
  expectOneMessage(outcome, {
    code: 1,
    says: `\`${path}\` lies where a folder has to be`,
    hint: new RegExp(`mv ${path} ${path}.other`),
  })
  if (is === 'a file') expect(readFileSync(path, 'utf8')).toBe('mine')
  else expect(lstatSync(path).isFIFO()).toBe(true)
})

test.each([
  { is: 'a file', put: (path: string) => writeFileSync(path, '') },
  { is: 'a link to nowhere', put: (path: string) => symlinkSync('/nowhere', path) },
])('`.agent-os` that is $is is named, with the line that moves it away', ({ put }) => {
  const path = join(project.cwd, '.agent-os')
  rmSync(path, { recursive: true })
  put(path)
  for (const words of [command('true'), ['spec', 'check'], ['init', '--yes']])
    expectOneMessage(oos(words, project), {
      code: 2,
      says: `\`${path}\` is no folder`,
      hint: new RegExp(`mv ${path} ${path}.other && oos init`),
    })
  expect(existsSync(join(project.cwd, '.oos'))).toBe(false)
})

test("a person's own `.agent-os` that is a file is named", () => {
  writeFileSync(join(project.home, '.agent-os'), '')
  const { code, stdout } = oos(['spec', 'check'], project)
  expect({ code, stdout }).toEqual({
    code: 2,
    stdout: expect.stringContaining('~/.agent-os:1:1 error it is a file, not a folder: `.agent-os`'),
  })
})

test('a limit on the size of files is named', () => {
  oos(command('true'), project)
  const words = [
    'sh',
    '-c',
    'ulimit -f 0; exec "$@"',
    'sh',
    process.execPath,
    executable,
    'run',
    '--',
    'true',
  ]
  const says = 'not all could be written: no file may become that large here'
  expectOneMessage(runWith([], words, project), { code: 1, says, hint: /ulimit -f/ })
})

describe('a full disk', () => {
  const small = (folder: string, bytes: number) => ['--size', String(bytes), '--tmpfs', folder]

  test.each([4096, 20_480, 65_536])('of %s bytes for the record starts nothing', (bytes) => {
    oos(command('true'), project)
    const before = status(project)
    const outcome = oosWith(small(dirname(project.database), bytes), ['run', '--', 'touch', 'ran'], project)
    expectOneMessage(outcome, { code: 1, says: 'has no room left on its disk', hint: /df -h/ })
    expect(status(project)).toBe(before)
  })

  test.each([4096, 8192])('of %s bytes for what runs need besides the project starts nothing', (bytes) => {
    const state = makeTree({})
    const crowded = { ...project, env: { ...project.env, XDG_STATE_HOME: state } }
    oos(command('true'), crowded)
    const before = status(project)
    const outcome = oosWith(small(state, bytes), command('touch', 'ran'), crowded)
    const last = outcome.stderr.slice(outcome.stderr.lastIndexOf('oos: '))
    expectOneMessage(
      { ...outcome, stderr: last },
      { code: 4, says: 'no room is left on the disk', hint: /XDG_STATE_HOME/ },
    )
    expect(status(project)).toBe(before)
  })

  test('that a run has filled loses nothing that was recorded before', () => {
    const script = `
      oos() { "$node" "$bin" "$@"; }
      cp -r "$from"/.agent-os . && git init -q
      oos run --trust-specs -- true
      oos run -- sh -c 'head -c 9m /dev/zero > fill; echo filled'; echo "ended $?"
      oos run -- echo again; echo "ended $?"
      ls -A .git | grep -c commondir
      rm fill
      oos runs
      for id in $(oos runs --json | sed -n 's/^ *"id": "\\(.*\\)",/\\1/p'); do oos runs verify "$id"; done
      oos run -- echo room again`
    const disk = makeTree({})
    const env = { ...project.env, node: process.execPath, bin: executable, from: project.cwd }
    const ended = runWith(small(disk, 400_000), ['sh', '-c', script], { cwd: disk, env })
    expect(ended.stdout).toMatch(
      /^filled\nended 1\nended 1\n0\n[\s\S]*lost {4}command[\s\S]*exit 0 {2}command/,
    )
    expect(ended.stdout).toMatch(/(\w+ {2}intact {2}\d+ events\n){3}room again\n$/)
    expect(ended.stderr.match(/has no room left on its disk/g)).toHaveLength(2)
    expectPlainWords(ended)
  })
})

describe('a database', () => {
  const sql = (text: string) => {
    const database = new Database(project.database)
    database.exec(text)
    database.close()
  }
  beforeEach(() => {
    oos(command('true'), project)
  })

  test.each([
    {
      is: 'of noise',
      damage: () => writeFileSync(project.database, Buffer.alloc(9000, 'noise')),
      says: 'is damaged',
    },
    { is: 'cut off', damage: () => truncateSync(project.database, 5000), says: 'is damaged' },
    {
      is: 'of a newer oos',
      damage: () => sql('pragma user_version = 99'),
      says: 'written by a newer oos',
      hint: /npm install -g oos@latest/,
    },
    {
      is: 'of another program',
      damage: () => sql('pragma application_id = 7'),
      says: 'a database of another program',
      hint: /mv '/,
    },
    { is: 'a folder', damage: () => replace(mkdirSync), says: 'is not a file', hint: /ls -la/ },
    {
      is: 'a link',
      damage: () => replace((path) => symlinkSync('/etc/passwd', path)),
      says: 'is a symlink',
      hint: /ls -la/,
    },
  ])('that is $is is refused, left as it is, and nothing runs', ({ damage, says, hint = /\.recover/ }) => {
    damage()
    const before = status(project)
    const bytes = () =>
      says.includes('file') || says.includes('link') ? '' : readFileSync(project.database, 'latin1')
    const found = bytes()
    const run = oos(['run', '--', 'touch', 'ran'], project)
    expectOneMessage(run, { code: 1, says, hint })
    expectOneMessage(oos(['runs'], project), { code: 1, says, hint })
    expect(bytes()).toBe(found)
    expect(status(project)).toBe(before)
  })

  test('that was emptied is told of, and a new one begun by the next run', () => {
    truncateSync(project.database)
    const gone = 'has been emptied: what runs it held is gone'
    for (const words of [['runs'], ['spec', 'backtest']])
      expectOneMessage(oos(words, project), { code: 1, says: gone, hint: /next run begins a new record/ })
    expect(oos(['doctor'], project).stdout).toContain(gone)
    expect(oos(command('true'), project)).toMatchObject({ code: 0, stderr: expect.stringContaining(gone) })
    expect(oos(command('true'), project)).toMatchObject({ code: 0, stderr: '' })
    expect(listRuns(project)).toHaveLength(2)
  })

  test('that was made and never written to, as by an oos that was killed then, is a new one', () => {
    replace((path) => writeFileSync(path, '', { mode: 0o600 }))
    expect(listRuns(project)).toEqual([])
    expect(oos(command('true'), project)).toMatchObject({ code: 0, stderr: '' })
  })

  test('that another program holds is waited for as long as the stack says, and then named', async () => {
    const text = '| Setting | Value |\n|---|---|\n| database.busy_timeout | 300 |\n'
    writeFileSync(join(project.cwd, '.agent-os/PREFERRED_STACK.md'), text)
    const holder = holdDatabase()
    await once(holder.stdout, 'data')
    const before = status(project)
    const held = oos(command('touch', 'ran'), project)
    expectOneMessage(held, { code: 1, says: 'is locked by another program', hint: /fuser/ })
    expect(status(project)).toBe(before)
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    expect(oos(command('true'), project).code).toBe(0)
    expect(listRuns(project)).toHaveLength(2)
    expectSound(project)
  })

  function replace(make: (path: string) => unknown): void {
    for (const ending of ['', '-wal', '-shm']) rmSync(project.database + ending, { force: true })
    make(project.database)
  }

  function holdDatabase() {
    const script = `
      const database = new (require('better-sqlite3'))(process.argv[1])
      database.exec('begin exclusive')
      console.log('held')
      setInterval(() => {}, 1000)`
    return spawn(process.execPath, ['-e', script, project.database], { cwd: import.meta.dirname })
  }
})
