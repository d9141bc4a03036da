import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { OosError } from '../../src/shared/errors.ts'
import { isEmptied } from '../../src/store/inspect.ts'
import { migrations } from '../../src/store/migrations.ts'
import { openStore } from '../../src/store/store.ts'
import { newRun, scratchPath } from './scratch.ts'

const now = () => 1_800_000_000_000
const filler = fileURLToPath(new URL('../fixtures/store/filler.ts', import.meta.url))
const isRoot = process.getuid?.() === 0

const another = { code: 'store-refused', says: /another program/ }
const refusals: { name: string; prepare: (path: string) => void; code: string; says: RegExp }[] = [
  {
    name: 'that is a symlink',
    prepare: linkAway((path) => path),
    code: 'store-refused',
    says: /is a symlink/,
  },
  {
    name: 'in a folder that is a symlink',
    prepare: linkAway(dirname),
    code: 'store-refused',
    says: /is a symlink/,
  },
  {
    name: 'below a folder that is a symlink',
    prepare: linkAway((path) => dirname(dirname(path))),
    code: 'store-refused',
    says: /is a symlink/,
  },
  {
    name: 'whose log is a symlink',
    prepare: (path) => symlinkSync('/etc/passwd', `${path}-wal`),
    code: 'store-refused',
    says: /-wal` is a symlink/,
  },
  {
    name: 'that has a second name',
    prepare: (path) => linkSync(path, `${path}.2`),
    code: 'store-refused',
    says: /hard link/,
  },
  {
    name: 'that others can write',
    prepare: (path) => chmodSync(path, 0o666),
    code: 'store-refused',
    says: /others can write/,
  },
  {
    name: 'in a folder that others can write',
    prepare: (path) => chmodSync(dirname(path), 0o777),
    code: 'store-refused',
    says: /others can write/,
  },
  {
    name: 'that is a folder',
    prepare: (path) => renameSync(path, `${path}.x`) ?? mkdirSync(path),
    code: 'store-refused',
    says: /not a file/,
  },
  {
    name: 'of another program',
    prepare: sql('pragma application_id = 7'),
    code: 'store-refused',
    says: /another program/,
  },
  { name: 'of a program that marks nothing', prepare: foreign('create table x (a)'), ...another },
  {
    name: 'of a program that marks its version alone',
    prepare: foreign('pragma user_version = 5'),
    ...another,
  },
  { name: 'of a program that marks itself alone', prepare: foreign('pragma application_id = 7'), ...another },
  {
    name: 'of a newer oos',
    prepare: sql('pragma user_version = 99'),
    code: 'store-newer',
    says: new RegExp(`schema 99, this one knows ${migrations.length}`),
  },
  {
    name: 'that is no database',
    prepare: (path) => writeFileSync(path, 'hello\n'.repeat(1000)),
    code: 'store-corrupt',
    says: /is damaged/,
  },
  { name: 'whose head is damaged', prepare: damage(20, 200), code: 'store-corrupt', says: /is damaged/ },
]

describe('opening a record', () => {
  it.each(refusals)('refuses one $name, and leaves it alone', ({ prepare, code, says }) => {
    const path = existing()
    prepare(path)
    const before = bytes(path)
    expect(failure(() => openStore(path, { now }))).toMatchObject({
      code,
      message: expect.stringMatching(says),
      hint: expect.stringMatching(/./),
    })
    expect(bytes(path)).toEqual(before)
  })

  it.runIf(isRoot).each([(path: string) => path, dirname])('refuses one of another user', (part) => {
    const path = existing()
    chownSync(part(path), 12_345, 12_345)
    expect(failure(() => openStore(path, { now }))).toMatchObject({
      code: 'store-refused',
      message: expect.stringMatching(/another user/),
    })
  })

  it.each([
    { name: 'index version 2', setUp: [['config', 'index.version', '2']] },
    { name: 'index version 4', setUp: [['config', 'index.version', '4']] },
    {
      name: 'a split index',
      setUp: [
        ['config', 'core.splitIndex', 'true'],
        ['config', 'splitIndex.maxPercentChange', '100'],
      ],
    },
    { name: 'SHA-256 names', init: ['--object-format=sha256'], setUp: [] },
  ])('refuses one that git tracks ($name)', ({ setUp, init = [] }) => {
    const path = existing()
    const root = dirname(dirname(dirname(path)))
    git(root, 'init', '-q', ...init)
    for (const words of setUp) git(root, ...words)
    writeFileSync(join(root, 'near.oos'), '')
    git(root, 'add', 'near.oos')
    expect(() => openStore(path, { now })).not.toThrow()
    git(root, 'add', '-f', path)
    expect(failure(() => openStore(path, { now }))).toMatchObject({
      code: 'store-refused',
      message: expect.stringMatching(/git tracks it/),
    })
  })

  it('takes one in a repository that has tracked nothing yet', () => {
    const path = existing()
    git(dirname(dirname(dirname(path))), 'init', '-q')
    expect(() => openStore(path, { now })).not.toThrow()
  })

  it('refuses one that git tracks in a worktree', () => {
    const root = dirname(dirname(dirname(existing())))
    git(root, 'init', '-q')
    git(root, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-q', '--allow-empty', '-m', 'x')
    git(root, 'worktree', 'add', '-q', 'tree')
    const path = join(root, 'tree', '.oos', 'data', 'atlas.db')
    openStore(path, { now }).close()
    git(join(root, 'tree'), 'add', '-f', path)
    expect(failure(() => openStore(path, { now }))).toMatchObject({ code: 'store-refused' })
  })

  it('says which program to look for when it is locked', () => {
    const path = existing()
    const other = new Database(path)
    other.exec('begin exclusive')
    const store = openStore(path, { now, pragmas: { busy_timeout: 10 } })
    expect(failure(() => store.createRun(newRun))).toMatchObject({
      code: 'store-locked',
      hint: expect.stringMatching(/fuser/),
    })
    other.exec('rollback')
    expect(store.createRun(newRun).state).toBe('pending')
  })

  it('finds damage inside when it meets it', () => {
    const path = existing()
    damage(4096, undefined)(path)
    expect(failure(() => openStore(path, { now }).listRuns())).toMatchObject({ code: 'store-corrupt' })
    expect(failure(() => openStore(path, { now }).createRun(newRun))).toMatchObject({ code: 'store-corrupt' })
  })

  it('survives a file that was cut short', () => {
    const path = existing()
    truncateSync(path, 5000)
    expect(failure(() => openStore(path, { now }).createRun(newRun))).toMatchObject({ code: 'store-corrupt' })
  })
})

describe('a disk', () => {
  it('that is full stops the run, and what was recorded is there', () => {
    const path = scratchPath()
    const root = dirname(dirname(dirname(path)))
    const said = inside(['--size', '2000000', '--tmpfs', root], path)
    expect(said).toMatchObject({ code: 'store-full', hint: expect.stringMatching(/df -h/) })
    expect(said.acknowledged).toBeGreaterThan(10)
    expect(said.events).toBe(said.acknowledged)
  })

  it('that is read-only is said to be', () => {
    const path = existing()
    expect(inside(['--ro-bind', dirname(path), dirname(path)], path)).toMatchObject({
      code: 'store-unwritable',
    })
  })

  it('that has no place for the folder is said to be', () => {
    const root = dirname(dirname(dirname(scratchPath())))
    expect(inside(['--ro-bind', root, root], join(root, '.oos', 'data', 'atlas.db'))).toMatchObject({
      code: 'store-unwritable',
    })
  })
})

function existing(): string {
  const path = scratchPath()
  const store = openStore(path, { now })
  for (let i = 0; i < 30; i++) store.createRun(newRun)
  store.close()
  return path
}

function linkAway(part: (path: string) => string): (path: string) => void {
  return (path) => {
    renameSync(part(path), `${part(path)}.away`)
    symlinkSync(`${part(path)}.away`, part(path))
  }
}

function sql(text: string): (path: string) => void {
  return (path) => new Database(path).exec(text).close()
}

/** A database that no oos has made. */
function foreign(text: string): (path: string) => void {
  return (path) => {
    renameSync(path, `${path}.away`)
    new Database(path).exec(text).close()
    chmodSync(path, 0o600)
  }
}

function damage(from: number, to: number | undefined): (path: string) => void {
  return (path) => writeFileSync(path, readFileSync(path).fill(0xa5, from, to))
}

function bytes(path: string): string {
  try {
    return readFileSync(path, 'base64')
  } catch {
    return ''
  }
}

function failure(work: () => unknown): OosError | undefined {
  try {
    work()
  } catch (error) {
    if (error instanceof OosError) return error
    throw error
  }
  return undefined
}

function inside(mounts: readonly string[], path: string) {
  const words = ['--dev-bind', '/', '/', ...mounts, process.execPath, filler, path]
  return JSON.parse(execFileSync('bwrap', words, { encoding: 'utf8' }))
}

function git(cwd: string, ...words: string[]): void {
  execFileSync('git', words, { cwd, stdio: 'ignore' })
}

it('takes a record without a byte for emptied where its journal holds something, whenever it was cut', () => {
  const path = scratchPath()
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '')
  writeFileSync(`${path}-wal`, '')
  expect(isEmptied(path)).toBe(false)
  writeFileSync(`${path}-wal`, 'frames')
  expect(isEmptied(path)).toBe(true)
})
