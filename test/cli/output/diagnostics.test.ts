import { expect, test } from 'vitest'
import { countDiagnostics, renderDiagnostics } from '../../../src/cli/output/diagnostics.ts'
import { createStyle } from '../../../src/cli/output/style.ts'
import type { Diagnostic } from '../../../src/shared/diagnostics.ts'

const diagnostic: Diagnostic = {
  severity: 'error',
  code: 'capability/unknown-resource',
  message: 'unknown resource `flie`',
  why: 'what is written as a rule must hold',
  fix: '- **Deny** `file:.env:*`',
  place: { file: '.agent-os/AGENT.md', line: 12, column: 12, endLine: 12, endColumn: 16 },
  related: [{ message: 'first set here', place: { file: 'b.md', line: 1, column: 2 } }],
}
const line = '- **Deny** `flie:.env:*`'

function render(given: Diagnostic, text: string | undefined) {
  return renderDiagnostics([given], { style: createStyle(false), lineAt: () => text })
}

test('a diagnostic shows place, line, what, why, fix and the other place', () => {
  expect(render({ ...diagnostic, place: { ...diagnostic.place, column: 13, endColumn: 17 } }, line)).toBe(
    [
      '.agent-os/AGENT.md:12:13 error unknown resource `flie` capability/unknown-resource',
      '  12 | - **Deny** `flie:.env:*`',
      '     |             ^^^^',
      '  why what is written as a rule must hold',
      '  fix - **Deny** `file:.env:*`',
      '  see b.md:1:2 first set here',
      '',
    ].join('\n'),
  )
})

test('a file that is gone costs only the excerpt', () => {
  expect(render(diagnostic, undefined)).not.toContain('|')
})

test.each([
  { name: 'a place past the end', column: 400, text: 'short' },
  { name: 'a very long line', column: 9000, text: 'x'.repeat(20_000) },
  { name: 'an escape sequence', column: 3, text: '\x1b[2J\x1b[2J' },
])('the excerpt of $name stays small and harmless', ({ column, text }) => {
  const rendered = render({ ...diagnostic, place: { file: 'a.md', line: 1, column } }, text)
  expect(Math.max(...rendered.split('\n').map((each) => each.length))).toBeLessThan(150)
  expect(rendered).not.toContain('\x1b')
})

test('the count names what there is', () => {
  expect(countDiagnostics([diagnostic, diagnostic, { ...diagnostic, severity: 'note' }])).toBe(
    '2 errors, 1 note',
  )
})
