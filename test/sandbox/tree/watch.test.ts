import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { compilePolicy } from '../../../src/policy/compile.ts'
import { treeGlobs } from '../../../src/sandbox/tree/read.ts'
import { sweepTree } from '../../../src/sandbox/tree/sweep.ts'
import { type TreeWatch, watchTree } from '../../../src/sandbox/tree/watch.ts'
import { builtInRules, rulesOf } from '../rules.ts'
import { createScene, openRules, type Scene } from '../scene.ts'

const open: { scene: Scene; watch: TreeWatch }[] = []
afterEach(() => {
  for (const { scene, watch } of open.splice(0)) {
    watch.close()
    scene.remove()
  }
})

function watched() {
  const scene = createScene({
    id: process.getuid?.() ?? 0,
    files: { 'work/a/b/f': '', 'work/.env': '', 'outside/x': '' },
  })
  const { root, home, base } = scene
  const policy = compilePolicy({ rules: [...builtInRules(), ...rulesOf(openRules)], root, home, now: 0 })
  const globs = treeGlobs(policy, 'command')
  const watch = watchTree(globs, { root, cookies: join(base, 'cookies') })
  open.push({ scene, watch })
  return { root, watch, outside: scene.outside, sweep: () => sweepTree(globs, { root }) }
}

/** So many that another program looks at the last ones. */
function putMany(root: string): void {
  for (let number = 0; number < 4_500; number += 1) writeFileSync(join(root, 'a', String(number)), '')
  mkdirSync(join(root, 'a/later'))
  writeFileSync(join(root, 'a/later/f'), '')
}

describe('a watched tree', () => {
  const changes: { name: string; change: (root: string, outside: string) => unknown }[] = [
    { name: 'a file that a rule denies', change: (root) => writeFileSync(join(root, 'a/b/.env.local'), '') },
    {
      name: 'a folder with such a file',
      change: (root) => {
        mkdirSync(join(root, 'new'))
        writeFileSync(join(root, 'new/.env'), '')
      },
    },
    {
      name: 'a repository',
      change: (root) => mkdirSync(join(root, 'a/lib/.git/hooks'), { recursive: true }),
    },
    { name: 'a name that must not come to be', change: (root) => mkdirSync(join(root, '.claude')) },
    { name: 'a denied file that goes', change: (root) => rmSync(join(root, '.env')) },
    { name: 'a renamed folder', change: (root) => renameSync(join(root, 'a/b'), join(root, 'a/c')) },
    {
      name: 'a file with a name outside',
      change: (root, outside) => linkSync(join(outside, 'x'), join(root, 'a/linked')),
    },
  ]

  it.each(changes)('knows at once of $name', async ({ change }) => {
    const { root, outside, watch, sweep } = watched()
    await watch.facts()
    change(root, outside)
    expect((await watch.facts()).entries).toEqual((await sweep()).entries)
  })

  it('knows of what came between two looks at once', async () => {
    const { root, watch, sweep } = watched()
    putMany(root)
    const first = watch.facts()
    writeFileSync(join(root, 'a/b/.env.local'), '')
    const second = watch.facts()
    await first
    const third = await watch.facts()
    const { entries } = await sweep()
    expect([(await second).entries, third.entries]).toEqual([entries, entries])
  })

  it('knows of what came while many files were looked at', async () => {
    const { root, watch, sweep } = watched()
    putMany(root)
    const looking = watch.facts()
    writeFileSync(join(root, 'a/b/.env.local'), '')
    await looking
    expect((await watch.facts()).entries).toEqual((await sweep()).entries)
  })

  it('knows at once of a socket', async () => {
    const { root, watch } = watched()
    await watch.facts()
    const server = createServer().listen(join(root, 'a/host.sock'))
    expect((await watch.facts()).entries).toContainEqual(expect.objectContaining({ kind: 'socket' }))
    server.close()
  })

  it('is not swept again for what no rule is about', async () => {
    const { root, watch } = watched()
    const first = await watch.facts()
    writeFileSync(join(root, 'a/b/new.ts'), 'text')
    writeFileSync(join(root, 'a/b/f'), 'text')
    rmSync(join(root, 'a/b/new.ts'))
    expect(await watch.facts()).toBe(first)
  })

  it('is swept again when events may have been lost', async () => {
    const { root, watch } = watched()
    const first = await watch.facts()
    for (let index = 0; index < 6_000; index += 1) {
      writeFileSync(join(root, 'a/b/x'), '')
      rmSync(join(root, 'a/b/x'))
    }
    expect(await watch.facts()).not.toBe(first)
  })
})
