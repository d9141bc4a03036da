import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { startEditor } from './lsp-client.ts'
import { makeTree, oos } from './oos.ts'

type Editor = Awaited<ReturnType<typeof startEditor>>
const editors: Editor[] = []
afterEach(() => {
  for (const { child } of editors.splice(0)) child.kill('SIGKILL')
})

async function scene(files: Readonly<Record<string, string>>, folders: readonly string[] = []) {
  const home = makeTree({ 'shop/package.json': '{}', ...files })
  const editor = await startEditor({ home, folders: folders.map((name) => join(home, name)) })
  editors.push(editor)
  const open = (path: string, text: string) => editor.open(join(home, path), text)
  return { home, editor, open, uri: (path: string) => pathToFileURL(join(home, path)).href }
}

const file = 'shop/.agent-os/AGENT.md'
const replace = (line: number, from: number, to: number, text: string) => ({
  range: { start: { line, character: from }, end: { line, character: to } },
  text,
})

test('a spec is checked as it is typed, in steps, and not as it lies on the disk', async () => {
  const { open } = await scene({ [file]: '- **Dney** `file:disk:read`\n' })
  const spec = await open(file, '# 😀 A\r\n\r\n- 😀\r\n- **Dney** `file:a:read`\r\n')
  expect(await spec.faults()).toEqual(['3:2 rule/near-miss'])
  await spec.edit([replace(3, 4, 8, 'Deny')])
  expect(await spec.faults()).toEqual([])
  await spec.edit([replace(3, 12, 23, 'file:😀:reda'), replace(2, 0, 0, '- **Alow** `file:b:read`\r\n')])
  expect(spec.text()).toBe('# 😀 A\r\n\r\n- **Alow** `file:b:read`\r\n- 😀\r\n- **Deny** `file:😀:reda`\r\n')
  expect(await spec.faults()).toEqual(['2:2 rule/near-miss', '4:20 capability/unknown-action'])
})

test('other files that an edit touches are told too, and what a closed file says is what lies on the disk', async () => {
  const { open, editor, uri } = await scene({
    [file]: '- **Allow** `file:a:read` for `seller`\n',
    'shop/.agent-os/agents/seller.md': '---\nname: seller\n---\n',
  })
  const spec = await open('shop/.agent-os/agents/seller.md', '---\nname: seller\n---\n')
  expect(await spec.faults()).toEqual([])
  await spec.edit([replace(1, 6, 12, 'clerk')])
  const [unknown] = await editor.told(uri(file), ({ diagnostics }) => diagnostics.length > 0)
  expect(unknown).toMatchObject({ code: 'agent/unknown', severity: 1, source: 'oos' })
  await spec.close()
  expect(await editor.told(uri(file), ({ diagnostics }) => diagnostics.length === 0)).toEqual([])
})

const shadowed = '# A\n\n- **Deny** `file:src/**:*`\n- **Allow** `file:src/a.ts:read` — here\n'

