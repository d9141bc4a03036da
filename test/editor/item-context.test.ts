import { expect, test } from 'vitest'
import { readItemContext } from '../../src/editor/item-context.ts'
import { fc } from '../spec/arbitrary.ts'

function contextOf(marked: string): string {
  const text = marked.replace('▮', '')
  const context = readItemContext(text, marked.indexOf('▮'))
  switch (context?.kind) {
    case undefined:
      return 'nothing'
    case 'code':
      return `${context.effect} ${context.role} [${text.slice(context.span.start, context.span.end)}]`
    case 'effect':
      return `effect [${text.slice(context.typed.start, context.typed.end)}] ${context.mark}`
    case 'stage':
      return `stage [${text.slice(context.typed.start, context.typed.end)}]`
    case 'clause':
      return `${context.effect} clause [${text.slice(context.typed.start, context.typed.end)}]`
  }
}

test.each([
  ['- **▮', 'effect [] **'],
  ['- __De▮', 'effect [De] __'],
  ['  * [ ] **Al▮', 'effect [Al] **'],
  ['1) **Ask▮** `x`', 'effect [Ask] **'],
  ['**De▮', 'nothing'],
  ['- prose `▮', 'nothing'],
  ['- **Note** `▮', 'nothing'],
  ['- **Deny** `▮', 'deny capability []'],
  ['- **Deny:** `▮', 'deny capability []'],
  ['- **Deny**: `▮', 'deny capability []'],
  ['- Deny `fi▮le:x:read` for `a`', 'deny capability [file:x:read]'],
  ['- **Deny** ``file:a`b▮:read``', 'deny capability [file:a`b:read]'],
  ['- **Deny** `file:▮ and the rest', 'deny capability [file: and the rest]'],
  ['- **Deny** `file:x:read`, `▮', 'deny capability []'],
  ['- **Deny** `file:x:read`\n  except `▮', 'deny capability []'],
  ['- **Deny** `file:x:read` for `▮`', 'deny agent []'],
  ['- **Deny** `file:x:read` for `a`, `b▮', 'deny agent [b]'],
  ['- **Deny** `file:x:read` for `a` except `▮', 'deny capability []'],
  ['- **Allow** `secret:x` via `▮', 'allow command []'],
  ['- **Deny** `file:x:read` in `▮', 'deny folder []'],
  ['- **Let** `▮', 'let let []'],
  ['- **Deny** `file:x:read` ▮', 'deny clause []'],
  ['- **Deny** `file:x:read` ex▮', 'deny clause [ex]'],
  ['- **Require** `shell:npm test` before ▮', 'stage []'],
  ['- **Require** `shell:npm test` before co▮', 'stage [co]'],
  ['- **Deny** `file:x:read` — before `▮', 'nothing'],
  ['- **Deny** `file:x:read` because `▮', 'nothing'],
  ['- **Deny** — secrets\n  - `▮', 'deny capability []'],
  ['- **Deny** — secrets\n  - `a`\n  - `▮', 'deny capability []'],
  ['- **Deny** `file:x:read`\n  - ✗ `▮', 'deny capability []'],
  ['- **Deny** `file:x:read`\n\ntext `▮', 'nothing'],
  ['```\n- **Deny** `▮', 'nothing'],
  ['```\n```\n- **Deny** `▮', 'deny capability []'],
  ['~~~\n```\n- **▮', 'nothing'],
  ['- **Deny** `file:x:read`\r\n- **▮', 'effect [] **'],
  ['▮', 'nothing'],
])('%j is %s', (marked, expected) => {
  expect(contextOf(marked)).toBe(expected)
})

const pieces = fc.constantFrom(
  '- ',
  '**',
  'Deny',
  ' ',
  '`',
  '``',
  '\n',
  '\r\n',
  '  ',
  'file:',
  ' for ',
  '—',
  '😀',
  '```',
  '\r',
)

test('any text at any point is read, and what is found lies around the point', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), fc.nat(60), (parts, at) => {
      const text = parts.join('')
      const offset = Math.min(at, text.length)
      const context = readItemContext(text, offset)
      if (context === undefined) return
      const { start, end } = context.kind === 'code' ? context.span : context.typed
      expect(start).toBeLessThanOrEqual(offset)
      expect(end).toBeGreaterThanOrEqual(offset)
      expect(text.slice(start, end)).not.toMatch(/[\r\n]/)
    }),
    { numRuns: 5_000 },
  )
})
