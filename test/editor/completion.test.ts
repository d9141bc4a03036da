import { expect, test } from 'vitest'
import { constraintExamples, type FolderEntry } from '../../src/editor/capability-completion.ts'
import { completionAt } from '../../src/editor/completion.ts'
import { constraintKinds, constraintNames } from '../../src/policy/capability/constraints.ts'
import { cursorIn, edited } from './scene.ts'

const folders: Readonly<Record<string, readonly FolderEntry[]>> = {
  '': [
    { name: 'src', isFolder: true },
    { name: '.git', isFolder: true },
    { name: 'a [1].txt', isFolder: false },
    { name: 'odd`name', isFolder: false },
    { name: 'odd:name', isFolder: false },
  ],
  'src/': [
    { name: 'main.ts', isFolder: false },
    { name: 'map', isFolder: true },
  ],
}
const list = (folder: string) => folders[folder] ?? []

function offered(files: Parameters<typeof cursorIn>[0]): string[] {
  return completionAt(cursorIn(files), list).items.map(({ label }) => label)
}

test.each([
  ['- **▮', ['Allow', 'Only', 'Deny', 'Ask', 'Limit', 'Require', 'Let']],
  [
    '- **Deny** `▮',
    'file http shell env secret git mcp browser model memory agent task'.split(' ').map((name) => `${name}:`),
  ],
  ['- **Allow** `secret:x` via `▮', ['shell:']],
  [
    '- **Deny** `http:example.com:▮',
    ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'request', '*'],
  ],
  ['- **Deny** `file:src/**:read,▮', ['create', 'change', 'delete', 'write']],
  ['- **Deny** `task:▮', []],
  [
    '- **Limit** `run:*{▮',
    ['timeout', 'memory', 'disk', 'output', 'cpu', 'processes', 'tokens', 'usd'].map((name) => `${name}:`),
  ],
  [
    '- **Limit** `run:*{timeout:30m,▮',
    ['memory:', 'disk:', 'output:', 'cpu:', 'processes:', 'tokens:', 'usd:'],
  ],
  ['- **Limit** `run:*{timeout:▮', ['timeout:30s', 'timeout:5m', 'timeout:1h']],
  ['- **Deny** `shell:x{e▮', expect.arrayContaining(['everywhere', 'timeout:'])],
  ['- **Deny** `file:{a,▮', []],
  ['- **Deny** `file:x:read{▮', []],
  ['- **Allow** `file:x:read{▮', ['expires:']],
  ['- **Deny** `file:▮', ['**', 'src/**', 'src/', 'a \\[1\\].txt']],
  ['- **Deny** `file:src/ma▮', ['src/**', 'src/main.ts', 'src/map/**', 'src/map/']],
  ['- **Deny** `file:../▮', []],
  ['- **Deny** `file:~/▮', []],
  ['- **Let** `@code` = `src/**`\n- **Allow** `file:@▮', ['@code']],
  ['- **Allow** `agent:▮', expect.arrayContaining(['tester', 'spawn', 'message'])],
  ['- **Deny** `file:x:read` for `▮', expect.arrayContaining(['tester', 'coder', 'command'])],
  ['- **Deny** `file:x:read` ▮', ['except', 'for']],
  ['- **Allow** `file:x:read` ▮', ['except', 'for', 'via']],
  ['- **Require** `shell:npm test` ▮', ['except', 'for', 'before', 'when']],
  ['- **Require** `shell:npm test` before ▮', ['start', 'commit', 'push', 'done']],
  ['some prose `▮', []],
  ['---\n▮\n---\n', ['title:', 'description:', 'version:', 'extends:']],
  ['---\ntitle: x\n▮\n---\n', ['description:', 'version:', 'extends:']],
  ['---\ntitle: ▮\n---\n', []],
  ['---\nextends: ▮\n---\n', expect.arrayContaining(['oos:node', 'oos:secrets'])],
  ['---\nextends: [oos:node, oos:▮]\n---\n', expect.arrayContaining(['oos:node', 'oos:secrets'])],
  ['---\nextends:\n  - ▮\n---\n', expect.arrayContaining(['oos:secrets', 'pack:', 'except:'])],
  ['---\nextends:\n- ▮\n---\n', expect.arrayContaining(['oos:secrets'])],
  ['---\nextends:\n  - pack: ▮\n---\n', expect.arrayContaining(['oos:secrets'])],
  ['---\nextends:\n  - pack: oos:secrets\n    ▮\n---\n', ['pack:', 'except:']],
  ['---\nlimits:\n  ▮\n---\n', []],
])('%j offers %j', (text, expected) => {
  expect(offered({ '.agent-os/AGENT.md': text, '.agent-os/agents/tester.md': '# Tester\n' })).toEqual(
    expected,
  )
})

