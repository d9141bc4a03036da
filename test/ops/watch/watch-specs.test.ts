import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type SpecWatcher, watchSpecs } from '../../../src/ops/watch/watch-specs.ts'

const watchers: SpecWatcher[] = []
afterEach(() => Promise.all(watchers.splice(0).map((watcher) => watcher.close())))

/** Two folders that are watched; `next` is the next time that something is told. */
async function scene(files: Readonly<Record<string, string>> = {}) {
  const [root, home] = ['root', 'home'].map((name) =>
    realpathSync(mkdtempSync(join(tmpdir(), `oos-watch-${name}-`))),
  ) as [string, string]
  const write = (path: string, text: string) => writeFileSync(join(root, path), text)
  mkdirSync(join(root, '.agent-os/agents'), { recursive: true })
  for (const [path, text] of Object.entries(files)) write(path, text)
  let told = Promise.withResolvers<void>()
  const watcher = watchSpecs({
    bases: [root, home],
    onChange: () => told.resolve(),
    onFailure: (error) => told.reject(error),
  })
  watchers.push(watcher)
  await watcher.ready
  /** Does something, and waits until it is told. */
  const tells = async (act: () => void) => {
    told = Promise.withResolvers()
    act()
    await told.promise
  }
  return { root, home, write, tells, watcher, told: () => told.promise }
}

const file = '.agent-os/AGENT.md'

test('a file that comes, changes, is replaced and goes is told each time', async () => {
  const { root, write, tells } = await scene()
  await tells(() => write(file, 'a'))
  await tells(() => write(file, 'b'))
  await tells(() => {
    write('.agent-os/draft', 'c')
    renameSync(join(root, '.agent-os/draft'), join(root, file))
  })
  await tells(() => write(file, 'd'))
  await tells(() => write('.agent-os/agents/a.md', 'a'))
  await tells(() => rmSync(join(root, file)))
})

test('so is a folder that comes, goes, is renamed and comes back, and what is in it then', async () => {
  const { root, write, tells } = await scene({ [file]: 'a' })
  await tells(() => renameSync(join(root, '.agent-os'), join(root, 'away')))
  await tells(() => renameSync(join(root, 'away'), join(root, '.agent-os')))
  await tells(() => write(file, 'b'))
  await tells(() => write('.agent-os/agents/a.md', 'b'))
  await tells(() => rmSync(join(root, '.agent-os'), { recursive: true }))
  await tells(() => {
    mkdirSync(join(root, '.agent-os/rules'), { recursive: true })
    write('.agent-os/rules/team.md', 'a')
  })
  await tells(() => write('.agent-os/rules/team.md', 'b'))
})

test('a folder that is put in another’s place at once is watched in its stead', async () => {
  const { root, write, tells } = await scene({ [file]: 'a' })
  for (const name of ['b', 'c']) {
    mkdirSync(join(root, 'next/agents'), { recursive: true })
    write('next/AGENT.md', name)
    await tells(() => {
      renameSync(join(root, '.agent-os'), join(root, `old-${name}`))
      renameSync(join(root, 'next'), join(root, '.agent-os'))
    })
    await tells(() => write(file, `${name}, edited`))
    await tells(() => write('.agent-os/agents/a.md', name))
  }
  await tells(() => {
    rmSync(join(root, '.agent-os'), { recursive: true })
    mkdirSync(join(root, '.agent-os'))
  })
  await tells(() => write(file, 'after all'))
})

test('specs in the home folder that were not there, and lie behind a link, are watched too', async () => {
  const { home, tells } = await scene()
  mkdirSync(join(home, 'dotfiles'))
  await tells(() => symlinkSync(join(home, 'dotfiles'), join(home, '.agent-os')))
  await tells(() => writeFileSync(join(home, 'dotfiles/GLOBAL_RULES.md'), 'a'))
  await tells(() => writeFileSync(join(home, 'dotfiles/GLOBAL_RULES.md'), 'b'))
})

test('nothing is told once it is closed', async () => {
  const { root, write, tells } = await scene()
  const told: string[] = []
  const tell = () => told.push('closed')
  const closed = watchSpecs({ bases: [root], onChange: tell, onFailure: tell })
  await closed.ready
  await closed.close()
  await tells(() => write(file, 'a'))
  await tells(() => write(file, 'b'))
  expect(told).toEqual([])
})
