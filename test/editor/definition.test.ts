import { expect, test } from 'vitest'
import { definitionAt } from '../../src/editor/definition.ts'
import { cursorIn, findingsOf } from './scene.ts'

function definition(files: Parameters<typeof cursorIn>[0]): string[] {
  const cursor = cursorIn(files)
  return definitionAt(cursor, findingsOf(cursor)).map(({ file, line }) => `${file}:${line}`)
}

const tester = { '.agent-os/agents/tester.md': '---\ndescription: codes\nname: tester\n---\n# Tester\n' }

test.each([
  {
    name: 'of a rule that never matters: the rule that takes it away',
    files: '- **Deny** `file:src/**:*`\n- **Al▮low** `file:src/a.ts:read`\n',
    expected: ['.agent-os/AGENT.md:1'],
  },
  {
    name: 'of one that the user’s own specs take away: the line there',
    files: {
      '.agent-os/AGENT.md': '- **Allow** `http:x▮.com:get`\n',
      '~/.agent-os/GLOBAL_RULES.md': '# Mine\n\n- **Deny** `http:x.com:request`\n',
    },
    expected: ['~/.agent-os/GLOBAL_RULES.md:3'],
  },
  { name: 'of a rule that matters: none', files: '- **Allow** `file:s▮rc/**:read`\n', expected: [] },
  {
    name: 'of a pack: the pack',
    files: '---\nextends: [oos:node, oos:sec▮rets]\n---\n',
    expected: ['oos:secrets:1'],
  },
  {
    name: 'of a pack with a hole',
    files: '---\nextends:\n  - pack: oos:sec▮rets\n    except: ["file:a:read"]\n---\n',
    expected: ['oos:secrets:1'],
  },
  {
    name: 'of a file that is extended: the file',
    files: {
      '.agent-os/AGENT.md': '---\nextends: ./rules/te▮am.md\n---\n',
      '.agent-os/rules/team.md': '# T\n',
    },
    expected: ['.agent-os/rules/team.md:1'],
  },
  {
    name: 'of a file that a definition extends',
    files: {
      '.agent-os/agents/a.md': '---\ndescription: a\nextends: ../rules/te▮am.md\n---\n',
      '.agent-os/rules/team.md': '# T\n',
    },
    expected: ['.agent-os/rules/team.md:1'],
  },
  { name: 'of a pack that is not there: none', files: '---\nextends: oos:no▮pe\n---\n', expected: [] },
  {
    name: 'of an agent behind `for`: its definition',
    files: { '.agent-os/AGENT.md': '- **Allow** `file:x:read` for `tes▮ter`\n', ...tester },
    expected: ['.agent-os/agents/tester.md:3'],
  },
  {
    name: 'of an agent that may be spawned',
    files: { '.agent-os/AGENT.md': '- **Allow** `agent:tes▮ter:spawn`\n', ...tester },
    expected: ['.agent-os/agents/tester.md:3'],
  },
  {
    name: 'of a name: its Let',
    files: '# A\n\n- **Let** `@code` = `src/**`\n- **Allow** `file:@co▮de:read`\n',
    expected: ['.agent-os/AGENT.md:3'],
  },
  { name: 'of a name that no Let gives: none', files: '- **Allow** `file:@co▮de:read`\n', expected: [] },
])('$name', ({ files, expected }) => {
  expect(definition(files)).toEqual(expected)
})
