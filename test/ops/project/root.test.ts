import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findProjectRoot, readHome, tellNested } from '../../../src/ops/project/root.ts'

function makeTree(...folders: readonly string[]): string {
  const top = mkdtempSync(join(realpathSync(tmpdir()), 'oos-root-'))
  for (const folder of folders) mkdirSync(join(top, folder), { recursive: true })
  return top
}

test.each([
  { name: 'the folder itself', folders: ['p/.agent-os'], cwd: 'p', root: 'p' },
  { name: 'a folder above', folders: ['p/.agent-os', 'p/a/b'], cwd: 'p/a/b', root: 'p' },
  {
    name: 'the nearest of two',
    folders: ['p/.agent-os', 'p/a/.agent-os', 'p/a/b'],
    cwd: 'p/a/b',
    root: 'p/a',
  },
  { name: 'the git root itself', folders: ['p/.agent-os', 'p/.git', 'p/a'], cwd: 'p/a', root: 'p' },
  {
    name: 'a name with spaces, a line break and accents',
    folders: ['ä ö\nü/.agent-os'],
    cwd: 'ä ö\nü',
    root: 'ä ö\nü',
  },
])('the root is $name', ({ folders, cwd, root }) => {
  const top = makeTree(...folders)
  expect(findProjectRoot(join(top, cwd), '/nowhere')).toBe(join(top, root))
})

test.each([
  { name: 'those of a folder above', folders: ['p/.git', 'p/.agent-os', 'p/a/b/.agent-os'], above: 'p' },
  { name: 'none beyond the git root', folders: ['.agent-os', 'p/.git', 'p/a/b/.agent-os'] },
  { name: 'none above a repository of its own', folders: ['p/.agent-os', 'p/a/b/.agent-os', 'p/a/b/.git'] },
  { name: 'none in HOME', folders: ['.agent-os', 'p/a/b/.agent-os'] },
  { name: 'none where it has none itself', folders: ['p/.agent-os', 'p/a/b'] },
])('of a nested project, specs that do not hold are named: $name', ({ folders, above }) => {
  const home = makeTree(...folders)
  const root = join(home, 'p/a/b')
  const told = `the specs in \`${root}/.agent-os\` hold here, and those in \`${home}/${above}/.agent-os\` above do not`
  expect(tellNested({ root, home })).toBe(above && told)
})

test.each([
  { name: 'there are no specs', folders: ['p'], cwd: 'p' },
  { name: 'they lie beyond the git root', folders: ['.agent-os', 'p/.git'], cwd: 'p' },
  { name: 'they lie beyond HOME', folders: ['.agent-os', 'home/p'], cwd: 'home/p' },
  { name: 'they lie in HOME itself', folders: ['home/.agent-os', 'home/p'], cwd: 'home/p' },
])('there is no project where $name', ({ folders, cwd }) => {
  const top = makeTree(...folders)
  expect(() => findProjectRoot(join(top, cwd), join(top, 'home'))).toThrow(
    expect.objectContaining({ code: 'project-missing', hint: 'run `oos init`' }),
  )
})

test.each(['home', 'home/.agent-os', 'home/.agent-os/rules', '.', '/'])(
  'in %s, where no project can be, nobody is sent to `oos init`',
  (cwd) => {
    const top = makeTree('home/.agent-os/rules')
    const stand = cwd === '/' ? cwd : join(top, cwd)
    expect(() => findProjectRoot(stand, join(top, 'home'))).toThrow(
      expect.objectContaining({ code: 'project-missing', hint: 'cd into a project, then: oos init' }),
    )
  },
)

test('a file called .agent-os is no project', () => {
  const top = makeTree('p')
  writeFileSync(join(top, 'p/.agent-os'), '')
  expect(() => findProjectRoot(join(top, 'p'), '/nowhere')).toThrow(
    expect.objectContaining({ code: 'project-missing' }),
  )
})

test('one project by two symlinks has one root', () => {
  const top = makeTree('p/.agent-os', 'p/a')
  symlinkSync(join(top, 'p'), join(top, 'one'))
  symlinkSync(join(top, 'p/a'), join(top, 'two'))
  expect([
    findProjectRoot(join(top, 'one'), '/nowhere'),
    findProjectRoot(join(top, 'two'), '/nowhere'),
  ]).toEqual([join(top, 'p'), join(top, 'p')])
})

test('a folder that is gone is said to be gone', () => {
  const top = makeTree('p')
  rmSync(join(top, 'p'), { recursive: true })
  expect(() => findProjectRoot(join(top, 'p'), '/nowhere')).toThrow(
    expect.objectContaining({ code: 'project-unreadable' }),
  )
})

test.each([undefined, '', 'relative', '~'])('HOME=%s is no home', (HOME) => {
  expect(() => readHome({ HOME })).toThrow(expect.objectContaining({ code: 'home-missing' }))
})

test('HOME is resolved where it exists, and believed where it does not', () => {
  const top = makeTree('home')
  symlinkSync(join(top, 'home'), join(top, 'link'))
  expect(readHome({ HOME: join(top, 'link') })).toBe(join(top, 'home'))
  expect(readHome({ HOME: '/no/such/home' })).toBe('/no/such/home')
})