test('a definition has keys of its own, and limits', () => {
  expect(offered({ '.agent-os/agents/a.md': '---\n▮\n---\n' })).toEqual(
    expect.arrayContaining(['name:', 'command:', 'model:', 'tools:', 'limits:']),
  )
  expect(offered({ '.agent-os/agents/a.md': '---\nlimits:\n  timeout: 5m\n  ▮\n---\n' })).toEqual(
    ['memory', 'processes', 'disk', 'output', 'cpu', 'tokens', 'usd'].map((name) => `${name}:`),
  )
})

test('front matter that is not read is offered nothing, and a pack of the project is offered by its file', () => {
  expect(offered({ '.agent-os/notes.md': '---\n▮\n---\n' })).toEqual([])
  expect(
    offered({ '.agent-os/AGENT.md': '---\nextends: ▮\n---\n', '.agent-os/rules/team.md': '# Team\n' }),
  ).toContain('./rules/team.md')
  expect(
    offered({
      '.agent-os/agents/a.md': '---\ndescription: a\nextends: ▮\n---\n',
      '.agent-os/rules/team.md': '# Team\n',
    }),
  ).toContain('../rules/team.md')
  const own = offered({
    '~/.agent-os/GLOBAL_RULES.md': '---\nextends: ▮\n---\n',
    '~/.agent-os/rules/mine.md': '# Mine\n',
    '.agent-os/rules/team.md': '# Team\n',
  })
  expect(own.filter((name) => name.endsWith('.md'))).toEqual(['./rules/mine.md'])
})

test('`in` is offered in the user’s own specs alone', () => {
  expect(offered({ '~/.agent-os/GLOBAL_RULES.md': '- **Deny** `file:x:read` ▮' })).toContain('in')
})

test.each([
  ['- **De▮', 'Deny', '- **Deny**'],
  ['- **De▮** `file:x:read`', 'Deny', '- **Deny** `file:x:read`'],
  ['- __▮__', 'Ask', '- __Ask__'],
  ['- **Deny** `fi▮`', 'file:', '- **Deny** `file:`'],
  ['- **Deny** `file:src/m▮:read`', 'src/main.ts', '- **Deny** `file:src/main.ts:read`'],
  ['- **Limit** `run:*{memory:4GB,ti▮}`', 'timeout:', '- **Limit** `run:*{memory:4GB,timeout:}`'],
  ['\uFEFF- **De▮', 'Ask', '\uFEFF- **Ask**'],
  ['😀\r\n\r\n- 😀\r\n- **De▮', 'Deny', '😀\r\n\r\n- 😀\r\n- **Deny**'],
])('%j becomes with %s %j', (text, label, expected) => {
  const item = completionAt(cursorIn(text), list).items.find((each) => each.label === label)
  if (item?.textEdit === undefined || !('range' in item.textEdit)) throw new Error(`${label} is not offered`)
  expect(edited(text.replace('▮', ''), [item.textEdit])).toBe(expected)
})

test('the example of every constraint is a value that it takes', () => {
  for (const name of constraintNames)
    for (const value of constraintExamples[name]) expect(constraintKinds[name].parse(value).ok).toBe(true)
})
