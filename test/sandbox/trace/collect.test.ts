import { expect, it } from 'vitest'
import { createCollector } from '../../../src/sandbox/trace/collect.ts'

const inside = { isOutside: () => false, askFolder: () => undefined }

it('equal uses are counted, and what cannot matter is left out', () => {
  const { line, trace } = createCollector(inside)
  for (let count = 0; count < 3; count += 1) line('1 openat(AT_FDCWD</w>, "a", O_RDONLY) = 3</w/a>')
  line('1 mkdir("/w/d", 0777) = -1 EEXIST (File exists)')
  line('1 unlink("/w/x") = -1 EISDIR (Is a directory)')
  line('1 openat(AT_FDCWD</w>, "b", O_WRONLY) = -1 EROFS (Read-only file system)')
  expect(trace()).toEqual({
    touches: [
      { act: 'read', path: '/w/a', outcome: 'done', count: 3 },
      { act: 'create', path: '/w/d', folder: true, outcome: 'there', count: 1 },
      { act: 'change', path: '/w/b', outcome: 'refused', count: 1 },
    ],
    lost: 0,
  })
})

it.each([
  ['unlink("/w/x") = -1 EACCES (…)', 'refused'],
  ['unlink("/w/x") = -1 EPERM (…)', 'refused'],
  ['unlink("/w/x") = -1 EROFS (…)', 'refused'],
  ['unlink("/w/x") = -1 ENOENT (…)', 'absent'],
  ['unlink("/w/x") = -1 ENOTEMPTY (…)', undefined],
  ['unlink("/w/x") = ?', undefined],
  ['mkdir("/w/x", 0777) = -1 EEXIST (…)', 'there'],
  ['symlink("a", "/w/x") = -1 EEXIST (…)', undefined],
  ['openat(AT_FDCWD</w>, "/w/x", O_RDONLY|O_DIRECTORY) = -1 EEXIST (…)', undefined],
])('what became of `%s`: %s', (text, outcome) => {
  const { line, trace } = createCollector(inside)
  line(`1 ${text}`)
  expect(trace().touches.map((touch) => touch.outcome)).toEqual(outcome === undefined ? [] : [outcome])
})

it('a folder that is made and a file of its name are two uses', () => {
  const { line, trace } = createCollector(inside)
  line('1 mkdir("/w/x", 0777) = 0')
  line('1 mknod("/w/x", S_IFREG|0600) = 0')
  expect(trace().touches.map(({ act, folder }) => [act, folder])).toEqual([
    ['create', true],
    ['create', undefined],
  ])
})

it('a relative path stands where its thread does: as the machine says, or as the thread said last', () => {
  const folders = new Map([[1, '/alive']])
  const { line, trace } = createCollector({ ...inside, askFolder: (thread) => folders.get(thread) })
  line('1 mkdir("a", 0777) = 0')
  line('2 openat(AT_FDCWD</gone>, "/etc/x", O_RDONLY) = 3</etc/x>')
  line('2 mkdir("b", 0777) = 0')
  line('3 mkdir("nowhere", 0777) = 0')
  expect(trace().touches.map(({ path }) => path)).toEqual(['/alive/a', '/etc/x', '/gone/b'])
})

it('what is not of the command is not counted', () => {
  const { line, trace } = createCollector({ ...inside, isOutside: (thread) => thread === 7 })
  line('7 mkdir("/w/a", 0777) = 0')
  expect(trace().touches).toEqual([])
})

it.each([
  { paths: 2, characters: 1000 },
  { paths: 1000, characters: 'done delete  /w/a'.length * 2 },
])('there is an end to what is kept, and it is said: $paths paths, $characters characters', (most) => {
  const { line, trace } = createCollector({ ...inside, most })
  for (const name of ['a', 'b', 'c', 'a', 'd']) line(`1 unlink("/w/${name}") = 0`)
  expect(trace()).toMatchObject({ touches: [{ path: '/w/a', count: 2 }, { path: '/w/b' }], lost: 2 })
})
