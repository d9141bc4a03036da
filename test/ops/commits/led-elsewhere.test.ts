import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { clearLogs } from '../../../src/ops/commits/logs.ts'
import { clearPending, clearStrays } from '../../../src/ops/commits/pending.ts'
import { putBack } from '../../../src/ops/commits/put-back.ts'
import { removeRef, replaceFile, writeRef } from '../../../src/ops/commits/ref-files.ts'
import { type Snapshot, takeSnapshot } from '../../../src/ops/commits/snapshot.ts'
import { createSteps } from '../../../src/ops/commits/steps.ts'
import { dropBelieved, tidy } from '../../../src/ops/commits/tidy.ts'
import { unstage } from '../../../src/ops/commits/unstage.ts'
import { removeWhole } from '../../../src/sandbox/held.ts'
import { git, type Scene } from '../../sandbox/scene.ts'
import { createRepository, placeOf } from './place.ts'

const scenes: Scene[] = []
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.remove()
})

const evil = '1'.repeat(40)
const line = `${'0'.repeat(40)} ${evil} a <a> 1 +0000\tx\n`

/** As between a look and what is done about it: the folder is another one by then. */
interface Swap {
  readonly what: string
  /** Below `.git`: a link stands there at last. */
  readonly folder: string
  /** What the run has left in it. */
  readonly files: Readonly<Record<string, string>>
  readonly was?: Readonly<Record<string, string>>
  readonly act: (seen: Seen) => unknown
}

interface Seen {
  readonly scene: Scene
  readonly common: string
  readonly before: Snapshot
  readonly after: Snapshot
}

const tainted = new Set([evil])

const swaps: readonly Swap[] = [
  {
    what: 'what a rebase had is written again',
    folder: 'rebase-merge',
    was: { '.bashrc': 'theirs\n' },
    files: { '.bashrc': `${evil}\n` },
    act: ({ scene, before, after }) => clearPending(placeOf(scene), { before, after, tainted }),
  },
  {
    what: 'a list of picks is taken away',
    folder: 'sequencer',
    was: { head: 'x\n' },
    files: { head: 'x\n', todo: `pick ${evil}\n` },
    act: ({ scene, before, after }) => clearPending(placeOf(scene), { before, after, tainted }),
  },
  {
    what: "a file in git's folder is taken away",
    folder: 'x',
    files: { 'deep/main': evil },
    act: ({ before, after }) => clearStrays(before, after),
  },
  {
    what: 'a log is cleared',
    folder: 'logs/refs/heads',
    files: { main: line },
    act: ({ before, after }) => clearLogs(before.logs, after.logs, tainted),
  },
  {
    what: 'a ref is put back',
    folder: 'refs/heads',
    files: { main: evil },
    act: ({ common }) => replaceFile(join(common, 'refs/heads/main'), 'x\n'),
  },
  {
    what: 'a list of what commits hold is dropped',
    folder: 'objects/info',
    files: { 'commit-graph': 'x' },
    act: ({ scene, before, after }) => dropBelieved(placeOf(scene), before, after),
  },
  {
    what: 'a whole folder is taken away',
    folder: 'refs/heads',
    files: { 'deep/x': 'x' },
    act: ({ common }) => removeWhole(join(common, 'refs/heads/deep')),
  },
]

function victimOf(scene: Scene, files: Readonly<Record<string, string>>): string {
  const victim = join(scene.base, 'victim')
  for (const name of Object.keys(files)) fill(victim, { [name]: 'precious\n' })
  return victim
}

function fill(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

function contentsOf(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return Object.fromEntries(
    names.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')]
    }),
  )
}

describe('a folder that becomes a link between a look and what is done about it leads nowhere', () => {
  test.each(swaps)('when $what', ({ folder, was = {}, files, act }) => {
    const scene = createRepository()
    scenes.push(scene)
    const { common } = placeOf(scene)
    const victim = victimOf(scene, { ...was, ...files })
    const precious = contentsOf(victim)
    fill(join(common, folder), was)
    const before = takeSnapshot(placeOf(scene))
    fill(join(common, folder), files)
    const after = takeSnapshot(placeOf(scene))
    renameSync(join(common, folder), join(common, 'aside'))
    symlinkSync(victim, join(common, folder))
    expect(() => act({ scene, common, before, after })).toThrow('leads elsewhere')
    expect(contentsOf(victim)).toEqual(precious)
  })
})

test('where `.git` itself has become a link, every step says so, and none is done', () => {
  const scene = createRepository()
  scenes.push(scene)
  const { common } = placeOf(scene)
  const before = takeSnapshot(placeOf(scene))
  const other = join(scene.base, 'other')
  renameSync(common, join(scene.base, 'aside'))
  git(scene, scene.base, 'init', '-q', 'other')
  const untouched = contentsOf(other)
  symlinkSync(join(other, '.git'), common)
  const steps = createSteps()
  const refs = [{ name: 'refs/heads/main', from: evil, to: evil, keep: evil, value: evil }]
  putBack({ common, run: 'RUN', refs, lost: [evil], packed: '', steps })
  expect(steps.isFinished()).toBe(false)
  expect(steps.problems).toHaveLength(3)
  expect(() => tidy(placeOf(scene), before)).toThrow('leads elsewhere')
  expect(() => writeRef(common, 'refs/heads/x', evil)).toThrow('leads elsewhere')
  expect(() => removeRef(common, 'refs/heads/x')).toThrow('leads elsewhere')
  expect(contentsOf(other)).toEqual(untouched)
})

test('what is taken out of an index that has become a link is written nowhere', () => {
  const scene = createRepository()
  scenes.push(scene)
  const { common } = placeOf(scene)
  writeFileSync(join(scene.root, 'locked/a'), 'EVIL\n')
  git(scene, scene.root, 'add', '-A')
  const outside = join(scene.base, 'index')
  renameSync(join(common, 'index'), outside)
  symlinkSync(outside, join(common, 'index'))
  const bytes = readFileSync(outside)
  const head = git(scene, scene.root, 'rev-parse', 'HEAD').trim()
  const place = { gitDir: common, common, root: scene.root }
  const decide = () => ({ effect: 'deny', reasons: [], constraints: {} }) as const
  expect(() => unstage({ place, before: undefined, head, decide })).toThrow('the index cannot be read')
  expect(readFileSync(outside).equals(bytes)).toBe(true)
  expect(existsSync(`${outside}.lock`)).toBe(false)
})

test('a file is not read through a link: what was seen there may be written again', () => {
  const scene = createRepository()
  scenes.push(scene)
  const { common } = placeOf(scene)
  fill(join(scene.base, 'secret'), { id: 'SECRET\n' })
  symlinkSync(join(scene.base, 'secret'), join(common, 'rebase-merge'))
  const [tree] = takeSnapshot(placeOf(scene)).trees
  expect(JSON.stringify([...(tree?.pending ?? []), ...(tree?.strays ?? [])])).not.toContain('SECRET')
})
