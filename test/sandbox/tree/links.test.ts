import { chmodSync, existsSync, linkSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createScene, people, planScene, runIn, type Scene } from '../scene.ts'

const { id } = people.at(-1) ?? { id: 0 }
const files = {
  'work/.git/HEAD': 'ref: refs/heads/main\n',
  'work/a/x.md': 'x',
  'work/a/secrets/key': 'hidden',
  'work/a/.env': 'hidden',
  'work/src/x.md': 'x',
  'outside/file': 'before',
  'home/real/secrets/key': 'hidden',
  'home/real/open/x': 'x',
  'home/way': { link: 'real' },
}

const scenes: Scene[] = []
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.remove()
})

/** `links`: a further name, and the file that it is of. */
function sceneOf(links: Readonly<Record<string, string>>): Scene {
  const scene = createScene({ id, files })
  for (const [name, file] of Object.entries(links)) linkSync(join(scene.base, file), join(scene.base, name))
  scenes.push(scene)
  return scene
}

describe('a further name of a file outside', () => {
  it.each([
    { opened: 'by two rules, one in the other', rules: ['file:src/**:read,write', 'file:**/*.md:read'] },
    { opened: 'by its name in a folder that is read', rules: ['file:**:read', 'file:**/*.md:write'] },
    { opened: 'by its name in a closed folder', rules: ['file:src/*.md:read,write'] },
    { opened: 'by its whole path', rules: ['file:src/far.md:read,write'] },
  ])('is not written to where it is opened $opened', async ({ rules }) => {
    const scene = sceneOf({ 'work/src/far.md': 'outside/file' })
    const command = ['sh', '-c', `cd ${scene.root} 2>&1; cat src/far.md && echo after >> src/far.md`]
    const { out } = await runIn(scene, command, { rules: rules.map((rule) => `Allow ${rule}`) })
    expect(out).toMatch(/^before/)
    expect(readFileSync(join(scene.outside, 'file'), 'utf8')).toBe('before')
  })

  it('is not written to where it lies right in the folder of a repository', async () => {
    const scene = sceneOf({ 'work/.git/description': 'outside/file' })
    await runIn(scene, ['sh', '-c', 'echo after >> .git/description'])
    expect(readFileSync(join(scene.outside, 'file'), 'utf8')).toBe('before')
  })
})

describe('a file in a folder of packages that has a name outside', () => {
  const at = 'node_modules/a.js'
  it.each([
    { told: 'by no rule', more: [], after: 'before' },
    { told: 'by a rule to read it', more: ['file:node_modules/**:read'], after: 'before' },
    { told: 'by a rule about the folder to write', more: ['file:node_modules/**:write'], after: 'after' },
  ])('is written to where the person knows: $told', async ({ more, after }) => {
    const scene = createScene({ id, files: { 'work/node_modules/b.js': '', 'outside/file': 'before' } })
    scenes.push(scene)
    linkSync(join(scene.outside, 'file'), join(scene.root, at))
    const rules = ['file:**:read,write', ...more].map((rule) => `Allow ${rule}`)
    await runIn(scene, ['sh', '-c', `printf after > ${at}; rm -f ${at}`], { rules })
    expect(readFileSync(join(scene.outside, 'file'), 'utf8')).toBe(after)
  })
})

describe('what tools keep in a folder of packages that are linked to others outside', () => {
  const write = 'for i in .cache .vite-temp new; do echo x > node_modules/$i/x && echo $i; done 2>&1'
  it.each([
    { name: 'is written', rules: [], out: '.cache\n.vite-temp\n' },
    {
      name: 'is not written where a rule says no',
      rules: ['Deny file:**/.cache/**:write'],
      out: '.vite-temp\n',
    },
    { name: 'is not written where it is linked, too', rules: [], linked: true, out: '.vite-temp\n' },
  ])('$name', async ({ rules, linked, out }) => {
    const cache = linked ? 'node_modules/.cache/linked' : 'node_modules/.cache/old'
    const scene = createScene({
      id,
      files: { 'work/node_modules/a/b.js': '', 'work/node_modules/.cache/old': '', 'outside/file': 'before' },
    })
    scenes.push(scene)
    linkSync(join(scene.outside, 'file'), join(scene.root, 'node_modules/a/index.js'))
    if (linked) linkSync(join(scene.outside, 'file'), join(scene.root, cache))
    const run = await runIn(scene, ['sh', '-c', `${write}; echo after > node_modules/a/index.js`], {
      rules: ['Allow file:**:read,write', ...rules],
    })
    expect(run.out.replaceAll(/^sh: .*\n/gm, '')).toBe(out)
    expect(readFileSync(join(scene.outside, 'file'), 'utf8')).toBe('before')
    expect(existsSync(join(scene.root, 'node_modules/.vite'))).toBe(false)
    expect(readFileSync(join(scene.root, 'node_modules/.vite-temp/x'), 'utf8')).toBe('x\n')
  })
})

