import { chmodSync, linkSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Mount } from '../../src/sandbox/types.ts'
import { createScene, type Files, planScene, type RunOptions, type Scene } from './scene.ts'

const scenes: Scene[] = []
afterEach(() => {
  for (const scene of scenes.splice(0)) scene.remove()
})

function sceneOf(files: Files): Scene {
  const scene = createScene({ files, id: process.getuid?.() ?? 0 })
  scenes.push(scene)
  return scene
}

/** What is mounted at the project's own paths, as `path → kind`. */
type Mounted = Exclude<Mount['kind'], 'stand-in'> | 'empty file' | 'empty folder'

async function mounted(scene: Scene, options?: RunOptions): Promise<Record<string, Mounted>> {
  const { plan } = await planScene(scene, ['true'], options)
  return Object.fromEntries(
    plan.mounts.flatMap((mount) =>
      mount.path === scene.root || mount.path.startsWith(`${scene.root}/`)
        ? [[mount.path.slice(scene.root.length + 1), wordOf(mount)]]
        : [],
    ),
  )
}

function wordOf({ kind, source }: Mount): Mounted {
  if (kind !== 'stand-in') return kind
  return source?.endsWith('/folder') ? 'empty folder' : 'empty file'
}

const all = 'Allow file:**:read,write'

