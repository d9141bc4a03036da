import { describe, expect, it } from 'vitest'
import { parseSpec } from '../../../src/spec/parse.ts'

const read = (text: string) =>
  parseSpec({ path: 'AGENT.md', kind: 'agent', layer: 'project', bytes: new TextEncoder().encode(text) })
const placed = (text: string) => read(text).diagnostics.map(({ code, place }) => `${place.line} ${code}`)

describe('front matter that is none is an error, since what it names does not hold', () => {
  it.each([
    { what: 'below a blank line', text: '\n---\nextends: [oos:git]\n---\n', line: 2 },
    { what: 'behind a blank', text: ' ---\nextends: [oos:git]\n---\n', line: 1 },
    { what: 'below a heading', text: '# Rules\n\n---\nextends: [oos:git]\n---\n', line: 3 },
    { what: 'below a comment', text: '<!-- a -->\n---\nextends: oos:git\n---\n', line: 2 },
    { what: 'without its first line', text: 'extends: [oos:git]\n---\n\nText\n', line: 1 },
    { what: 'below four dashes', text: '----\nextends: [oos:git]\n----\n', line: 1 },
    { what: 'below stars', text: '***\nextends: [oos:git]\n***\n', line: 1 },
    { what: 'below a long dash', text: '—\nextends: [oos:git]\n—\n', line: 1 },
    { what: 'in a block of code at the top', text: '```yaml\nextends: [oos:git]\n```\n', line: 1 },
    { what: 'with the line ends of Windows', text: '# Rules\r\n---\r\nextends: oos:git\r\n---\r\n', line: 2 },
  ])('$what', ({ text, line }) => {
    expect(placed(text)).toEqual([`${line} front-matter/misplaced`])
  })

  it.each([
    {
      what: 'an example in a block of code',
      text: '# Rules\n\n```yaml\n---\nextends: [oos:git]\n---\n```\n',
    },
    { what: 'a line between paragraphs', text: '# Rules\n\nOne.\n\n---\n\nTwo: three.\n' },
    { what: 'a line between paragraphs, above a word and a colon', text: 'Text.\n\n---\nextends: foo\n' },
    { what: 'a sentence that begins with a key', text: 'Extends: nothing at all\n\nText\n' },
    { what: 'none', text: '# Rules\n' },
  ])('not: $what', ({ text }) => {
    expect(placed(text)).toEqual([])
  })
})

it.each([
  { value: 'oos:git', ends: '\n' },
  { value: 'oos:git', ends: '\r\n' },
  { value: '[oos:git, oos:secrets]', ends: '\r\n' },
])('front matter is read whatever ends its lines: $value', ({ value, ends }) => {
  const text = ['---', `extends: ${value}`, '---', '', '# Rules', ''].join(ends)
  const spec = read(text)
  expect({ problems: spec.diagnostics, packs: spec.extends.map(({ pack }) => pack) }).toEqual({
    problems: [],
    packs: value.match(/oos:\w+/g),
  })
})
