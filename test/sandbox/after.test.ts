import { mkdirSync, mkdtempSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listFiles, readAftermath } from '../../src/sandbox/after.ts'
import { runSandbox } from '../../src/sandbox/run.ts'
import { bareLaunch } from './process/bare.ts'

function makeTree(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'oos-after-')))
  for (const folder of ['src', 'node_modules/x']) mkdirSync(join(root, folder), { recursive: true })
  for (const name of ['src/kept', 'src/changed', 'src/deleted', 'src/replaced'])
    writeFileSync(join(root, name), name)
  return root
}

/** When the file system's clock is surely past what was written before. */
async function laterThan(path: string): Promise<number> {
  const written = statSync(path).ctimeMs
  while (Date.now() < written + 20) await new Promise(setImmediate)
  return Date.now()
}

async function runIn(root: string, script: string): Promise<void> {
  const launch = bareLaunch(['sh', '-c', script], { folder: root })
  expect(await runSandbox(launch, { machine: {}, stdin: 'ignore' }).ended).toMatchObject({ exitCode: 0 })
}

it('what a run has created, changed and deleted is seen afterwards, and nothing else', async () => {
  const root = makeTree()
  const before = listFiles([root])
  const since = await laterThan(join(root, 'src/replaced'))
  await runIn(
    root,
    'echo > new; ln -s /etc/passwd link; echo >> src/changed; rm src/deleted; echo > x; mv x src/replaced; echo > node_modules/x/y',
  )
  const { files, complete } = readAftermath({ roots: [root], since, before })
  expect(complete).toBe(true)
  expect(Object.fromEntries(files.map(({ path, change }) => [path.slice(root.length + 1), change]))).toEqual({
    new: 'created',
    link: 'created',
    'src/changed': 'changed',
    'src/replaced': 'changed',
    'src/deleted': 'deleted',
  })
})

it('repositories that were made inside are named', async () => {
  const root = makeTree()
  await runIn(root, 'mkdir -p old/.git empty filled/.git/hooks; touch old/.git/HEAD')
  const since = await laterThan(join(root, 'old/.git'))
  const own = new Set([join(root, 'filled/.git/hooks')])
  const before = listFiles([root], { own })
  await runIn(
    root,
    'git init -q vendor/lib; mkdir moved empty/.git; mv old/.git moved; touch filled/.git/HEAD',
  )
  const made = join(root, 'vendor/lib/.git')
  expect(readAftermath({ roots: [root], since }).repositories).toEqual([made])
  expect(readAftermath({ roots: [root], since, before, own }).repositories).toEqual([
    join(root, 'filled/.git'),
    join(root, 'moved/.git'),
    made,
  ])
})

it('a folder that git takes for a repository is named, whatever its parts are', async () => {
  const root = makeTree()
  const script = `mkdir -p bare/refs bare/objects parts/refs parts/objects links data part
    for name in bare links part; do echo 'ref: refs/heads/main' > $name/HEAD; done
    ln -s ../parts/refs links/refs; ln -s ../parts/objects links/objects; echo ../data > part/commondir`
  const before = listFiles([root])
  await runIn(root, script)
  const named = readAftermath({ roots: [root], since: 0, before }).repositories
  expect(named.toSorted()).toEqual(['bare', 'links', 'part'].map((name) => join(root, name)))
})

it.each([undefined, 3])(
  'a folder of which a run makes the last part of a repository is named: at most %s',
  async (limit) => {
    const root = makeTree()
    await runIn(
      root,
      'mkdir -p begun/objects whole/objects whole/refs; for d in begun whole; do echo x > $d/HEAD; done',
    )
    const since = await laterThan(join(root, 'whole/HEAD'))
    const before = listFiles([root], { ...(limit && { limit }) })
    await runIn(root, 'mkdir begun/refs; echo x > whole/refs/x; echo x > whole/config')
    expect(readAftermath({ roots: [root], since, before }).repositories).toEqual([join(root, 'begun')])
  },
)

it('a repository that was there and obeys another one now is named', async () => {
  const root = makeTree()
  await runIn(root, 'git init -q --bare led; git init -q --bare left')
  const since = await laterThan(join(root, 'left/HEAD'))
  const before = listFiles([root])
  await runIn(root, 'echo ../evil > led/commondir')
  expect(readAftermath({ roots: [root], since, before }).repositories).toEqual([join(root, 'led')])
})

it('a repository among many files is named, or that it was not searched for', async () => {
  const root = makeTree()
  const since = await laterThan(join(root, 'src/replaced'))
  await runIn(
    root,
    'mkdir -p z/z many; git init -q z/z/lib; git init -q --bare z/z/bare; touch $(seq -f many/%g 60)',
  )
  const named = ['z/z/bare', 'z/z/lib/.git'].map((name) => join(root, name))
  const found = readAftermath({ roots: [root], since, limit: 40 })
  expect(found).toMatchObject({ complete: false, searched: true })
  expect(found.repositories.toSorted()).toEqual(named)
  expect(readAftermath({ roots: [root], since, limit: 10 }).searched).toBe(false)
})

it('no program that runs as somebody else can be made inside', async () => {
  const root = makeTree()
  await runIn(root, 'cp /bin/true tool; chmod 4755 tool || true; chmod 2755 tool || true')
  expect(readAftermath({ roots: [root], since: 0 }).setId).toEqual([])
})

it('what oos itself has put there is none of the run', async () => {
  const root = makeTree()
  const before = listFiles([root])
  await runIn(root, 'mkdir .git; touch .envrc')
  const own = new Set([join(root, '.git'), join(root, '.envrc')])
  const since = await laterThan(join(root, 'src/replaced'))
  expect(readAftermath({ roots: [root], since, before, own })).toMatchObject({ files: [], repositories: [] })
})

it('a tree that is too large to look at is said to be', () => {
  const root = makeTree()
  expect(readAftermath({ roots: [root], since: 0, limit: 3 }).complete).toBe(false)
  expect(listFiles([root], { limit: 3 }).complete).toBe(false)
})