describe('what is mounted', () => {
  const rows: {
    fact: string
    rules: string[]
    files: Files
    expected: Record<string, string | undefined>
  }[] = [
    {
      fact: 'a tree that may be written is bound writable',
      rules: [all],
      files: {},
      expected: { '': 'write' },
    },
    {
      fact: 'a tree that may only be read is bound read-only, with what may be written in it',
      rules: ['Allow file:**:read', 'Allow file:src/**:write'],
      files: { 'work/src/x': '' },
      expected: { '': 'read', src: 'write', '.claude': undefined },
    },
    {
      fact: 'a folder that may be written is made where it is missing',
      rules: ['Allow file:**:read', 'Allow file:dist/**:write', 'Allow file:a/b/**:write'],
      files: {},
      expected: { '': 'read', dist: 'write', a: undefined },
    },
    {
      fact: 'a folder that may be written is made also where nothing opens what it lies in',
      rules: [
        'Allow file:src/**:read',
        'Allow file:dist/**:write',
        'Allow file:a/b/**:write',
        'Allow file:one:write',
      ],
      files: { 'work/src/x': '' },
      expected: {
        '': 'mask-folder',
        src: 'read',
        dist: 'write',
        a: undefined,
        'a/b': undefined,
        one: undefined,
      },
    },
    {
      fact: 'a folder that a Deny keeps from being written is not made',
      rules: ['Allow file:src/**:read', 'Allow file:dist/**:write', 'Deny file:dist/**:write'],
      files: { 'work/src/x': '' },
      expected: { dist: undefined },
    },
    {
      fact: 'what is excepted from a writable project is read-only, a folder or a file',
      rules: ['Allow file:**:read,write except file:{src,package.json}/**:write'],
      files: { 'work/src/x': '', 'work/package.json': '', 'work/other': '' },
      expected: { '': 'write', src: 'read', 'package.json': 'read', other: undefined },
    },
    {
      fact: 'what is excepted from a writable project by its whole path does not come to be either',
      rules: ['Allow file:**:read,write except file:{gen/**,a/b.txt,c.txt}:write'],
      files: { 'work/a/x': '' },
      expected: { '': 'write', gen: 'empty folder', 'a/b.txt': 'empty file', 'c.txt': 'empty file' },
    },
    {
      fact: 'an Only leaves the rest readable',
      rules: [all, 'Only file:{app,lib}/**:write'],
      files: { 'work/app/x': '', 'work/lib/x': '' },
      expected: { '': 'read', app: 'write', lib: 'write' },
    },
    {
      fact: 'a denied file is masked, its folders are pinned, its hole stays',
      rules: [all, 'Deny file:**/.env*:* except file:**/.env.example:read'],
      files: { 'work/a/b/.env': 'x', 'work/a/b/.env.example': 'x' },
      expected: { a: 'pin', 'a/b': 'pin', 'a/b/.env': 'mask-file', 'a/b/.env.example': 'read' },
    },
    {
      fact: 'a denied file is masked whatever else its name holds',
      rules: [all, 'Deny file:**/.env*:*', 'Deny file:**/*.pem:*', 'Deny file:**/id_[!a]?:*'],
      files: { 'work/.env.\nx': 'x', 'work/a\nb.pem': 'x', 'work/é\u2028.pem': 'x', 'work/id_🗝🗝': 'x' },
      expected: {
        '.env.\nx': 'mask-file',
        'a\nb.pem': 'mask-file',
        'é\u2028.pem': 'mask-file',
        'id_🗝🗝': 'mask-file',
      },
    },
    {
      fact: 'a denied folder is masked as a whole, except for its hole',
      rules: [all, 'Deny file:secrets/**:* except file:secrets/public/**:read'],
      files: { 'work/secrets/public/x': '', 'work/secrets/private/x': '' },
      expected: { secrets: 'mask-folder', 'secrets/public': 'read', 'secrets/private': undefined },
    },
    {
      fact: 'what is in a denied folder is denied, whatever its name',
      rules: [all, 'Deny file:**/.env*:* except file:**/*.example:read'],
      files: { 'work/.env.d/key': 'x', 'work/.env.d/key.example': 'x' },
      expected: { '.env.d': 'mask-folder', '.env.d/key.example': 'read', '.env.d/key': undefined },
    },
    {
      fact: "a rule about git's own files is held",
      rules: [
        all,
        'Deny file:.git/refs/heads/main:write',
        'Deny file:**/.git/logs/**:*',
        'Deny file:.git/*/aa/**:write',
      ],
      files: { 'work/.git/refs/heads/main': 'x', 'work/.git/logs/HEAD': 'x', 'work/.git/objects/aa/x': 'x' },
      expected: { '.git/refs/heads/main': 'read', '.git/logs': 'mask-folder', '.git/objects/aa': 'read' },
    },
    {
      fact: 'what a denied link leads to is denied',
      rules: [all, 'Deny file:secrets/**:*', 'Deny file:**/.env:read', 'Deny file:way/key:read'],
      files: {
        'work/data/secrets/open/x': 'x',
        'work/data/key': 'x',
        'work/data/env': 'x',
        'work/secrets': { link: 'data/secrets' },
        'work/way': { link: 'data' },
        'work/deep/.env': { link: '../data/env' },
      },
      expected: { 'data/secrets': 'mask-folder', 'data/key': 'mask-file', 'data/env': 'mask-file' },
    },
    {
      fact: 'what a link leads to stays open where an Only leaves the link out, or all would be closed',
      rules: [
        'Only file:{src,/usr,/bin,/lib,/lib64,/etc}/**:*',
        'Allow file:src/**:read,write',
        'Deny file:**/.env:read',
      ],
      files: {
        'work/src/x': 'x',
        'work/x': { link: 'src/x' },
        'work/src/.env': { link: '..' },
        'work/src/a/.env': { link: '/usr' },
      },
      expected: { src: 'write', 'src/x': undefined },
    },
    {
      fact: 'an Ask is a Deny in here',
      rules: [all, 'Ask file:plan.md:write'],
      files: { 'work/plan.md': '' },
      expected: { 'plan.md': 'read' },
    },
    {
      fact: 'a file that may not be written is read-only',
      rules: [all, 'Deny file:package-lock.json:write'],
      files: { 'work/package-lock.json': '{}' },
      expected: { 'package-lock.json': 'read' },
    },
    {
      fact: 'what may not be read may not be written either',
      rules: [all, 'Deny file:key:read', 'Deny file:closed/**:read'],
      files: { 'work/key': 'x', 'work/closed/x': 'x' },
      expected: { key: 'mask-file', closed: 'mask-folder' },
    },
    {
      fact: 'a single file that may be changed is bound in its place',
      rules: ['Allow file:**:read', 'Allow file:notes.md:write'],
      files: { 'work/notes.md': '' },
      expected: { '': 'read', 'notes.md': 'write' },
    },
    {
      fact: 'files that match a glob are opened one by one',
      rules: ['Allow file:**:read', 'Allow file:docs/*.md:change'],
      files: { 'work/docs/a.md': '', 'work/docs/b.txt': '' },
      expected: { '': 'read', 'docs/a.md': 'write', 'docs/b.txt': undefined },
    },
    {
      fact: 'without change, files that exist are read-only where new ones may be made',
      rules: ['Allow file:**:read', 'Allow file:out/**:create'],
      files: { 'work/out/old': '' },
      expected: { out: 'write', 'out/old': 'read' },
    },
    {
      fact: 'without delete, files that exist are kept where new ones may be made, though they may be changed',
      rules: ['Allow file:**:read', 'Allow file:out/**:create,change'],
      files: { 'work/out/old': '' },
      expected: { out: 'write', 'out/old': 'read' },
    },
    {
      fact: 'what must not come to be is an empty folder, or an empty file where a rule names that alone',
      rules: [all, 'Deny file:infra/prod/**:write', 'Deny file:deploy/key.json:write'],
      files: { 'work/.git/info/exclude': '' },
      expected: {
        infra: 'empty folder',
        deploy: 'empty folder',
        '.claude': 'empty folder',
        '.mcp.json': 'empty file',
        '.git/info/exclude': 'file',
      },
    },
    {
      fact: 'where git would list an empty file it is a folder',
      rules: [all],
      files: { 'work/.git/HEAD': '' },
      expected: { '.mcp.json': 'empty folder' },
    },
    {
      fact: 'a hidden name that does not exist is left alone',
      rules: [all, 'Deny file:**/.env*:*', 'Deny file:**/id_rsa:*'],
      files: {},
      expected: { '.env': undefined, id_rsa: undefined },
    },
    {
      fact: 'a folder with a crowd of denied files is masked itself',
      rules: [all, 'Deny file:**/*.pem:*'],
      files: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`work/certs/${index}.pem`, ''])),
      expected: { certs: 'mask-folder', 'certs/1.pem': undefined },
    },
    {
      fact: 'where a run has a disk of its own, the project that no rule opens as a whole is not a part of it',
      rules: ['Allow file:src/**:write'],
      files: { 'work/src/a': '', 'work/b': '' },
      expected: { '': 'mask-folder', src: 'write', b: undefined },
    },
    {
      fact: 'links grant nothing and hide nothing',
      rules: ['Allow file:src/**:read', 'Allow file:kept:read'],
      files: { 'work/src': { link: '../outside' }, 'work/kept': '' },
      expected: { src: undefined },
    },
  ]

  it.each(rows)('$fact', async ({ rules, files, expected }) => {
    const scene = sceneOf(files)
    const found = await mounted(scene, { rules })
    expect(Object.fromEntries(Object.keys(expected).map((path) => [path, found[path]]))).toEqual(expected)
  })
})

