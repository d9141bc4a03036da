// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell text
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileCommandPattern } from '../../../src/policy/shell/command-pattern.ts'
import { gitRequests } from '../../../src/policy/shell/git.ts'
import { parseCommands, readArgv } from '../../../src/policy/shell/reading.ts'
import { tricky } from './tricky.ts'

const word = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'))
const quoteStyles = [
  (text: string) => `'${text.replaceAll("'", "'\\''")}'`,
  (text: string) => `"${text.replace(/["\\$`]/g, '\\$&')}"`,
  (text: string) => (/^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`),
]
const pieces = [
  ...'; && || | & ( ) { } $( ` " \' \\ \n # << EOF <<< > < >& [[ ]] (( )) $ ${ } ! * ? [ ] ~ = case esac in if then fi for do done while function time coproc eval exec env sudo xargs sh -c find -exec {} + \\; git push -C cd .. PATH= a[0]= trap read x'.split(
    ' ',
  ),
  ' ',
  ' ',
  ...tricky.map(({ text }) => text),
]
const soup = fc
  .array(fc.oneof(fc.constantFrom(...pieces), word), { maxLength: 30 })
  .map((parts) => parts.join(''))

describe('any text', () => {
  it('is read without an exception', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const { commands } = parseCommands(text)
        for (const command of commands) gitRequests(command)
        for (const { words } of commands) expect(words[0]).not.toContain('\0')
      }),
      { numRuns: 2_000 },
    )
  })

  it('that no command is found in, and that is no comment, is undecidable or runs nothing', () => {
    fc.assert(
      fc.property(word, (text) => {
        const { commands, undecidable } = parseCommands(`x ${text}`)
        expect(commands.length > 0 || undecidable !== undefined).toBe(true)
      }),
    )
  })
})

describe('any words', () => {
  it('come back from any way of quoting them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.constantFrom(...quoteStyles))), (quoted) => {
        const text = ['echo', ...quoted.map(([text, quote]) => quote(text))].join(' ')
        const reading = parseCommands(text)
        expect(reading.undecidable).toBeUndefined()
        expect(reading.commands.map(({ words }) => words)).toEqual([
          ['echo', ...quoted.map(([text]) => text)],
        ])
      }),
      { numRuns: 1_000 },
    )
  })

  it('are read the same from a shell and without one', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'env',
          'sudo',
          'timeout',
          'xargs',
          'sh',
          'find',
          'git',
          'python3',
          'sed',
          'tar',
          'npm',
          'x',
        ),
        fc.array(fc.oneof(word, fc.constantFrom(...pieces))),
        (program, rest) => {
          const words = [program, ...rest]
          const quote = quoteStyles[0] ?? String
          const [shell, direct] = [parseCommands(words.map(quote).join(' ')), readArgv(words)]
          expect(shell.commands.map((command) => command.words)).toEqual(
            direct.commands.map((command) => command.words),
          )
          expect(shell.undecidable === undefined).toBe(direct.undecidable === undefined)
        },
      ),
    )
  })

  it('are matched by the pattern that quotes them, in both modes', () => {
    fc.assert(
      fc.property(
        fc.array(
          word.filter((text) => !/[{}]/.test(text) && text !== ''),
          { minLength: 1, maxLength: 8 },
        ),
        (words) => {
          const pattern = words.map((text) => `'${text.replaceAll("'", "'\\''")}'`).join(' ')
          expect(compileCommandPattern(pattern, 'exact').matches(words)).toBe(true)
          expect(compileCommandPattern(pattern, 'anywhere').matches(words)).toBe(true)
        },
      ),
    )
  })

  it('that an exact pattern matches are matched anywhere, too', () => {
    const part = fc.constantFrom('a', 'b', '-c', '--d', '--d=e', '*', '**', 'a*', '/x/a', './a', '-rf')
    const given = fc.constantFrom(
      'a',
      'b',
      '-c',
      '--d',
      '--d=e',
      '/x/a',
      './a',
      'ab',
      '-rf',
      '\0',
      'a\0',
      '\0\0\0',
    )
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 6 }),
        fc.array(given, { minLength: 1, maxLength: 6 }),
        (pattern, words) => {
          const text = pattern.join(' ')
          fc.pre(compileCommandPattern(text, 'exact').matches(words))
          expect(compileCommandPattern(text, 'anywhere').matches(words)).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })
})

/** Work, not time: how often the text is looked at cannot be counted, so a quadratic reading shows in the processor's time, which others' load is no part of. */
describe('a huge text is read, or refused, in one go', () => {
  const huge: [string, string][] = [
    ['a line of 40 kB', `echo ${'x'.repeat(40_000)}`],
    ['20,000 words', `echo ${'x '.repeat(20_000)}`],
    ['5,000 pipeline parts', Array.from({ length: 5_000 }, () => 'cat').join(' | ')],
    ['20,000 list parts', 'true; '.repeat(20_000)],
    ['5,000 `cd`s', `${'cd x && '.repeat(5_000)}echo > y`],
    ['5,000 `cd`s that may fail', `${'cd x; '.repeat(5_000)}echo > y`],
    ['10,000 opening parentheses', '('.repeat(10_000)],
    ['2,000 nested substitutions', 'echo $('.repeat(2_000) + ')'.repeat(2_000)],
    ['10,000 open quotes', `echo ${`"'`.repeat(10_000)}`],
    ['10,000 backticks', '`'.repeat(10_001)],
    ['10,000 here-documents', 'cat <<E\n'.repeat(10_000)],
    [
      '10,000 assignments and a calculation',
      `${Array.from({ length: 10_000 }, (_, index) => `x${index}=$x${index + 1}`).join('; ')}; ((x0)); true`,
    ],
    ['a long sed script', `sed '${'s/[^/]*$//;'.repeat(4_000)}' x`],
    ['a sed script of brackets', `sed 's/${'['.repeat(20_000)}/x/' y`],
    ['wrappers in wrappers', `${'env '.repeat(10_000)}x`],
    ['shells in shells', `${'sh -c '.repeat(100)}x`],
    ['evals in evals', `${'eval '.repeat(10_000)}x`],
    ['an awk program', `awk '${'print '.repeat(10_000)}' x`],
    ['a million characters', 'x'.repeat(1_000_001)],
  ]
  it.each(huge)('%s', (_name, text) => {
    const before = process.cpuUsage()
    const { commands, undecidable } = parseCommands(text)
    const { user, system } = process.cpuUsage(before)
    expect(commands.length > 0 || undecidable !== undefined).toBe(true)
    expect(user + system).toBeLessThan(2_000_000)
  })
})

it.each([
  'echo "a',
  "echo 'a",
  'echo $(a',
  'echo `a',
  'a |',
  'a &&',
  'if a',
  'for i in',
  'a )',
  ';',
  'a\0b',
  '${',
  '[[ a',
  '((a',
  'f() {',
  'case a in',
  'echo ${x',
])('does not guess at %j', (text) => {
  expect(parseCommands(text).undecidable?.reason).toMatch(/./)
})
