import { expect, test } from 'vitest'
import { actionsAt } from '../../src/editor/code-actions.ts'
import { cursorIn, edited } from './scene.ts'

const everywhere = { start: { line: 0, character: 0 }, end: { line: 1_000, character: 0 } }

function actions(files: Parameters<typeof cursorIn>[0], range = everywhere) {
  return actionsAt(cursorIn(files), range)
}

const tester = { '.agent-os/agents/tester.md': '# Tester\n' }

test.each([
  ['- **Dney** `file:x:read`\n', '- **Deny** `file:x:read`\n'],
  ['- __allow:__ `file:x:read`\n', '- __Allow:__ `file:x:read`\n'],
  ['---\nextnds: oos:node\n---\n', '---\nextends: oos:node\n---\n'],
  ['---\nextends: oos:nod\n---\n', '---\nextends: oos:node\n---\n'],
  ['---\nextends: [oos:secrts]\n---\n', '---\nextends: [oos:secrets]\n---\n'],
  ['- **Deny** `fle:x:read`\n', '- **Deny** `file:x:read`\n'],
  ['- **Deny** `file:x:reda`\n', '- **Deny** `file:x:read`\n'],
  ['- **Deny** `file:x:read,read`\n', '- **Deny** `file:x:read`\n'],
  ['- **Limit** `run:*{timout:5m}`\n', '- **Limit** `run:*{timeout:5m}`\n'],
  ['- **Deny** `file:x:read` for `testr`\n', '- **Deny** `file:x:read` for `tester`\n'],
  ['- **Deny** `file:x:read` and `file:y:read`\n', '- **Deny** `file:x:read`, `file:y:read`\n'],
  ['- **Deny** `file:x:read` `file:y:read`\n', '- **Deny** `file:x:read`, `file:y:read`\n'],
  ['- **Deny** `file:x:read`.\n', '- **Deny** `file:x:read`\n'],
  ['- **Deny** `file:x:read` excpet `file:x/y:read`\n', '- **Deny** `file:x:read` except `file:x/y:read`\n'],
  ['- **Require** `shell:npm test` before `done`\n', '- **Require** `shell:npm test` before done\n'],
  ['# 😀\r\n\r\n- 😀\r\n- **Dney** `file:😀:read`\r\n', '# 😀\r\n\r\n- 😀\r\n- **Deny** `file:😀:read`\r\n'],
  ['\uFEFF- **Dney** `file:x:read`\n', '\uFEFF- **Deny** `file:x:read`\n'],
])('%j is put right as %j, and nothing is wrong then', (text, expected) => {
  const [action, ...others] = actions({ '.agent-os/AGENT.md': text, ...tester })
  if (action === undefined) throw new Error('nothing is offered')
  expect(others).toEqual([])
  expect(edited(text, [action.edit])).toBe(expected)
  const { snapshot } = cursorIn({ '.agent-os/AGENT.md': expected, ...tester })
  expect(snapshot.diagnostics).toEqual([])
})

test.each([
  ['a word near two effects', '- **Ly** `file:x:read`\n'],
  ['an effect with something else wrong behind it', '- **Dney** `file:x:reda`\n'],
  ['a missing action, which only its author knows', '- **Deny** `file:x`\n'],
  ['two meanings', '- **Deny** `shell:npm run test:*`\n'],
  ['a value with a guess for a unit', '- **Limit** `run:*{timeout:30}`\n'],
  ['a name whose pattern is elsewhere', '- **Let** `@a` = `x`\n- **Deny** `file:@a:reda`\n'],
  ['a key that is near another which is there', '---\ntitle: a\ntitel: b\n---\n'],
  ['a key near none', '---\nzebra: 1\n---\n'],
  ['a paragraph', '**Deny** `file:x:read`\n'],
  ['rule-like text in a fence', '```\n- **Dney** `file:x:read`\n```\n'],
])('%s is left to its author', (_, text) => {
  expect(actions(text)).toEqual([])
})

test('what is on another line of the file is not offered, and anywhere on its own it is', () => {
  const line = (number: number) => ({
    start: { line: number, character: 0 },
    end: { line: number, character: 0 },
  })
  const text = '- **Dney** `file:x:read`\n- **Alow** `file:y:read` — because\n'
  expect(actions(text, line(1)).map(({ title }) => title)).toEqual([
    'write `**Allow**` in place of `**Alow**`',
  ])
  expect(actions(`${text}\n\n\n`, line(4))).toEqual([])
})

test.each([
  [
    'Never modify `data/a.db` directly.\n',
    'Never modify `data/a.db` directly.\n\n- **Deny** `file:data/a.db:write`\n',
  ],
  [
    '\uFEFF# A\r\n\r\nALWAYS ask before pushing\r\n',
    '\uFEFF# A\r\n\r\nALWAYS ask before pushing\r\n\r\n- **Ask** `git:*:push`\r\n',
  ],
  [
    '**NEVER**:\n- run `rm -rf`\n- be rude\n',
    '**NEVER**:\n- run `rm -rf`\n  - **Deny** `shell:rm -rf *`\n- be rude\n',
  ],
  [
    '😀 Never modify `data/a.db`.\n\n😁 text\n',
    '😀 Never modify `data/a.db`.\n\n- **Deny** `file:data/a.db:write`\n\n😁 text\n',
  ],
])('the rule that %j means is written below it', (text, expected) => {
  const [action, ...others] = actions(text)
  if (action === undefined) throw new Error('nothing is offered')
  expect(others).toEqual([])
  expect(edited(text, [action.edit])).toBe(expected)
  expect(cursorIn(expected).snapshot.diagnostics).toEqual([])
  expect(actions(expected)).toEqual([])
})

test('a file that takes long to read is not tried out', () => {
  expect(actions(`- **Dney** \`file:x:read\`\n\n${'word '.repeat(60_000)}\n`)).toEqual([])
})
