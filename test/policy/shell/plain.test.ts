import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainWords } from '../../../src/policy/shell/plain.ts'
import { parseCommands } from '../../../src/policy/shell/reading.ts'

test.each([
  ['npm test', ['npm', 'test']],
  ['git log --oneline -5 HEAD~2', ['git', 'log', '--oneline', '-5', 'HEAD~2']],
  ['ls --color=auto', ['ls', '--color=auto']],
  [`git commit -m "Fix it" '*.ts' ""`, ['git', 'commit', '-m', 'Fix it', '*.ts', '']],
])('%s is plain', (text, words) => {
  expect(plainWords(text)).toEqual(words)
})

test.each([
  '',
  ' ls',
  'ls  -l',
  'a=b ls',
  'make CC=x',
  'if true',
  'time ls',
  'ls *.ts',
  'ls {a,b}',
  'ls ~-/x?',
  'echo $x',
  'echo "$x"',
  'echo "\\x"',
  "echo 'a'b",
  'a|b',
  'a #b',
  '-x',
  '~/run',
  'a\nb',
])('%j is left to the grammar', (text) => {
  expect(plainWords(text)).toBeUndefined()
})

const word = fc.oneof(
  fc.constantFrom(
    'git',
    'push',
    'env',
    'sh',
    '-c',
    'cd',
    'xargs',
    'sudo',
    'find',
    'export',
    'then',
    'in',
    'sed',
    '-i',
  ),
  fc.constantFrom(
    '2',
    '--a=b',
    '~',
    '~/x',
    './x',
    '/bin/sh',
    '"a b"',
    "'a;b'",
    '""',
    '--',
    '-',
    '.',
    'a:b@c%d',
    '"~"',
  ),
  fc.string({ unit: fc.constantFrom(...`ab-=~/.,'":;|&$*! `), maxLength: 6 }),
)

/** A line break at the end changes nothing but who reads. */
test('whatever is plain the grammar reads alike', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
      const text = words.join(' ')
      fc.pre(plainWords(text) !== undefined)
      expect(parseCommands(text)).toEqual(parseCommands(`${text}\n`))
    }),
    { numRuns: Number(process.env.OOS_CASES ?? 5_000), maxSkipsPerRun: 1_000 },
  )
})
