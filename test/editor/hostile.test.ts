import { expect, test } from 'vitest'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { actionsAt } from '../../src/editor/code-actions.ts'
import { completionAt } from '../../src/editor/completion.ts'
import { createCursor } from '../../src/editor/cursor.ts'
import { definitionAt } from '../../src/editor/definition.ts'
import { hoverAt } from '../../src/editor/hover.ts'
import { createUnderstanding } from '../../src/editor/specs.ts'
import { coverLines } from '../../src/ops/points/coverage.ts'
import { fc } from '../spec/arbitrary.ts'
import { source } from '../spec/sources.ts'

const place = { root: '/project', home: '/home/ada' }
const machine = { platform: 'linux', uid: 1000 }
const file = '.agent-os/AGENT.md'

/** Everything that an editor can ask, at one point. */
function askAll(text: string, offset: number): void {
  const snapshot = createUnderstanding(place)({ sources: [source(file, text)], diagnostics: [] })
  const document = TextDocument.create('file:///x.md', 'markdown', 1, text)
  const position = document.positionAt(offset)
  const cursor = createCursor(snapshot, { file, text }, { position, at: document.offsetAt(position) })
  const { set } = snapshot
  completionAt(cursor, () => [{ name: 'src', isFolder: true }])
  definitionAt(cursor, snapshot.diagnostics)
  hoverAt(cursor, coverLines({ set, ...place, machine }), machine)
  for (const { edit } of actionsAt(cursor, { start: position, end: document.positionAt(text.length) }))
    expect(TextDocument.applyEdits(document, [edit])).not.toBe(text)
}

const pieces = fc.constantFrom(
  ...[
    '- ',
    '**',
    'Deny',
    'Dney',
    'Allow',
    ' ',
    '`',
    '``',
    '\n',
    '\r\n',
    '\r',
    '  ',
    'file:',
    'a/**',
    ':read',
    ':reda',
  ],
  ...[
    ' for ',
    ' except ',
    '—',
    '😀',
    '```',
    '---',
    '\n---\n',
    'extends: ',
    'oos:nod',
    '[',
    ']',
    '{',
    '}',
    '@a',
    '\uFEFF',
  ],
  ...['Never modify `x`.', '\0', '\uD800', '\u202E', '<!--', '| a |', '[a]: b', '__proto__: '],
)

test('any text at any point is answered', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 25 }), fc.nat(120), (parts, at) => {
      const text = parts.join('')
      askAll(text, Math.min(at, text.length))
    }),
    { numRuns: 1_000 },
  )
})

const many = 100_000

test.each([
  ['a long word', `- **Deny** ${'a'.repeat(many)} `],
  ['backticks', `- **Deny** ${'`'.repeat(many)}`],
  ['spans', `- **Deny** ${'`a` '.repeat(many / 4)}`],
  [
    'runs of backticks of every length',
    Array.from({ length: 400 }, (_, index) => '`'.repeat(index)).join(' '),
  ],
  ['spaces', `- **Deny** \`file:a:read\`${' '.repeat(many)}x`],
  ['bullets', `${'- '.repeat(many / 2)}`],
  ['lines', `- **Deny**\n${'  a\n'.repeat(many / 4)}`],
  ['items', '- a\n'.repeat(many / 20)],
  ['fences', '```\n'.repeat(many / 4)],
  ['a long key', `---\n${'a'.repeat(many)}`],
  ['a long value', `---\nextends: ${'a,'.repeat(many / 2)}]`],
  ['a long list', `---\nextends:\n${'  - a\n'.repeat(many / 6)}`],
  ['braces', `- **Deny** \`run:*${'{a,'.repeat(many / 3)}`],
  ['colons', `- **Deny** \`file:${':'.repeat(many)}`],
])('%s without end is answered at its end', (_, text) => {
  askAll(text, text.length)
})
