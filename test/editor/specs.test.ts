import { expect, test } from 'vitest'
import { createUnderstanding, overlay } from '../../src/editor/specs.ts'
import { diagnostic } from '../../src/spec/report.ts'
import { source } from '../spec/sources.ts'

const agent = source('.agent-os/AGENT.md', '- **Allow** `file:a:read`\n')
const top = { line: 1, column: 1 }
const decode = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

test('what is typed stands in for what lies on the disk, and a file that is not saved yet is one more', () => {
  const read = { sources: [agent], diagnostics: [] }
  const open = new Map([
    ['.agent-os/AGENT.md', 'typed'],
    ['.agent-os/agents/new.md', 'new'],
    ['~/.agent-os/GLOBAL_RULES.md', 'mine'],
    ['.agent-os/other/x.md', 'no spec'],
  ])
  const { sources } = overlay(read, open)
  expect(sources.map(({ path, kind, layer, bytes }) => [path, kind, layer, decode(bytes)])).toEqual([
    ['.agent-os/AGENT.md', 'agent', 'project', 'typed'],
    ['.agent-os/agents/new.md', 'definition', 'project', 'new'],
    ['~/.agent-os/GLOBAL_RULES.md', 'rules', 'user', 'mine'],
  ])
})

test('a file that leads elsewhere stays a fault, whatever is typed in it', () => {
  const fault = diagnostic('source/link', { file: '.agent-os/AGENT.md', ...top }, 'it leads out')
  const read = { sources: [], diagnostics: [fault] }
  expect(overlay(read, new Map([['.agent-os/AGENT.md', 'typed']]))).toEqual(read)
})

test('one that was too large on the disk is what it is in the editor', () => {
  const fault = diagnostic('source/too-large', { file: '.agent-os/AGENT.md', ...top }, 'it is large')
  const { sources, diagnostics } = overlay(
    { sources: [], diagnostics: [fault] },
    new Map([['.agent-os/AGENT.md', 'typed']]),
  )
  expect(diagnostics).toEqual([])
  expect(decode(sources[0]?.bytes)).toBe('typed')
})

test('a file that is the same is not parsed again, and one that is not is', () => {
  const understand = createUnderstanding({ root: '/project', home: '/home/ada' })
  const other = source('.agent-os/rules/team.md', '- **Deny** `file:b:read`\n')
  const first = understand({ sources: [agent, other], diagnostics: [] })
  const edited = source('.agent-os/AGENT.md', '- **Allow** `file:c:read`\n')
  const second = understand({ sources: [edited, other], diagnostics: [] })
  const specOf = ({ set }: typeof first, path: string) => set.specs.find((spec) => spec.path === path)
  expect(specOf(second, other.path)).toBe(specOf(first, other.path))
  expect(specOf(second, agent.path)?.rules[0]?.source.text).toContain('file:c:read')
})

test('more than an editor can wait for is not read at all', () => {
  const understand = createUnderstanding({ root: '/project', home: '/home/ada' })
  const large = ['a', 'b', 'c'].map((name) =>
    source(`.agent-os/rules/${name}.md`, `${'word\n'.repeat(180_000)}`),
  )
  expect(understand({ sources: large, diagnostics: [] })).toMatchObject({
    isTooLarge: true,
    set: { specs: [] },
    diagnostics: [],
  })
})