describe('a folder of packages that keeps apart what has names outside', () => {
  const at = 'node_modules/.pnpm/a@1/node_modules/a/index.js'
  const command = `echo x > node_modules/.vite-temp && echo made; printf after > ${at}; rm -rf node_modules/.pnpm`
  it.each([
    { told: 'by no rule', more: [], after: 'before' },
    { told: 'by a rule about the whole folder', more: ['file:node_modules/**:write'], after: 'after' },
    {
      told: 'by a rule about what is kept apart',
      more: ['file:node_modules/.pnpm/**:write'],
      after: 'after',
    },
  ])('is written beside that, and in it where the person knows: $told', async ({ more, after }) => {
    const scene = createScene({ id, files: { [`work/${at}.map`]: '', 'outside/file': 'before' } })
    scenes.push(scene)
    linkSync(join(scene.outside, 'file'), join(scene.root, at))
    const rules = ['file:**:read,write', ...more].map((rule) => `Allow ${rule}`)
    const { out } = await runIn(scene, ['sh', '-c', command], { rules })
    expect(out).toMatch(/^made$/m)
    expect(readFileSync(join(scene.outside, 'file'), 'utf8')).toBe(after)
  })
})

describe('a further name of a denied file', () => {
  const leaks = async (scene: Scene, rules: readonly string[]) =>
    (await runIn(scene, ['sh', '-c', 'cat src/* ~/*/open/*; true'], { rules })).out.includes('hidden')

  it.each([
    { opened: 'by two rules, one in the other', rules: ['file:src/**:read', 'file:**/*.md:read'] },
    { opened: 'by its name', rules: ['file:*:read', 'file:src/*.md:read'] },
    { opened: 'by its whole path', rules: ['file:a/x.md:read', 'file:src/far.md:read'] },
  ])('is closed where it is opened $opened', async ({ rules }) => {
    const scene = sceneOf({ 'work/src/far.md': 'work/a/secrets/key' })
    const allows = [...rules.map((rule) => `Allow ${rule}`), 'Allow file:x:read']
    expect(await leaks(scene, allows)).toBe(true)
    expect(await leaks(scene, [...allows, 'Deny file:a/secrets/**:*'])).toBe(false)
    expect(await leaks(scene, [...allows, 'Deny file:a/secrets/key:*'])).toBe(false)
  })

  it('is closed by the name of a link on the way, too, also in a tree that is opened by another', async () => {
    const scene = sceneOf({})
    symlinkSync('way', join(scene.home, 'other'))
    for (const opened of ['real', 'other']) {
      const allows = ['Allow file:**:read', `Allow file:~/${opened}/**:read`]
      const read = async (rules: readonly string[]) =>
        (await runIn(scene, ['sh', '-c', `cat ~/${opened}/secrets/key`], { rules })).out
      expect(await read(allows)).toBe('hidden')
      expect(await read([...allows, 'Deny file:~/way/secrets/**:*'])).not.toContain('hidden')
    }
  })

  it('is a link that ends no run', async () => {
    const scene = sceneOf({})
    for (const [at, to] of Object.entries({ a: '..', src: '../.git' }))
      symlinkSync(to, join(scene.root, at, '.env.x'))
    const { out } = await runIn(scene, ['sh', '-c', 'cat src/x.md .git/HEAD'])
    expect(out).toBe('xref: refs/heads/main\n')
  })

  it('is closed where it is opened twice, once through a link', async () => {
    const scene = sceneOf({ 'home/real/open/far': 'home/real/secrets/key' })
    const allows = ['Allow file:**:read', 'Allow file:~/real/**:read', 'Allow file:~/way/**:read']
    expect(await leaks(scene, allows)).toBe(true)
    expect(await leaks(scene, [...allows, 'Deny file:~/real/secrets/**:*'])).toBe(false)
  })
})

describe('what an earlier run has shut', () => {
  const rules = ['Allow file:**:read,write', 'Deny file:a/secrets/**:*', 'Deny file:**/.env:*']
  const mountsOf = async (shut: string, mode: number) => {
    const scene = sceneOf({
      'work/src/key': 'work/a/secrets/key',
      'work/src/env': 'work/a/.env',
      'work/src/far': 'outside/file',
    })
    const folder = join(scene.root, shut)
    chmodSync(folder, mode)
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid?.(id)
    try {
      const { plan } = await planScene(scene, ['true'], { rules })
      const kindOf = (path: string) =>
        plan.mounts.findLast((mount) => `${join(scene.root, path)}/`.startsWith(`${mount.path}/`))?.kind
      return ['src/key', 'src/env', 'src/far', 'src/x.md'].map(kindOf)
    } finally {
      if (isRoot) process.seteuid?.(0)
      chmodSync(folder, 0o755)
    }
  }

  it('opens no other name of what lies in it', async () => {
    for (const mode of [0o000, 0o444, 0o311])
      expect(await mountsOf('a', mode)).toEqual(['mask-file', 'mask-file', 'mask-file', 'pin'])
  })

  it('is closed where it may be read and not entered, so that nothing in it can be looked at', async () => {
    for (const mode of [0o444, 0o644])
      expect(new Set(await mountsOf('src', mode))).toEqual(new Set(['mask-folder']))
  })

  it('and opened again is as it was', async () => {
    expect(await mountsOf('a', 0o755)).toEqual(['mask-file', 'mask-file', 'read', 'pin'])
  })
})
