import fc from 'fast-check'
import { expect, it } from 'vitest'
import { insertRules } from '../../../src/spec/edit/insert-rule.ts'
import { parseSpec } from '../../../src/spec/parse.ts'
import { source } from '../sources.ts'

const block = fc.constantFrom(
  'Never edit `a/b`.',
  'Some prose. Never read `.env`. More prose.',
  'ALWAYS ask before pushing\nand mean it.',
  '**NEVER**:',
  '- be rude\n- run `rm -rf`',
  '- [ ] Never edit `c/d`',
  '1. **Safety**:\n   - never delete `data/`\n2. Never push to `main`',
  '* Never edit `e/f`\n\n  More of it.\n',
  '> Never edit `quoted/x`',
  '| A | B |\n|---|---|\n| Never edit `cell/x` | b |',
  '- **Allow** `file:**:read,write` — all\n  - never edit `vendor/` by hand\n  - ✓ `file:a:read`',
  '- **Deny** `env:A`',
  '```sh\nNever edit `fenced/x`\n```',
  '    Never edit `indented/x`',
  '## Never edit `headed/x`',
  '<!-- Never edit `hidden/x` -->',
  '---',
  '',
)
const file = fc.record({
  blocks: fc.array(fc.tuple(block, fc.constantFrom('\n', '\n\n')), { maxLength: 8 }),
  crlf: fc.boolean(),
  bom: fc.boolean(),
  open: fc.boolean(),
})

it('whatever the file: every byte stays, only rules come, nothing else is said, and nothing is suggested twice', () => {
  fc.assert(
    fc.property(file, ({ blocks, crlf, bom, open }) => {
      const body = `# A\n\n${blocks.flat().join('')}`.replace(/\n+$/, open ? '' : '\n')
      const text = (bom ? '\uFEFF' : '') + (crlf ? body.replaceAll('\n', '\r\n') : body)
      const before = source('.agent-os/AGENT.md', text)
      const old = parseSpec(before)
      const wanted = old.advisory.filter(({ suggestion }) => suggestion !== undefined)
      const { bytes, done, left } = insertRules(before, wanted)
      const now = parseSpec({ ...before, bytes })
      expect(done.length + left.length).toBe(wanted.length)
      expect(isWithin(Buffer.from(text), bytes)).toBe(true)
      expect(now.rules.length).toBe(old.rules.length + done.length)
      expect(now.advisory.map((line) => line.text)).toEqual(old.advisory.map((line) => line.text))
      expect(now.diagnostics.map(({ code }) => code)).toEqual(old.diagnostics.map(({ code }) => code))
    }),
    { numRuns: 300 },
  )
})

/** Whether the one is the other with nothing but stretches put in. */
function isWithin(one: Uint8Array, other: Uint8Array): boolean {
  let at = 0
  for (const byte of other) if (byte === one[at]) at++
  return at === one.length
}
