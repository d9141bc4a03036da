import matter from 'gray-matter'
import { describe, expect, it } from 'vitest'
import { hasErrors } from '../../src/shared/diagnostics.ts'
import { refusingEngines } from '../../src/spec/front-matter/read.ts'
import { parseSources, parseSpec } from '../../src/spec/parse.ts'
import { specKinds } from '../../src/spec/types.ts'
import { fc } from './arbitrary.ts'
import { codesOf, rulesOf, source } from './sources.ts'

const seen = globalThis as { oosRanFrontMatter?: boolean }

describe('front matter', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghi'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[index]}`).join()}]`),
  ]
  const cases: readonly [string, string, string][] = [
    ['JavaScript', '---js\nglobalThis.oosRanFrontMatter = true\n---\n', 'front-matter/language'],
    [
      'JavaScript, spelt out',
      '--- javascript\n(globalThis.oosRanFrontMatter = true)\n---\n',
      'front-matter/language',
    ],
    ['JSON', '---json\n{"title": "x"}\n---\n', 'front-matter/language'],
    ['CoffeeScript', '---coffee\ntitle: x\n---\n', 'front-matter/language'],
    ['an alias bomb', `---\n${bomb.join('\n')}\n---\n`, 'front-matter/alias'],
    ['an anchor', '---\ntitle: &x y\n---\n', 'front-matter/alias'],
    ['a merge key', '---\n<<: {title: x}\n---\n', 'front-matter/alias'],
    ['a tag', '---\ntitle: !!js/function "x"\n---\n', 'front-matter/tag'],
    ['a known tag', '---\ntitle: !!binary aGk=\n---\n', 'front-matter/tag'],
    ['a local tag', '---\ntitle: !x y\n---\n', 'front-matter/tag'],
    ['a duplicate key', '---\ntitle: a\ntitle: b\n---\n', 'front-matter/yaml'],
    ['two documents', '---\ntitle: a\n...\ntitle: b\n---\n', 'front-matter/yaml'],
    ['a prototype key', '---\n__proto__: {title: x}\n---\n', 'front-matter/unknown-key'],
    ['a constructor key', '---\nconstructor: {prototype: {title: x}}\n---\n', 'front-matter/unknown-key'],
    ['a key that is a list', '---\n? [a, b]\n: c\n---\n', 'front-matter/value'],
    ['deep flow lists', `---\na: ${'['.repeat(50_000)}\n---\n`, 'front-matter/too-deep'],
    ['deep closed lists', `---\na: ${'['.repeat(60)}${']'.repeat(60)}\n---\n`, 'front-matter/too-deep'],
    ['deep block lists', `---\n${'- '.repeat(30_000)}x\n---\n`, 'front-matter/too-deep'],
    [
      'deep maps',
      `---\n${Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')}\n---\n`,
      'front-matter/too-deep',
    ],
    ['more than 64 KB', `---\ntitle: ${'x'.repeat(70_000)}\n---\n`, 'front-matter/too-deep'],
    ['no end', '---\ntitle: x\n\n- **Deny** `env:A`\n', 'front-matter/unclosed'],
    ['an end that goes on', '---\ntitle: x\n---y\n- **Deny** `env:A`\n', 'front-matter/unclosed'],
    [
      'an end that goes on, before another',
      '---\ntitle: x\n---y\n- **Deny** `env:A`\n---\n',
      'front-matter/unclosed',
    ],
    ['a list', '---\n- a\n---\n', 'front-matter/value'],
  ]
  it.each(cases)('%s is refused', (_, text, code) => {
    const spec = rulesOf(text)
    expect(codesOf(spec)).toContain(code)
    expect(hasErrors(spec.diagnostics)).toBe(true)
    expect(seen.oosRanFrontMatter).toBe(undefined)
    expect(({} as { title?: unknown }).title).toBe(undefined)
  })

  it('has no engine that runs or reads anything, should one ever be reached', () => {
    for (const language of ['js', 'javascript', 'json', 'coffee', 'toml', 'JS']) {
      const parse = () =>
        matter(`---${language}\nglobalThis.oosRanFrontMatter = true\n---\n`, { engines: refusingEngines })
      expect(parse).toThrow()
    }
    expect(seen.oosRanFrontMatter).toBe(undefined)
  })

  it('reads YAML 1.2: no is a word, not a truth value', () => {
    expect(codesOf(rulesOf('---\ntitle: no\ndescription: 012\n---\n'))).toEqual(['front-matter/value'])
  })
})

