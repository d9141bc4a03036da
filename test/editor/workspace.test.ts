import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { createPublisher } from '../../src/editor/publish.ts'
import { specPlaceOf } from '../../src/editor/spec-place.ts'
import { createWorkspace } from '../../src/editor/workspace.ts'

const packs = join(import.meta.dirname, '../../specs')

/** A home folder with projects in it, and an editor that has none of their files open. */
function scene(files: Readonly<Record<string, string>>) {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'oos-editor-')))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  const workspace = createWorkspace({ home, packs, find: () => () => undefined })
  const publish = createPublisher(workspace, () => undefined)
  const uri = (path: string) => pathToFileURL(join(home, path)).href
  const open = (path: string, text: string) =>
    workspace.open(TextDocument.create(uri(path), 'markdown', 1, text))
  /** `shop/.agent-os/AGENT.md: rule/near-miss` */
  const told = () =>
    publish()
      .map(
        (one) =>
          `${decodeURIComponent(one.uri).replace(`file://${home}/`, '')}: ${one.diagnostics.map(({ code, message }) => code ?? String(message).split(',')[0]).join(' ')}`,
      )
      .toSorted()
  return { home, workspace, open, uri, told }
}

test.each([
  ['/p/.agent-os/AGENT.md', { base: '/p', below: 'AGENT.md' }],
  ['/p/.agent-os/agents/a.MD', { base: '/p', below: 'agents/a.MD' }],
  ['/p/.agent-os/rules/team.md', { base: '/p', below: 'rules/team.md' }],
  ['/.agent-os/AGENT.md', { base: '/', below: 'AGENT.md' }],
  ['/p/.agent-os/x/.agent-os/AGENT.md', { base: '/p/.agent-os/x', below: 'AGENT.md' }],
  ['/p/.agent-os/other/a.md', undefined],
  ['/p/.agent-os/agents/deep/a.md', undefined],
  ['/p/.agent-os/AGENT.txt', undefined],
  ['/p/AGENT.md', undefined],
  ['.agent-os/AGENT.md', undefined],
])('%s lies at %j', (path, expected) => {
  expect(specPlaceOf(path)).toEqual(expected)
})

test('other files of the editor are none of oos’s business', () => {
  const { open, told, workspace, uri } = scene({ 'shop/.agent-os/AGENT.md': '- **Dney** `file:x:read`\n' })
  expect(open('shop/README.md', '- **Dney** `file:x:read`\n')).toBe(false)
  expect(workspace.open(TextDocument.create('untitled:Untitled-1', 'markdown', 1, ''))).toBe(false)
  expect(told()).toEqual([])
  expect(workspace.cursorAt(uri('shop/README.md'), { line: 0, character: 0 })).toBeUndefined()
})

test('what is wrong with the files of a project is told, open or not, and taken back with its last file', () => {
  const { open, told, workspace, uri } = scene({
    'shop/.agent-os/AGENT.md': '',
    'shop/.agent-os/rules/team.md': '- **Dney** `file:x:read`\n',
  })
  open('shop/.agent-os/AGENT.md', '- **Alow** `file:x:read`\n')
  expect(told()).toEqual([
    'shop/.agent-os/AGENT.md: rule/near-miss',
    'shop/.agent-os/rules/team.md: rule/near-miss',
  ])
  expect(told()).toEqual([])
  workspace.close(uri('shop/.agent-os/AGENT.md'))
  expect(told()).toEqual(['shop/.agent-os/AGENT.md: ', 'shop/.agent-os/rules/team.md: '])
})

test('folders of the editor are projects of their own, each with its agents', () => {
  const { home, told, workspace } = scene({
    'shop/.agent-os/AGENT.md': '- **Allow** `file:x:read` for `seller`\n',
    'shop/.agent-os/agents/seller.md': '# Seller\n',
    'bank/.agent-os/AGENT.md': '- **Allow** `file:x:read` for `seller`\n',
    'none/README.md': '',
  })
  workspace.setFolders(['shop', 'bank', 'none', 'gone'].map((name) => join(home, name)))
  expect(told()).toEqual(['bank/.agent-os/AGENT.md: agent/unknown'])
  workspace.setFolders([join(home, 'shop')])
  expect(told()).toEqual(['bank/.agent-os/AGENT.md: '])
})

test('the user’s own specs hold in every project, and what is said of them is said once', () => {
  const { home, open, told, workspace } = scene({
    '.agent-os/GLOBAL_RULES.md': '',
    'shop/.agent-os/AGENT.md': '# A\n',
    'bank/.agent-os/AGENT.md': '# A\n',
  })
  workspace.setFolders([join(home, 'shop'), join(home, 'bank')])
  open('.agent-os/GLOBAL_RULES.md', '- **Deny** `file:x:read` for `nobody`\n')
  expect(told()).toEqual(['.agent-os/GLOBAL_RULES.md: agent/unknown'])
})

test('they are checked alone where no project is open', () => {
  const { open, told, workspace } = scene({ '.agent-os/GLOBAL_RULES.md': '' })
  open('.agent-os/GLOBAL_RULES.md', '- **Dney** `file:x:read`\n')
  expect(told()).toEqual(['.agent-os/GLOBAL_RULES.md: rule/near-miss'])
  expect(workspace.members().map(({ root }) => root)).toEqual([undefined])
})

test('a project that is opened through a link keeps the names that the editor knows', () => {
  const { home, told, workspace } = scene({ 'real/.agent-os/AGENT.md': '- **Dney** `file:x:read`\n' })
  symlinkSync(join(home, 'real'), join(home, 'link'))
  workspace.setFolders([join(home, 'link')])
  expect(told()).toEqual(['link/.agent-os/AGENT.md: rule/near-miss'])
})

test('a folder without specs yet is a project once a spec is typed in it', () => {
  const { home, open, told } = scene({})
  mkdirSync(join(home, 'fresh'))
  open('fresh/.agent-os/AGENT.md', '- **Dney** `file:x:read`\n')
  expect(told()).toEqual(['fresh/.agent-os/AGENT.md: rule/near-miss'])
})

test('more than can be read while typing is said so, at the top of what is open', () => {
  const large = 'word\n'.repeat(180_000)
  const { open, told, workspace, uri } = scene({
    'shop/.agent-os/AGENT.md': '',
    'shop/.agent-os/rules/a.md': large,
    'shop/.agent-os/rules/b.md': large,
    'shop/.agent-os/rules/c.md': large,
  })
  open('shop/.agent-os/AGENT.md', '# A\n')
  expect(told()).toEqual(['shop/.agent-os/AGENT.md: the specs here are larger than 2 MB together'])
  expect(
    workspace.cursorAt(uri('shop/.agent-os/AGENT.md'), { line: 0, character: 0 })?.cursor.snapshot,
  ).toMatchObject({ isTooLarge: true })
})