it('a rule about a folder alone does not keep what is in it from being looked at', async () => {
  const scene = sceneOf({ 'work/a/.env': 'hidden', 'outside/x': '' })
  const rules = [`Allow file:${scene.base}:read`, 'Allow file:**:read,write', 'Deny file:**/.env*:*']
  expect(await mounted(scene, { rules })).toMatchObject({ '': 'write', a: 'pin', 'a/.env': 'mask-file' })
  const { plan } = await planScene(scene, ['true'], { rules })
  expect(plan.mounts.map(({ path }) => path)).not.toContain(scene.base)
})

it.each([
  { where: 'on a disk of its own', place: {}, closed: true },
  { where: 'on one of its own, with the home folder in it', place: { home: 'work/own' }, closed: true },
  { where: 'as that home folder', place: { home: 'work' }, closed: false },
])(
  'a project that no rule opens as a whole is closed where a run has it $where',
  async ({ place, closed }) => {
    const scene = sceneOf({ 'work/own/x': '', 'work/src/a': '' })
    const places = Object.entries(place).map(([name, path]) => [name, resolve(scene.base, path)])
    const moved = { ...scene, ...Object.fromEntries(places) }
    const { plan } = await planScene(moved, ['true'], { rules: ['Allow file:src/**:write'] })
    const masked = plan.mounts.some(({ kind, path }) => kind === 'mask-folder' && path === moved.root)
    expect(masked).toBe(closed)
  },
)

it.each([0, 4_100])(
  'a folder is closed where a name that is no text is one of several, among %i files',
  async (count) => {
    const many = Array.from({ length: count }, (_, at) => [`work/a/${at}`, ''])
    const scene = sceneOf({ ...Object.fromEntries(many), 'work/y/x': '', 'work/z/x': '', 'outside/x': '' })
    const odd = Buffer.from('/odd\xff', 'latin1')
    linkSync(join(scene.outside, 'x'), Buffer.concat([Buffer.from(join(scene.root, 'z')), odd]))
    writeFileSync(Buffer.concat([Buffer.from(join(scene.root, 'y')), odd]), '')
    const { y, z, ...rest } = await mounted(scene, { rules: [all] })
    expect([y, z]).toEqual([undefined, 'mask-folder'])
    expect(Object.keys(rest).filter((path) => path.startsWith('z/'))).toEqual([])
  },
)

