import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { obeyedPlaces } from '../../src/sandbox/git-obeys.ts'

function placesOf(config: string, included = ''): readonly string[] {
  const tree = mkdtempSync(join(tmpdir(), 'oos-git-'))
  mkdirSync(join(tree, '.git'))
  writeFileSync(join(tree, '.git/config'), config)
  writeFileSync(join(tree, 'shared'), included)
  return obeyedPlaces(join(tree, '.git'), tree).map(
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
  { name: 'nothing of a path elsewhere', config: '[url]\npath = x\n[core]\n# hooksPath = y', places: [] },
])('git obeys $name', ({ config, places }) => {
  expect(placesOf(config)).toEqual(places)
})

test('files that include each other are read once', () => {
  const loop = '[include]\npath = ../shared\npath = config\n'
  const found = placesOf(
    loop,
    `[include]\n${'path = .git/config\npath = shared\n'.repeat(500)}[core]\nhooksPath = h`,
  )
  expect([found.length, new Set(found).size]).toEqual([1003, 3])
})
