import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { commonConfigs, obeyedPlaces } from '../../../src/sandbox/git/obeys.ts'

function placesOf(config: string, included = '', own = ''): readonly string[] {
  const tree = mkdtempSync(join(tmpdir(), 'oos-git-'))
  const home = mkdtempSync(join(tmpdir(), 'oos-home-'))
  writeFileSync(join(home, '.gitconfig'), own)
  mkdirSync(join(tree, '.git'))
  writeFileSync(join(tree, '.git/config'), config)
  writeFileSync(join(tree, 'shared'), included)
  const more = [join(home, '.gitconfig')]
  return obeyedPlaces(join(tree, '.git'), { tree, home: dirname(tree), more }).map(
    ({ path, kind }) => `${kind} ${path.slice(tree.length + 1)}`,
  )
}

test.each([
  {
    name: 'a file that is included',
    config: '[include]\n\tpath = ../team.config',
    places: ['file team.config'],
  },
  {
    name: 'one that is included on a condition',
    config: '[IncludeIf "onbranch:x"] Path = ../a',
    places: ['file a'],
  },
  {
    name: 'a file that is included with a remark',
    config: '[include]\npath = ../team.config # the team\n[include]\npath = "../a;b" ; mine',
    places: ['file team.config', 'file a;b'],
  },
  {
    name: 'a folder of hooks',
    config: '[core]\nhooksPath = "tools/my hooks"',
    places: ['folder tools/my hooks'],
  },
  {
    name: 'the words of a filter',
    config: '[filter "x"]\nclean = node tools/x.js',
    places: ['program node', 'program tools/x.js'],
  },
  {
    name: 'a line that goes on',
    config: '[core]\nfsmonitor = \\\ntools/watch',
    places: ['program tools/watch'],
  },
  {
    name: 'the words of an alias, of a pager and of what shows a difference',
    config: '[alias]\nst = !./tools/st\n[pager]\nlog = tools/pl\n[interactive]\ndiffFilter = tools/d -x',
    places: ['program tools/st', 'program tools/pl', 'program tools/d', 'program -x'],
  },
  {
    name: 'a program below what a shell fills in',
    config: '[filter "x"]\nclean = $(git rev-parse --show-toplevel)/tools/x',
    places: ['program tools/x'],
  },
  {
    name: 'the path of a tool, and what sends mail',
    config:
      '[mergetool "x"]\npath = tools/merge\n[lfs "customtransfer.x"]\npath = tools/lfs\n[sendemail]\nsmtpServer = tools/mail',
    places: ['program tools/merge', 'program tools/lfs', 'program tools/mail'],
  },
  {
    name: 'a template of repositories',
    config: '[init]\ntemplateDir = templates',
    places: ['folder templates'],
  },
  { name: 'nothing of a path elsewhere', config: '[url]\npath = x\n[core]\n# hooksPath = y', places: [] },
])('git obeys $name', ({ config, places }) => {
  expect(placesOf(config)).toEqual(places)
})

test('git obeys what the person has set for all repositories', () => {
  const own = '[core]\nhooksPath = .githooks\n[filter "fmt"]\nclean = ./tools/fmt.sh'
  expect(placesOf('', '', own)).toEqual(['folder .githooks', 'program tools/fmt.sh'])
})

test('git obeys what lies below the home folder, as it writes that and as a shell does', () => {
  const home = mkdtempSync(join(tmpdir(), 'oos-home-'))
  const words = `~/d/a $HOME/d/b \${HOME}/d/c $HOMER/d/e x~/d/f`
  const own = `[include]\npath = ~/d/i\n[core]\nhooksPath = ~/d/h\npager = ${words}`
  writeFileSync(join(home, '.gitconfig'), own)
  const found = obeyedPlaces('/none', { tree: '/t', home, more: [join(home, '.gitconfig')] })
  expect(found.map(({ path }) => path)).toEqual([
    ...['i', 'h', 'a', 'b', 'c'].map((name) => join(home, 'd', name)),
    '/t/d/e',
    '/t/x~/d/f',
  ])
})

test('git obeys what it is told for one work tree', () => {
  const tree = mkdtempSync(join(tmpdir(), 'oos-git-'))
  mkdirSync(join(tree, '.git'))
  writeFileSync(join(tree, '.git/config.worktree'), '[core]\nhooksPath = hooks')
  expect(obeyedPlaces(join(tree, '.git'), { tree, home: undefined })).toEqual([
    { path: join(tree, 'hooks'), kind: 'folder' },
  ])
})

test("git is known to look for settings in the person's home folder and on the machine", () => {
  expect(commonConfigs('/home/a', {})).toEqual([
    '/etc/gitconfig',
    '/home/a/.gitconfig',
    '/home/a/.config/git/config',
  ])
  expect(commonConfigs(undefined, {})).toEqual(['/etc/gitconfig'])
  const named = { XDG_CONFIG_HOME: '/x', GIT_CONFIG_GLOBAL: '/y', GIT_CONFIG_SYSTEM: 'not absolute' }
  expect(commonConfigs(undefined, named)).toEqual(['/etc/gitconfig', '/x/git/config', '/y'])
})

test('files that include each other are read once', () => {
  const loop = '[include]\npath = ../shared\npath = config\n'
  const found = placesOf(
    loop,
    `[include]\n${'path = .git/config\npath = shared\n'.repeat(500)}[core]\nhooksPath = h`,
  )
  expect([found.length, new Set(found).size]).toEqual([1003, 3])
})
