import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { askManagers } from '../../../src/ops/init/ask.ts'
import type { Folder, PackageManager } from '../../../src/ops/init/facts.ts'
import { cargoHosts, goHosts, urlHosts } from '../../../src/ops/init/questions.ts'
import { addPrograms, makeProject, nodeProject, planFor, readIn, type Tree } from './trees.ts'

describe('an answer', () => {
  it.each([
    ['https://registry.example.com/\n', ['registry.example.com']],
    ['https://a.example.com/simple https://b.example.com:8443\n', ['a.example.com', 'b.example.com:8443']],
    ['https://user:s3cret@REGISTRY.example.com/x', ['registry.example.com']],
    ['http://127.0.0.1:4873/', ['127.0.0.1:4873']],
    ['undefined\n', []],
    ['registry.example.com', []],
    ['file:///srv/mirror', []],
    ['https://*.example.com/', []],
    ['https://a`-**Allow**.example.com', []],
    ['https://[::1]:4873/', []],
    ['', []],
  ])('of %j names the hosts %j', (text, hosts) => {
    expect(urlHosts(text)).toEqual(hosts)
  })

  it.each([
    [
      { GOPROXY: 'https://go.example.com,direct', GOSUMDB: 'sum.example.com' },
      ['go.example.com', 'sum.example.com'],
    ],
    [
      { GOPROXY: 'https://a.example.com|https://b.example.com', GOSUMDB: 'off' },
      ['a.example.com', 'b.example.com'],
    ],
    [{ GOPROXY: 'direct', GOSUMDB: 'sum.example.com+033de0ae+Ac4z' }, ['sum.example.com']],
    [
      { GOPROXY: 'off', GOSUMDB: 'sum.example.com+033de0ae+Ac4z https://mirror.example.com/sum' },
      ['mirror.example.com'],
    ],
    [{ GOPROXY: 'off', GOSUMDB: 'off' }, []],
    [[], []],
  ])('of go, %j, names the hosts %j', (answer, hosts) => {
    expect(goHosts(JSON.stringify(answer))).toEqual(hosts)
    expect(goHosts(`${JSON.stringify(answer)}…`)).toEqual([])
  })

  it.each<{ files: Tree; hosts: string[] }>([
    {
      files: {
        'registry/index/index.example.com-1949cf8c6b5b557f/config.json':
          '{"dl":"https://dl.example.com/{crate}"}',
      },
      hosts: ['index.example.com', 'dl.example.com'],
    },
    { files: { 'registry/index/git.example.com-1949cf8c6b5b557f/.git': '' }, hosts: [] },
    { files: { 'registry/index/a.example.com-1949cf8c6b5b557f/config.json': '{' }, hosts: ['a.example.com'] },
    {
      files: { 'config.toml': '[source.mirror]\nregistry = "sparse+https://mirror.example.com/index/"\n' },
      hosts: ['mirror.example.com'],
    },
    { files: {}, hosts: [] },
  ])('of what cargo left behind in $files names the hosts $hosts', ({ files, hosts }) => {
    expect(cargoHosts(folderOf(files))).toEqual(hosts)
  })
})

const answers: { name: string; manager: PackageManager; programs: Tree; hosts: string[] }[] = [
  { name: 'is not there', manager: 'npm', programs: {}, hosts: [] },
  { name: 'fails', manager: 'npm', programs: { npm: 'echo https://a.example.com; exit 1' }, hosts: [] },
  { name: 'never ends', manager: 'npm', programs: { npm: 'while :; do :; done' }, hosts: [] },
  {
    name: 'waits for input',
    manager: 'npm',
    programs: { npm: 'read x; echo https://a.example.com' },
    hosts: ['a.example.com'],
  },
  {
    name: 'is not there, beside npm',
    manager: 'pnpm',
    programs: { npm: 'echo https://a.example.com' },
    hosts: ['a.example.com'],
  },
  {
    name: 'has a setting of its own',
    manager: 'yarn',
    programs: {
      yarn: 'test "$3" = npmRegistryServer && echo https://y.example.com',
      npm: 'echo https://a.example.com',
    },
    hosts: ['y.example.com', 'a.example.com'],
  },
  {
    name: 'ends at a home folder that is none, and tries for ever to make one that seems to miss another above it',
    manager: 'yarn',
    programs: {
      yarn: `test -e "$HOME" && test ! -d "$HOME" && exit 1
while case $(PATH=/usr/bin:/bin LC_ALL=C mkdir "$HOME" 2>&1) in *'No such file'*) ;; *) false ;; esac; do :; done
echo https://y.example.com`,
      npm: 'echo https://a.example.com',
    },
    hosts: ['y.example.com', 'a.example.com'],
  },
]

