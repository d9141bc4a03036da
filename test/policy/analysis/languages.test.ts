import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Automaton, compileAutomaton, uniteAutomata } from '../../../src/policy/analysis/automaton.ts'
import { anyCommand, commandLanguage, writeWords } from '../../../src/policy/analysis/command-language.ts'
import { anyHost, hostLanguage } from '../../../src/policy/analysis/host-language.ts'
import { anyName, nameLanguage } from '../../../src/policy/analysis/name-language.ts'
import { anyPath, pathLanguage, writePath } from '../../../src/policy/analysis/path-language.ts'
import type { Language, Regular } from '../../../src/policy/analysis/regular.ts'
import { accepts } from '../../../src/policy/analysis/search.ts'
import { compileHostGlobs, matchesHostGlob, parseHostTarget } from '../../../src/policy/match/host-glob.ts'
import { compileNameGlob } from '../../../src/policy/match/name-glob.ts'
import { compilePathGlob } from '../../../src/policy/match/path-glob.ts'
import { compileCommandPattern } from '../../../src/policy/shell/command-pattern.ts'
import { arbitraryRequest, arbitraryRules, home, root } from '../random-rules.ts'

const numRuns = Math.ceil(Number(process.env.OOS_CASES ?? 10_000) / 10)

function compiled(language: Language): Automaton {
  const automaton = compileAutomaton(language, { mostStates: 10_000 })
  if (automaton === undefined) throw new Error('too many states')
  return automaton
}

const word = fc.constantFrom(
  'git',
  'push',
  '-f',
  '--force',
  '--forc',
  '--force=x',
  '-C',
  '.',
  '',
  '--',
  '-',
  '-rf',
  '-vr',
  'x=y',
  '--a=push',
  './git',
  '/usr/bin/git',
  '../git',
  'main',
  '--depth=1',
  '--depth',
  '1',
)
const commandPatterns = [
  '*',
  '**',
  'git',
  'git *',
  'git push',
  'git push *',
  'git push --force *',
  'git push -f',
  'git * main',
  'git ** main',
  '* push',
  '** push',
  'gi* push',
  './git push',
  '/usr/*/git *',
  'git clone --depth=1 *',
  'rm -rf *',
  'git -x',
  '{git,rm} {push,-r} *',
  'git --',
  'git -*',
  'rm --* main',
  'x=y',
]

test.for(commandPatterns)('the language of the command `%s` is what it matches', (pattern) => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      for (const mode of ['exact', 'anywhere'] as const)
        expect([
          mode,
          words,
          accepts(languages.get(`${mode} ${pattern}`) as Automaton, writeWords(words)),
        ]).toEqual([mode, words, compileCommandPattern(pattern, mode).matches(words)])
    }),
    { numRuns: Math.ceil(numRuns / 4) },
  )
})
const languages = new Map(
  commandPatterns.flatMap((pattern) =>
    (['exact', 'anywhere'] as const).map((mode) => [
      `${mode} ${pattern}`,
      compiled(commandLanguage(pattern, mode)),
    ]),
  ),
)

test('the union of languages is what any of them says', () => {
  const patterns = fc.subarray(commandPatterns, { minLength: 2, maxLength: 4 })
  fc.assert(
    fc.property(patterns, fc.array(word, { minLength: 1, maxLength: 5 }), (some, words) => {
      const parts = some.map((pattern) => languages.get(`exact ${pattern}`) as Automaton)
      const union = uniteAutomata(parts, { mostStates: 10_000, ends: 'after-mark' }) as Automaton
      const text = writeWords(words)
      expect([some, words, accepts(union, text)]).toEqual([
        some,
        words,
        parts.some((part) => accepts(part, text)),
      ])
    }),
    { numRuns },
  )
})

test('the language of any pattern is what it matches', () => {
  fc.assert(
    fc.property(
      arbitraryRules,
      fc.array(arbitraryRequest, { minLength: 10, maxLength: 10 }),
      (rules, requests) => {
        for (const { resource, pattern } of rules.flatMap((rule) => rule.capabilities))
          for (const request of requests.filter((one) => one.resource === resource)) {
            const { target } = request
            if (resource === 'file')
              expect(accepts(compiled(pathLanguage(pattern, { root, home })), writePath(target))).toBe(
                compilePathGlob(pattern, { root, home }).matches(target),
              )
            else if (resource === 'http')
              for (const surely of [true, false]) {
                const asked = parseHostTarget(target)
                expect([
                  pattern,
                  target,
                  accepts(compiled({ says: hostLanguage(pattern, surely) }), target),
                ]).toEqual([
                  pattern,
                  target,
                  asked !== undefined &&
                    compileHostGlobs(pattern).some((glob) => matchesHostGlob(glob, asked, surely)),
                ])
              }
            else if (resource !== 'shell')
              expect(accepts(compiled({ says: nameLanguage(pattern) }), target)).toBe(
                compileNameGlob(pattern).matches(target),
              )
          }
      },
    ),
    { numRuns: Math.ceil(numRuns / 10) },
  )
})

const targets: readonly {
  name: string
  language: Regular
  in: readonly string[]
  out: readonly string[]
}[] = [
  {
    name: 'a path',
    language: anyPath,
    in: ['', '/a/b', '/.env', '/...'],
    out: ['/a/../b', '/a//b', 'a', '/.'],
  },
  { name: 'a name', language: anyName, in: ['a', '**'], out: ['*', ''] },
  {
    name: 'a host',
    language: anyHost(['[::1]:65000']),
    in: [
      '3com:443',
      'a.1a:80',
      'a.-b:80',
      'a.0xg:80',
      '00x1:80',
      'a.09x:80',
      'a.com:443',
      '203.0.113.0:80/x',
      'a.com:8080',
      '[::1]:65000',
      'a.com:80/',
      'a.com:80/x/',
    ],
    out: [
      'a.08:80',
      '1:80',
      'a.0x1:80',
      'a.0x:80',
      'a.com:0',
      '10.0.0.256:80',
      'a.com:443/./x',
      'a..com:80',
      '[::2]:80',
    ],
  },
  { name: 'a command', language: anyCommand, in: ['a\0', 'a\0\0', '-a\0'], out: ['\0', 'a'] },
]

test.for(targets)('$name is exactly what a request can name', ({ language, in: inside, out }) => {
  const automaton = compiled({ says: language })
  for (const text of inside) expect([text, accepts(automaton, text)]).toEqual([text, true])
  for (const text of out) expect([text, accepts(automaton, text)]).toEqual([text, false])
})

test('a language that needs too many states is not compiled', () => {
  const pattern = `**/${'?*a'.repeat(3)}${'?'.repeat(14)}`
  expect(compileAutomaton(pathLanguage(pattern, { root, home }), { mostStates: 1_000 })).toBeUndefined()
})
