import type { Root } from 'mdast'
import { expect, test } from 'vitest'
import { parseTree } from '../../../src/spec/markdown/parse.ts'
import { createTreeMemory, type ParseTree } from '../../../src/spec/markdown/tree-memory.ts'
import { fc } from '../arbitrary.ts'

const lines = fc.constantFrom(
  ...[
    '# A',
    'text',
    'a `b` c',
    '**b** [x] [y](z)',
    '- item',
    '  - deep',
    '1. one',
    '   more',
    '    code',
    '> quote',
  ],
  ...[
    '```',
    '~~~',
    '<!-- c',
    '-->',
    '<div>',
    '</div>',
    '<pre>',
    '| a | b |',
    '|---|---|',
    '===',
    '---',
    '- [ ] t',
    '[^1]',
  ],
  ...[
    '[x]: u',
    '\t- tab',
    '+ plus',
    '***',
    'a\\',
    'https://example.com',
    '- **Deny** `file:x:read`',
    '  ',
    '😀',
    '- ',
    '`',
  ],
)
const breaks = fc.constantFrom('\n', '\n\n', '\n\n', '\r\n\r\n', '\r', '\n \t\n')
const text = fc.array(fc.tuple(lines, breaks), { maxLength: 14 }).map((parts) => parts.flat().join(''))
const items = fc.constantFrom(
  '- a `b` c',
  '- text',
  '- text',
  '- **b** d',
  '* other',
  '- _e_\n  more',
  '- f\nlazy',
)
const listed = fc
  .array(fc.oneof({ weight: 6, arbitrary: items }, { weight: 1, arbitrary: lines }), { maxLength: 14 })
  .chain((all) => fc.constantFrom('\n', '\n', '\r\n').map((join) => all.map((one) => one + join).join('')))
/** Replaces what lies between two points, given as parts of the whole. */
const edit = fc.record({
  at: fc.nat(100),
  length: fc.oneof(fc.constant(0), fc.nat(30)),
  by: fc.oneof(text, listed, lines, breaks),
})

/** With its assertions on, the parser refuses some task lists. */
function blocksOf(parse: ParseTree, whole: string): string {
  try {
    return JSON.stringify(parse(whole).children)
  } catch (error) {
    return String(error)
  }
}

const cases = Number(process.env.OOS_CASES ?? 500)

test('after any edits the tree is that of the whole text', () => {
  fc.assert(
    fc.property(fc.oneof(text, listed), fc.array(edit, { minLength: 1, maxLength: 6 }), (start, edits) => {
      const parse = createTreeMemory(parseTree)
      let now = start
      parse(now)
      for (const { at, length, by } of edits) {
        const from = Math.floor((now.length * at) / 100)
        now = now.slice(0, from) + by + now.slice(from + length)
        expect(blocksOf(parse, now)).toBe(blocksOf(parseTree, now))
      }
    }),
    { numRuns: cases },
  )
}, 90_000)

test('an edit in the middle parses no more than the blocks around it', () => {
  const sections = Array.from({ length: 50 }, (_, index) => `## Part ${index}\n\n- item ${index}\n\ntext\n\n`)
  const parsed: string[] = []
  const parse = createTreeMemory((part): Root => {
    parsed.push(part)
    return parseTree(part)
  })
  const whole = sections.join('')
  parse(whole)
  parse(whole.replace('item 25', 'item 25, edited'))
  expect(parsed[0]).toBe(whole)
  expect(parsed.slice(1).join('').length).toBeLessThan(100)
})

test('an edit in a long list parses no more than the items around it', () => {
  const items = Array.from({ length: 50 }, (_, index) => `- **Deny** \`file:dir-${index}/**\`\n`)
  const parsed: string[] = []
  const parse = createTreeMemory((part): Root => {
    parsed.push(part)
    return parseTree(part)
  })
  const whole = `# Rules\n\n${items.join('')}\ntext\n`
  parse(whole)
  const edited = whole.replace('dir-25', 'dir-25, edited').replace('- **Deny** `file:dir-26/**`\n', '')
  expect(blocksOf(parse, edited)).toBe(blocksOf(parseTree, edited))
  expect(parsed[0]).toBe(whole)
  expect(parsed.slice(1).join('').length).toBeLessThan(200)
})

const list = '- a\n- b\n- c\n'

test.each([
  ['# A\n\n- a\n- b\n- c\n', '# B\n\n- x\n- b\n- c\n'],
  ['- a\n- b\n\n- c\n- d\n- e\n', '- a\n- b\n- c\n- d\n- e\n'],
  [`text\n${list}`, 'text\n-\n- b\n- c\n'],
  [`${list}- d\n`, '- a\n- b\n - c\n- d\n'],
  [`\n${list}`, '\n - a\n- b\n- c\n'],
  ['- a\n- a\n- a\n - e\n- `d`\n- c\n- c\n', '- a\n- a\n- a\n - e\n- `d- c\n- c\n'],
])('%j becomes %j', (old, text) => {
  const parse = createTreeMemory(parseTree)
  parse(old)
  expect(blocksOf(parse, text)).toBe(blocksOf(parseTree, text))
})