describe('markdown that would be slow to parse is refused before', () => {
  const cases: readonly [string, string][] = [
    ['quotes in each other', '>'.repeat(100_000)],
    ['lists in each other', '- '.repeat(100_000)],
    ['numbered lists in each other', '1. '.repeat(5_000)],
    ['footnotes in each other', '[^a]: '.repeat(3_000)],
    [
      'lists by indentation',
      Array.from({ length: 400 }, (_, depth) => `${' '.repeat(2 * depth)}- a`).join('\n'),
    ],
    ['many nested lines', '- > - > a\n'.repeat(20_000)],
    ['emphasis', 'a**'.repeat(6_000)],
    ['emphasis over lines', 'a**b\n'.repeat(30_000)],
    ['emphasis behind lines that only look like items', `a\n${'        - a**b**c\n'.repeat(10_000)}`],
    ['emphasis behind numbers that cannot begin a list', `a\n${'2. a**b**c\n'.repeat(10_000)}`],
    ['brackets', '['.repeat(19_000)],
    ['footnote calls', '[^1] x\n'.repeat(30_000)],
    ['many lines', 'x\n\n'.repeat(30_000)],
    ['a long paragraph', `${'x'.repeat(10_000)}\n`.repeat(11)],
    ['a large table', `|a|b|\n|-|-|\n${'|a|b|\n'.repeat(20_000)}`],
    ['a quote that lazy lines go on with', `> a\n${'a\n'.repeat(10_000)}`],
    [
      'code spans that never close',
      Array.from({ length: 100 }, (_, length) => '`'.repeat(length + 1)).join(' '),
    ],
    ['a long line', 'x'.repeat(50_000)],
  ]
  it.each(cases)('%s', (_, text) => {
    expect(codesOf(rulesOf(text))).toContain('markdown/too-complex')
  })

  it('takes thousands of ordinary rules', () => {
    const { rules, diagnostics } = rulesOf(
      '- **Deny** `file:**/.env*:*` except `file:**/.env.example:read` — no\n'.repeat(2_000),
    )
    expect([rules.length, diagnostics]).toEqual([2_000, []])
  })

  it('takes at most 10,000 rules', () => {
    const { rules, diagnostics } = rulesOf('- Deny `env:A`\n'.repeat(10_001))
    expect([rules.length, diagnostics.map(({ code }) => code)]).toEqual([10_000, ['rule/too-many']])
    const half = source('.agent-os/rules/a.md', '- Deny `env:A`\n'.repeat(5_001))
    expect(codesOf(parseSources([half, { ...half, path: '.agent-os/rules/b.md' }]))).toContain(
      'rule/too-many',
    )
  })
})

describe('bytes', () => {
  const cases: readonly [string, Uint8Array, string][] = [
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x2d, 0]), 'source/encoding'],
    ['UTF-16, big-endian', new Uint8Array([0xfe, 0xff, 0, 0x2d]), 'source/encoding'],
    ['a NUL', new TextEncoder().encode('- **Deny** `env:A\0`'), 'source/encoding'],
    ['half a character', new Uint8Array([0x2d, 0x20, 0xe2, 0x82]), 'source/encoding'],
    ['an overlong form', new Uint8Array([0xc0, 0xaf]), 'source/encoding'],
    ['a surrogate', new Uint8Array([0xed, 0xa0, 0x80]), 'source/encoding'],
    ['more than 1 MB', new Uint8Array(1024 * 1024 + 1).fill(0x61), 'source/too-large'],
  ]
  it.each(cases)('%s is refused', (_, bytes, code) => {
    expect(codesOf(parseSpec(source('.agent-os/AGENT.md', bytes)))).toEqual([code])
  })
})

describe('characters that deceive', () => {
  const cases: readonly [string, string, string][] = [
    ['a right-to-left override in a rule', '- **Deny** `env:A` \u202E— x', 'rule/hidden-character'],
    ['a right-to-left override in prose', 'x \u202E y', 'source/bidirectional'],
    ['a zero-width space in an effect', '- **De\u200Bny** `env:A`', 'rule/near-miss'],
    ['many zero-width spaces in an effect', '- **D\u200Be\u200Bn\u200By** `env:A`', 'rule/near-miss'],
    ['a zero-width space in a resource', '- **Deny** `en\u200Bv:A`', 'capability/hidden-character'],
    ['a Cyrillic letter in a resource', '- **Deny** `еnv:A`', 'capability/look-alike'],
    ['a full-width effect', '- **Ｄeny** `env:A`', 'rule/near-miss'],
    ['an odd space between effect and span', '- **Deny**\u00A0`env:A` \u00A0 x', 'rule/unexpected'],
    ['an invisible separator before a clause', '- **Deny** `env:A` \u2063for `command`', 'rule/unexpected'],
  ]
  it.each(cases)('%s', (_, text, code) => {
    expect(codesOf(rulesOf(text))).toContain(code)
  })
})

describe('any text at all', () => {
  const piece = fc.constantFrom(
    '- ',
    '**Deny** ',
    '**',
    '`',
    '`env:A`',
    '`file:@x:read`',
    'for ',
    'except ',
    'before ',
    '\n',
    '\n\n',
    '  ',
    '    ',
    '> ',
    '| a |',
    '|-|',
    '```\n',
    '---\n',
    '<!--',
    '-->',
    '<div>',
    '# ',
    '**Let** `@x` = `a`',
    '1. ',
    '✓ ',
    '[ ] ',
    '\r',
    '\t',
    '\u202E',
    'a: ',
    '*x',
    '&x ',
    '{',
    '}',
    'A: ID (Text, Key)',
    '**Pattern:** x',
    'PRAGMA a=b;',
    'Service: x',
    'Port: 1',
    '\\',
    '&mdash;',
    '—',
    ', ',
    '[^1]: ',
    '~~',
  )
  const text = fc.oneof(
    fc.array(piece, { maxLength: 60 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 300 }),
  )

  it('ends in a spec, never in an exception', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(...specKinds), (written, kind) => {
        const path = kind === 'definition' ? '.agent-os/agents/x.md' : '.agent-os/x.md'
        const set = parseSources([{ path, kind, layer: 'project', bytes: new TextEncoder().encode(written) }])
        const lines = written.split(/\r\n|\n|\r/).length
        for (const { place } of set.diagnostics) {
          expect(place.line >= 1 && place.line <= lines && place.column >= 1).toBe(true)
        }
      }),
      { numRuns: 1_500 },
    )
  })

  it('holds a bold effect in front of a capability, or says why not', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const { rules, diagnostics } = rulesOf(`${before}\n\n- **Deny** \`env:MARK\` ${after}`)
        const held = rules.some(({ source: { text: written } }) => written.includes('env:MARK'))
        const hidden = /```|~~~|<!--|<[a-z!?]|`|^ {0,3}\[|---|^(?:\t| {4})/im.test(before)
        expect(held || hidden || hasErrors(diagnostics)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})
