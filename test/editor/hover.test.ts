import { expect, test } from 'vitest'
import { codeSpan } from '../../src/editor/code-text.ts'
import { hoverAt } from '../../src/editor/hover.ts'
import { coverLines } from '../../src/ops/points/coverage.ts'
import { fc } from '../spec/arbitrary.ts'
import { cursorIn } from './scene.ts'

const linux = { platform: 'linux', uid: 1000, bubblewrap: { path: '/usr/bin/bwrap', version: '0.8.0' } }
const mac = { platform: 'darwin', uid: 501 }

function hover(text: Parameters<typeof cursorIn>[0], machine: typeof linux | typeof mac = linux) {
  const cursor = cursorIn(text)
  const { set } = cursor.snapshot
  return hoverAt(cursor, coverLines({ set, root: '/project', home: '/home/ada', machine }), machine)
}

test('a rule says what it means, and what holds it on this machine', () => {
  const found = hover(
    '# A\n\n- **De▮ny** `file:**/.env*:*` except `file:a/.env:read` for `command` — secret\n',
  )
  expect(found?.range).toEqual({ start: { line: 2, character: 0 }, end: { line: 2, character: 68 } })
  expect(found?.markdown).toBe(`**Deny**: never happens, whatever allows it

- \`file:**/.env*:read,write\`: files and folders; read is open, list and execute

not about \`file:a/.env:read\`; for \`command\` and what they start

**On this machine held in part**: files that come to be during the run belong to their maker and are not closed

- sandbox: held in part: files that come to be during the run belong to their maker and are not closed
- not by: end of a run, start of a run, git hook, tool gate, gateway`)
})

test('on another machine it says what holds there', () => {
  expect(hover('- **Deny** `file:▮a/**:*`\n')?.markdown).toContain('**On this machine held in full**')
  expect(hover('- **Deny** `file:▮a/**:*`\n', mac)?.markdown).toContain(
    '**On this machine not held**: there is no sandbox for darwin yet',
  )
})

test('of several capabilities each says how far it is held', () => {
  const found = hover('- **Deny** `file:a/**:*`, `file:**/b.*:▮*`, `mcp:c/d`\n')?.markdown
  expect(found).toContain('**On this machine not held**: the sandbox does not see it')
  expect(found).toContain('- `file:a/**:read,write`: held in full')
  expect(found).toContain('- `file:**/b.*:read,write`: held in part: ')
  expect(found).toContain('- `mcp:c/d`: not held: the sandbox does not see it')
})

test('constraints say what they are, and clauses what they narrow', () => {
  const limit = hover('- **Limit** `run:*{timeout:30m,m▮emory:4GB}`\n')?.markdown
  expect(limit).toContain('timeout is time by the clock; memory is memory of all processes together')
  const required = hover('- **Require** `shell:npm test` before done when `file:s▮rc/**:write`\n')?.markdown
  expect(required).toContain('before `done`; only if the run did `file:src/**:write`')
})

test('a sentence says that it is advisory, and the rule that it would be', () => {
  expect(hover('Never modify `data/▮a.db` directly.\n')?.markdown).toBe(
    '**Advisory**: the agent reads it, nothing holds it\n\nas a rule: `` - **Deny** `file:data/a.db:write` ``',
  )
  expect(hover('Never be r▮ude.\n')?.markdown).toBe('**Advisory**: the agent reads it, nothing holds it')
})

test('a sentence that a rule says too names the rule', () => {
  const found = hover('Never modify `data/▮a.db` directly.\n\n- **Deny** `file:data/a.db:write`\n')
  expect(found?.markdown).toContain('**Advisory**, and a rule says the same')
  expect(found?.markdown).toContain('`.agent-os/AGENT.md:3`')
  expect(found?.markdown).toContain('**On this machine held in full**')
})

test.each([['# Ti▮tle\n'], ['some prose ▮\n'], ['- **Deny** `file:a:read`\n\n▮']])(
  '%j says nothing',
  (text) => {
    expect(hover(text)).toBeUndefined()
  },
)

test('what a spec says is shown as code: no picture of it is loaded, and nothing hides in it', () => {
  const shown = hover('- **Deny** `file:a![x](p).md:▮read`\n')?.markdown ?? ''
  expect(shown).toContain('![x]')
  expect(shown.replace(/`[^`]*`/g, '')).not.toContain('![x]')
})

test('no text ends its code span', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('', '`', '``', ' ', '\n', '\u202E'), (text, more) => {
      const span = codeSpan(text + more + text)
      const [, fence = ''] = /^(`+)/.exec(span) ?? []
      const inside = span.slice(fence.length, -fence.length)
      expect(span.endsWith(fence)).toBe(true)
      expect([...inside.matchAll(/`+/g)].map(([run]) => run)).not.toContain(fence)
      expect(inside).not.toMatch(/[\n\r\u202E]/)
    }),
  )
})