it('a denied file is denied under all its names where its own is no text', async () => {
  const scene = sceneOf({ 'work/closed/x': '' })
  linkSync(join(scene.root, 'closed/x'), Buffer.from(join(scene.root, 'closed/odd\xff'), 'latin1'))
  renameSync(join(scene.root, 'closed/x'), join(scene.root, 'key'))
  expect(await mounted(scene, { rules: [all, 'Deny file:closed/**:*'] })).toMatchObject({ key: 'mask-file' })
})

describe('a tree outside that a rule opens by the name of a link', () => {
  const files: Files = {
    'home/real/top': 'x',
    'home/real/.env': 'x',
    'home/real/in/f': 'x',
    'home/lnk': { link: 'real' },
  }
  const at = async (rules: readonly string[]) => {
    const scene = sceneOf(files)
    const { plan } = await planScene(scene, ['true'], { rules: ['Allow file:**:read', ...rules] })
    return {
      plan,
      kind: (path: string) => plan.mounts.find((one) => one.path === join(scene.home, path))?.kind,
    }
  }

  it.each([
    { open: '~/lnk', below: '' },
    { open: '~/lnk/in', below: '/in' },
  ])('is closed by what closes it where it lies: $open', async ({ open, below }) => {
    const { kind } = await at([
      `Allow file:${open}/**:read`,
      'Deny file:~/real/{top,in/f}:*',
      'Deny file:~/**/.env:read',
    ])
    expect(kind(`lnk${below}`)).toBe('read')
    if (below === '') expect([kind('lnk/top'), kind('lnk/.env')]).toEqual(['mask-file', 'mask-file'])
    expect(kind('lnk/in/f')).toBe('mask-file')
  })

  it('stays closed where all of it is', async () => {
    const { kind } = await at(['Allow file:~/lnk/**:read', 'Deny file:~/real/**:*'])
    expect([kind('lnk'), kind('real')]).toEqual([undefined, undefined])
  })

  it('is closed by other names of what is closed, among more files than are looked at one by one', async () => {
    const many = Array.from({ length: 4_100 }, (_, at) => [`home/a/${at}`, ''])
    const scene = sceneOf({ ...Object.fromEntries(many), ...files })
    linkSync(join(scene.home, 'real/.env'), join(scene.home, 'real/alias'))
    const rules = ['Allow file:**:read', 'Allow file:~/{a,lnk}/**:read', 'Deny file:~/**/.env:read']
    const { plan } = await planScene(scene, ['true'], { rules })
    const alias = plan.mounts.find(({ path }) => path === join(scene.home, 'lnk/alias'))
    expect(alias?.kind).toBe('mask-file')
  })

  it('is seen as one with where it lies, if that is opened, too', async () => {
    const scene = sceneOf({ ...files, 'home/real/closed/x': 'x', 'home/real/one': 'x' })
    linkSync(join(scene.home, 'real/closed/x'), join(scene.home, 'real/key'))
    linkSync(join(scene.home, 'real/one'), join(scene.home, 'real/two'))
    const rules = [
      'Allow file:~/lnk/**:read',
      'Allow file:~/real/**:read,write',
      'Deny file:~/real/closed/**:*',
    ]
    const { plan } = await planScene(scene, ['true'], { rules: ['Allow file:**:read', ...rules] })
    const kind = (path: string) => plan.mounts.find((one) => one.path === join(scene.home, path))?.kind
    expect([kind('lnk/key'), kind('real/key')]).toEqual(['mask-file', 'mask-file'])
    expect([kind('real'), kind('real/one'), kind('real/two')]).toEqual(['write', undefined, undefined])
  })

  it('is not written to, and that is told', async () => {
    const { plan, kind } = await at(['Allow file:~/lnk/**:read,write', 'Deny file:~/real/top:write'])
    expect(plan.mounts.filter(({ path }) => path.includes('/home/lnk')).map((one) => one.kind)).toEqual([
      'read',
    ])
    expect([kind('lnk'), plan.ghosts.filter((path) => path.includes('lnk'))]).toEqual(['read', []])
    expect(plan.unheld).toEqual([
      expect.objectContaining({ refuse: false, missing: expect.stringContaining('name by `~/real`') }),
    ])
  })
})