test('what the rules mean follows in a pause, and leads to the rule that decides', async () => {
  const { open, editor } = await scene({ [file]: '' })
  const spec = await open(file, shadowed)
  expect(await spec.faults((codes) => codes.length > 0)).toEqual(['3:0 analysis/under-deny'])
  const [warning] = await editor.told(spec.uri, ({ diagnostics }) => diagnostics.length > 0)
  expect(warning).toMatchObject({
    severity: 2,
    codeDescription: { href: expect.stringMatching(/^file:.*\/docs\/diagnostics\.md#L\d+$/) },
    relatedInformation: [{ location: { uri: spec.uri, range: { start: { line: 2 } } } }],
  })
  expect(await spec.definition('src/a.ts')).toEqual([`${spec.uri}#3`])
  await spec.edit([replace(0, 2, 3, 'Agents')])
  expect(await spec.faults()).toEqual(['3:0 analysis/under-deny'])
  await spec.edit([replace(2, 4, 8, 'Allow')])
  expect(await spec.faults()).toEqual([])
})

test('a rule says what it means and what holds it here, and a sentence that nothing does', async () => {
  const { open } = await scene({ [file]: '' })
  const spec = await open(file, `${shadowed}\nNever modify \`data/a.db\` directly.\n`)
  expect(await spec.hover('src/**')).toMatch(/^\*\*Deny\*\*: never happens.*On this machine (not )?held/s)
  expect(await spec.hover('data/a.db')).toContain('**Advisory**')
  expect(await spec.hover('# A')).toBeUndefined()
})

test('half a rule is completed from the tables, the project and its specs', async () => {
  const { open } = await scene({
    [file]: '',
    'shop/src/main.ts': '',
    'shop/.agent-os/agents/seller.md': '# Seller\n',
  })
  const spec = await open(
    file,
    '---\n\n---\n- **\n- **Deny** `\n- **Deny** `file:sr\n- **Deny** `file:a:read` for `\n',
  )
  expect(await spec.complete('---\n')).toContain('extends:')
  expect(await spec.complete('- **')).toContain('Require')
  expect(await spec.complete('- **Deny** `')).toContain('http:')
  expect(await spec.complete('file:sr')).toContain('src/**')
  expect(await spec.complete('for `')).toContain('seller')
})

test('names lead to where they are written', async () => {
  const { open, uri } = await scene({ [file]: '', 'shop/.agent-os/agents/seller.md': '# Seller\n' })
  const spec = await open(
    file,
    '---\nextends: oos:node\n---\n- **Let** `@code` = `src/**`\n- **Allow** `file:@code:read` for `seller`\n',
  )
  expect(await spec.definition('seller')).toEqual([`${uri('shop/.agent-os/agents/seller.md')}#1`])
  expect(await spec.definition('@code:read')).toEqual([`${spec.uri}#4`])
  const [pack = ''] = await spec.definition('oos:node')
  expect(existsSync(new URL(pack.replace(/#.*/, '')))).toBe(true)
})

test('what is offered to be written is written, and right then', async () => {
  const { open, home } = await scene({ [file]: '' })
  const spec = await open(
    file,
    '# A\r\n\r\nNever modify `data/😀.db` or so.\r\nALWAYS ask before pushing\r\n\r\n- **Dney** `file:a:reda`\r\n',
  )
  const apply = async (mark: string) => {
    const [action] = await spec.actions(mark)
    if (action === undefined) throw new Error('nothing is offered')
    expect(action.kind).toBe('quickfix')
    await spec.apply(action)
    return action.title
  }
  expect(await spec.faults()).toEqual(['5:2 rule/near-miss'])
  expect(await spec.actions('**Dney**')).toEqual([])
  await spec.edit([replace(5, 4, 8, 'Deny')])
  expect(await apply('reda')).toBe('write `file:a:read` in place of `file:a:reda`')
  expect(await spec.faults()).toEqual([])
  expect(await apply('before pushing')).toBe('write the rule: **Ask** `git:*:push`')
  expect(await spec.faults()).toEqual([])
  expect(spec.text()).toContain('\r\n* **Ask** `git:*:push`\r\n')
  writeFileSync(join(home, file), spec.text())
  expect(oos(['spec', 'check'], { cwd: join(home, 'shop'), env: { HOME: home } })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^nothing wrong in 1 file with \d+ rules\n$/),
  })
})

test('specs that others write meanwhile are looked at, in the project and at home, and folders put in another’s place', async () => {
  const { open, editor, home, uri } = await scene({ [file]: '# A\n' })
  const spec = await open(file, '# A\n')
  expect(await spec.faults()).toEqual([])
  const wrong = async (path: string) => {
    const [fault] = await editor.told(uri(path), ({ diagnostics }) => diagnostics.length > 0)
    return fault?.code
  }
  mkdirSync(join(home, '.agent-os'))
  writeFileSync(join(home, '.agent-os/GLOBAL_RULES.md'), '- **Dney** `env:A`\n')
  expect(await wrong('.agent-os/GLOBAL_RULES.md')).toBe('rule/near-miss')
  mkdirSync(join(home, 'shop/next/rules'), { recursive: true })
  writeFileSync(join(home, 'shop/next/rules/team.md'), '- **Dney** `env:A`\n')
  renameSync(join(home, 'shop/.agent-os'), join(home, 'shop/old'))
  renameSync(join(home, 'shop/next'), join(home, 'shop/.agent-os'))
  expect(await wrong('shop/.agent-os/rules/team.md')).toBe('rule/near-miss')
})

test('folders of the editor are checked with no file open, come, and go', async () => {
  const wrong = '- **Dney** `file:a:read`\n'
  const { editor, home, uri } = await scene({ [file]: wrong, 'bank/.agent-os/AGENT.md': wrong }, ['shop'])
  const faults = (path: string, count: number) =>
    editor.told(uri(path), ({ diagnostics }) => diagnostics.length === count)
  await faults(file, 1)
  await editor.setFolders([join(home, 'bank')])
  await faults('bank/.agent-os/AGENT.md', 1)
  await faults(file, 0)
})

test('nothing that the project brings is run: no front matter, no program of its path', async () => {
  const marker = makeTree({})
  const fake = `#!/bin/sh\ntouch '${marker}/ran'\n`
  const home = makeTree({
    [file]: '',
    ...Object.fromEntries(
      ['git', 'bwrap', 'prlimit', 'node', 'sh'].map((name) => [`shop/bin/${name}`, fake]),
    ),
  })
  for (const name of ['git', 'bwrap', 'prlimit', 'node', 'sh']) chmodSync(join(home, 'shop/bin', name), 0o755)
  const path = process.env.PATH
  process.env.PATH = `${join(home, 'shop/bin')}:${path}`
  const editor = await startEditor({ home, folders: [join(home, 'shop')] })
  process.env.PATH = path
  editors.push(editor)
  const code = `require('fs').writeFileSync('${marker}/ran', '')`
  const spec = await editor.open(join(home, file), `---js\n${code}\n---\n${shadowed}`)
  expect(await spec.faults()).toEqual(['0:0 front-matter/language'])
  await spec.edit([replace(0, 0, 5, '---'), replace(1, 0, code.length, 'title: x')])
  expect(await spec.faults((codes) => codes.length > 0)).toEqual(['6:0 analysis/under-deny'])
  await spec.hover('src/**')
  await spec.complete('file:')
  expect(existsSync(join(marker, 'ran'))).toBe(false)
})

test('it ends as it is told to, and with its editor', async () => {
  const orderly = await scene({ [file]: '' })
  await orderly.editor.shutdown()
  expect(await orderly.editor.exit()).toBe(0)
  const hasty = await scene({ [file]: '' })
  expect(await hasty.editor.exit()).toBe(1)
  const gone = await scene({ [file]: '' })
  gone.editor.child.stdin?.end()
  expect(await gone.editor.ended).toBe(1)
})