describe('asking a package manager', () => {
  it.each(answers)('that $name gives the hosts $hosts', async ({ manager, programs, hosts }) => {
    const { root, home, env } = makeProject({}, programs)
    const said = await askManagers([manager], { root, home, env, limit: 1_000 })
    expect(said.get(manager)).toEqual({ hosts, unseen: [] })
  })

  it('tells what a run would not see', async () => {
    const npm = `echo \${npm_config_registry:-https://registry.example.com}`
    const project = makeProject(nodeProject, { npm })
    project.env.npm_config_registry = 'https://mirror.example.com'
    const { notes } = await planFor(project)
    expect(notes).toEqual([expect.stringMatching(/^`mirror\.example\.com` stands in settings of yours/)])
  })

  it('starts it outside of the project', async () => {
    const { root, home, env } = makeProject(nodeProject, {
      npm: 'pwd > "$HOME/where"',
    })
    await askManagers(['npm'], { root, home, env })
    expect(readIn(home, 'where')).toBe('/\n')
  })

  it.each([
    ['a folder of programs', (root: string) => join(root, 'bin')],
    ['a folder of programs, through a link', (root: string) => join(root, '../link/bin')],
    ['a relative folder of programs', () => 'bin'],
  ])('starts nothing of the project: %s', async (_, folder) => {
    const { root, home, env } = makeProject({})
    symlinkSync(root, join(root, '../link'))
    addPrograms(join(root, 'bin'), { npm: `echo > ${join(home, 'started')}` })
    const said = await askManagers(['npm'], {
      root,
      home,
      env: { ...env, PATH: `${folder(root)}:${env.PATH}` },
    })
    expect(said.get('npm')?.hosts).toEqual(['registry.example.com'])
    expect(existsSync(join(home, 'started'))).toBe(false)
  })

  it('obeys no setting that npm hands on from the project it was started in', async () => {
    const npm = `echo "https://\${npm_config_registry-registry}.example.com"`
    const { root, home, env } = makeProject({}, { npm })
    const handed = { npm_config_registry: 'evil', npm_execpath: '/usr/lib/node_modules/npm/bin/npm-cli.js' }
    const said = await askManagers(['npm'], { root, home, env: { ...env, ...handed } })
    expect(said.get('npm')?.hosts).toEqual(['registry.example.com'])
  })

  it('obeys no variable that leads into the project', async () => {
    const { root, home, env } = makeProject(
      {},
      { npm: `echo "\${A-https://a.example.com}" "\${B-https://b.example.com}"` },
    )
    symlinkSync(root, join(root, '../link'))
    const leading = { A: `-r${root}/hook.js`, B: `/usr/lib:${join(root, '../link')}` }
    const said = await askManagers(['npm'], { root, home, env: { ...env, ...leading } })
    expect(said.get('npm')?.hosts).toEqual(['a.example.com', 'b.example.com'])
  })
})

/** A folder in memory, by paths. */
function folderOf(files: Tree): Folder {
  const paths = Object.keys(files)
  return {
    has: (path) => paths.some((each) => each === path || each.startsWith(`${path}/`)),
    list: (path) => [
      ...new Set(
        paths
          .filter((each) => each.startsWith(`${path}/`))
          .map((each) => each.slice(path.length + 1).split('/')[0] ?? ''),
      ),
    ],
    read: (path) => files[path],
  }
}