describe('before the start', () => {
  it('a program that nothing lets the command read is named, with all rules that are missing', async () => {
    const scene = sceneOf({
      'work/f': '',
      'home/tools/v1/bin/run': '#!/usr/bin/env node',
      'home/.local/share/fnm/run': { link: '../../../tools/v1/bin/run' },
    })
    chmodSync(join(scene.home, 'tools/v1/bin/run'), 0o755)
    await expect(planScene(scene, [join(scene.home, '.local/share/fnm/run')])).rejects.toThrow(
      expect.objectContaining({
        code: 'denied',
        message: expect.stringContaining('needs `~/.local/share/fnm/run`, which no rule lets it read'),
        hint: expect.stringContaining('`file:~/.local/share/fnm/**:read`, `file:~/tools/**:read`'),
      }),
    )
  })

  it('a program that does not exist is named', async () => {
    await expect(planScene(sceneOf({}), ['no-such-program'])).rejects.toThrow(
      'there is no program `no-such-program`',
    )
  })

  it('a folder that no rule opens is named', async () => {
    const scene = sceneOf({})
    await expect(planScene(scene, ['true'], { rules: ['Allow file:/data/**:read'] })).rejects.toThrow(
      'no rule lets the command read its own folder',
    )
  })
})

it('hooks are protected in every tree that a rule opens', async () => {
  const scene = sceneOf({ 'outside/lib/.git/hooks/x': '', 'outside/lib/.git/HEAD': '' })
  const { plan } = await planScene(scene, ['true'], {
    rules: ['Allow file:**:read', `Allow file:${scene.outside}/**:read,write`],
  })
  const at = (path: string) => plan.mounts.find((mount) => mount.path === join(scene.outside, path))?.kind
  expect([at(''), at('lib'), at('lib/.git'), at('lib/.git/hooks'), at('.agent-os')]).toEqual([
    'write',
    'pin',
    'pin',
    'read',
    'stand-in',
  ])
})

it('what the repository of a linked work tree is told to obey is closed in that', async () => {
  const own = 'home/main/.git/worktrees/work'
  const scene = sceneOf({
    'work/.git': `gitdir: ../${own}\n`,
    'work/tools/hooks/pre-commit': '',
    'home/main/.git/HEAD': '',
    'home/main/.git/config': '[core]\nhooksPath = tools/hooks\n',
    [`${own}/gitdir`]: '../../../../../work/.git\n',
    [`${own}/commondir`]: '../..\n',
  })
  expect(await mounted(scene, { rules: [all] })).toMatchObject({ tools: 'pin', 'tools/hooks': 'read' })
})

it('a run that could replace a link to a program that git is told to run is stopped', async () => {
  const scene = sceneOf({
    'work/.git/HEAD': '',
    'work/.git/config': '[filter "x"]\nclean = tools/clean\n',
    'work/tools/real': '',
    'work/tools/clean': { link: 'real' },
  })
  const { plan } = await planScene(scene, ['true'], { rules: [all] })
  const missing = expect.stringContaining(`\`${scene.root}/tools/clean\` is a symbolic link`)
  expect(plan.unheld).toEqual([expect.objectContaining({ refuse: true, missing })])
})

it.each([
  { links: 'one', written: 'way/repo', way: '../outside', stopped: true },
  { links: 'one behind another', written: '../home/first/repo', way: '../outside', stopped: true },
  { links: 'none', written: '../home/repo', way: undefined, stopped: false },
])(
  'a run that could replace a link on the way to its repository is stopped: $links',
  async ({ written, way, stopped }) => {
    const scene = sceneOf({
      'work/.git': `gitdir: ${written}\n`,
      'outside/repo/HEAD': '',
      ...(way === undefined
        ? { 'home/repo': { link: '../outside/repo' } }
        : { 'work/way': { link: way }, 'home/first': { link: '../work/way' } }),
    })
    const { plan } = await planScene(scene, ['true'], { rules: [all] })
    const told = {
      refuse: true,
      missing: expect.stringContaining(`\`${scene.root}/way\` is a symbolic link`),
    }
    expect(plan.unheld).toEqual(stopped ? [expect.objectContaining(told)] : [])
  },
)

it('what nothing holds yet is listed, and stops the run where it is a Deny that the sandbox should hold', async () => {
  const rules = [
    all,
    'Require shell:npm test',
    'Allow mcp:files/read:call',
    'Deny mcp:files/write:call',
    'Limit shell:make{timeout:5m}',
    'Deny shell:git push * + env:TOKEN',
    'Deny shell:git push *',
  ]
  const { plan } = await planScene(sceneOf({}), ['true'], { rules })
  expect(plan.unheld.map(({ rule, refuse }) => [rule.source.text, refuse])).toEqual([
    [rules[1], false],
    [rules[2], false],
    [rules[3], false],
    [rules[4], false],
  ])
})
