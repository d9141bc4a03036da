import { describe, expect, it } from 'vitest'
import { insertRules } from '../../../src/spec/edit/insert-rule.ts'
import { parseSpec } from '../../../src/spec/parse.ts'
import { source } from '../sources.ts'

/** The file with the rule of every sentence in it that has one. */
function insertAll(text: string, path = '.agent-os/AGENT.md') {
  const before = source(path, text)
  const lines = parseSpec(before).advisory.filter(({ suggestion }) => suggestion !== undefined)
  const { bytes, done, left } = insertRules(before, lines)
  return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), done, left, lines }
}

const rule = '**Deny** `file:a/b:write`'
const sentence = 'Never edit `a/b`.'

describe('a rule goes below its sentence', () => {
  const rows: readonly { where: string; before: string; after: string }[] = [
    { where: 'a paragraph', before: `${sentence}\n\nMore.\n`, after: `${sentence}\n\n- ${rule}\n\nMore.\n` },
    { where: 'the last line, without a line end', before: sentence, after: `${sentence}\n\n- ${rule}` },
    {
      where: 'a paragraph above a heading',
      before: `${sentence}\n# More\n`,
      after: `${sentence}\n\n- ${rule}\n\n# More\n`,
    },
    {
      where: 'a paragraph above a list of its own',
      before: `${sentence}\n- it is old\n`,
      after: `${sentence}\n\n* ${rule}\n\n- it is old\n`,
    },
    { where: 'an item', before: `- ${sentence}\n- b\n`, after: `- ${sentence}\n  - ${rule}\n- b\n` },
    {
      where: 'an item with another bullet',
      before: `* ${sentence}\n* b\n`,
      after: `* ${sentence}\n  * ${rule}\n* b\n`,
    },
    {
      where: 'a numbered item',
      before: `1. ${sentence}\n2. b\n`,
      after: `1. ${sentence}\n   - ${rule}\n2. b\n`,
    },
    { where: 'a task', before: `- [ ] ${sentence}\n`, after: `- [ ] ${sentence}\n  - ${rule}\n` },
    {
      where: 'a nested item',
      before: `1. x\n   - ${sentence}\n`,
      after: `1. x\n   - ${sentence}\n     - ${rule}\n`,
    },
    {
      where: 'an item that has items',
      before: `- ${sentence}\n  + why\n`,
      after: `- ${sentence}\n  + ${rule}\n  + why\n`,
    },
    { where: 'an item behind a tab', before: `-\t${sentence}\n`, after: `-\t${sentence}\n \t- ${rule}\n` },
    { where: 'a quote, outside of it', before: `> ${sentence}\n`, after: `> ${sentence}\n\n- ${rule}\n` },
    {
      where: 'a table, outside of it',
      before: `| A |\n|---|\n| ${sentence} |\n`,
      after: `| A |\n|---|\n| ${sentence} |\n\n- ${rule}\n`,
    },
    {
      where: 'a sentence in the middle of a paragraph',
      before: `First. ${sentence} Last.\n`,
      after: `First. ${sentence} Last.\n\n- ${rule}\n`,
    },
    {
      where: 'two sentences of one paragraph, in their order',
      before: `${sentence} Never edit \`c/d\`.\n`,
      after: `${sentence} Never edit \`c/d\`.\n\n- ${rule}\n- **Deny** \`file:c/d:write\`\n`,
    },
    {
      where: 'the items of a list under **NEVER**',
      before: '**NEVER**:\n- edit `a/b`\n- be rude\n',
      after: `**NEVER**:\n- edit \`a/b\`\n  - ${rule}\n- be rude\n`,
    },
    {
      where: 'front matter, which stays as it is',
      before: `---\nextends:   [oos:node] # x\n---\n${sentence}\n`,
      after: `---\nextends:   [oos:node] # x\n---\n${sentence}\n\n- ${rule}\n`,
    },
  ]
  it.each(rows)('$where', ({ before, after }) => {
    expect(insertAll(before).text).toBe(after)
  })

  it.each([
    {
      what: 'CRLF',
      before: `# A\r\n\r\n- ${sentence}\r\n`,
      after: `# A\r\n\r\n- ${sentence}\r\n  - ${rule}\r\n`,
    },
    {
      what: 'a byte order mark',
      before: `\uFEFF- ${sentence}\n`,
      after: `\uFEFF- ${sentence}\n  - ${rule}\n`,
    },
    {
      what: 'spaces at line ends',
      before: `- ${sentence}  \n- b \t\n`,
      after: `- ${sentence}  \n  - ${rule}\n- b \t\n`,
    },
  ])('$what is kept', ({ before, after }) => {
    expect(insertAll(before).text).toBe(after)
  })

  it('is bound to the agent whose definition the sentence stands in', () => {
    const { text } = insertAll(
      `---\nname: painter\ndescription: paints\n---\n${sentence}\n`,
      '.agent-os/agents/painter.md',
    )
    expect(parseSpec(source('.agent-os/agents/painter.md', text)).rules.map(({ agents }) => agents)).toEqual([
      ['painter'],
    ])
  })
})

it('the file then has these rules more and says nothing else, and all that stood in it still does', () => {
  const text = [
    '# Guardrails',
    '1. **Database safety**:',
    '   - Never modify SQLite directly without backup',
    '   - Never delete `data/`',
    '2. **Secrets**: never read `.env`',
    '',
    '- **Allow** `file:**:read,write` — all',
    '  - never edit `vendor/` by hand',
    '',
    '## When errors occur',
    '1. Stop',
    '2. Never run `rm -rf`',
    '```bash',
    'Never edit `a/b`.',
    '```',
  ].join('\n')
  const { text: after, done, left } = insertAll(text)
  expect([done.length, left]).toEqual([4, []])
  const [old, now] = [
    parseSpec(source('.agent-os/AGENT.md', text)),
    parseSpec(source('.agent-os/AGENT.md', after)),
  ]
  expect(now.diagnostics).toEqual(old.diagnostics)
  expect(now.rules).toHaveLength(old.rules.length + 4)
  const kept = after.split('\n').filter((line) => !/^\s*[-*+] \*\*Deny\*\* /.test(line))
  expect(kept).toEqual(text.split('\n'))
})

it('leaves out the rule that would change what stands around it, and puts in the others', () => {
  const text = `${sentence}\n\n    indented code\n\nNever edit \`c/d\`.\n`
  const { text: after, done, left } = insertAll(text)
  expect([done.length, left.map((line) => line.text)]).toEqual([1, [sentence]])
  expect(after).toBe(`${text}\n- **Deny** \`file:c/d:write\`\n`)
})
