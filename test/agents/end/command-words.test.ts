import { expect, test } from 'vitest'
import { pathsOfCommand } from '../../../src/agents/end/command-words.ts'

const place = { root: '/work', home: '/home/me' }

test.each([
  { words: ['cat', '-n', '.env'], read: ['.env'], written: [] },
  { words: ['sh', '-c', 'cd x; cat "a b" | sort -r c'], read: ['a b', 'c'], written: [] },
  { words: ['tool', '--config=a.json', '-o=b'], read: ['a.json', 'b'], written: [] },
  { words: ['/bin/rm', '-r', 'dist'], read: ['dist'], written: ['dist'] },
  { words: ['cp', 'a', 'b'], read: ['a', 'b'], written: ['b'] },
  { words: ['git', 'init', '-q', 'sub'], read: [], written: ['sub/.git'] },
  { words: ['git', 'init'], read: [], written: ['.git'] },
  { words: ['sh', '-c', 'cat $FILE'], read: [], written: [] },
])('$words may have been refused $read and $written', ({ words, read, written }) => {
  const asked = { resource: 'shell', action: 'execute', target: words.join(' '), words } as const
  const found = pathsOfCommand(asked, place)
  const of = (action: 'read' | 'write') =>
    found.filter(({ actions }) => actions.includes(action)).map(({ path }) => path)
  expect(of('read')).toEqual(expect.arrayContaining(read))
  expect(of('write')).toEqual(written)
})
