import { describe, expect, test } from 'vitest'
import { resolveTarget } from '../../src/agents/target.ts'
import type { AgentDefinition } from '../../src/spec/types.ts'

const place = { file: 'agents/x.md', line: 1, column: 1 }
const agents: AgentDefinition[] = [
  { name: 'coder', description: '', command: [], tools: [], place },
  { name: 'claude', description: '', command: ['claude', '--print'], tools: [], place },
]

describe('what a run is of', () => {
  test.each([
    {
      typed: 'a command alone',
      names: [],
      command: ['npm', 'test'],
      agent: 'command',
      runs: ['npm', 'test'],
    },
    {
      typed: 'an agent with a command',
      names: ['coder'],
      command: ['./agent.sh'],
      agent: 'coder',
      runs: ['./agent.sh'],
    },
    {
      typed: 'an agent with a task',
      names: ['claude', 'fix it'],
      command: undefined,
      agent: 'claude',
      runs: ['claude', '--print', 'fix it'],
    },
    {
      typed: "an agent's program",
      names: [],
      command: ['/opt/bin/claude', 'x'],
      agent: 'claude',
      runs: ['/opt/bin/claude', 'x'],
    },
  ])('$typed', ({ names, command, agent, runs }) => {
    expect(resolveTarget({ names, command }, agents)).toEqual({ agent, command: runs })
  })

  test.each([
    {
      typed: 'a forgotten --',
      names: ['npm', 'test'],
      command: undefined,
      code: 'agent-unknown',
      hint: 'did you mean `oos run -- npm test`?',
    },
    {
      typed: 'options of the agent behind the dashes',
      names: ['claude'],
      command: ['-p', 'fix it'],
      code: 'usage',
      hint: "what goes to the agent stands without the two dashes: oos run claude -p 'fix it'",
    },
    {
      typed: 'options of oos behind the dashes',
      names: [],
      command: ['--dry-run', 'npm', 'run a b'],
      code: 'usage',
      hint: "options of oos stand before the two dashes: oos run --dry-run -- npm 'run a b'",
    },
    {
      typed: 'the dashes twice',
      names: [],
      command: ['--', 'ls', 'a b'],
      code: 'usage',
      hint: "the two dashes stand once: oos run -- ls 'a b'",
    },
    {
      typed: 'an option with its value behind the dashes',
      names: [],
      command: ['--deny', 'file:a b:read', 'npm', 'test'],
      code: 'usage',
      hint: "options of oos stand before the two dashes: oos run --deny 'file:a b:read' -- npm test",
    },
    {
      typed: 'an unknown agent',
      names: ['codr'],
      command: ['x'],
      code: 'agent-unknown',
      hint: 'did you mean the agent `coder`?',
    },
    {
      typed: 'an agent one letter away with a task',
      names: ['claud', 'fix it'],
      command: undefined,
      code: 'agent-unknown',
      hint: 'did you mean the agent `claude`?',
    },
    {
      typed: 'a name that is like none',
      names: ['writer'],
      command: ['x'],
      code: 'agent-unknown',
      hint: 'agents: coder, claude',
    },
    {
      typed: 'an agent without a command',
      names: ['coder'],
      command: undefined,
      code: 'command-missing',
      hint: 'oos run coder -- COMMAND',
    },
    { typed: 'nothing', names: [], command: [], code: 'command-missing', hint: 'oos run -- npm test' },
    {
      typed: 'words before the --',
      names: ['coder', 'x'],
      command: ['y'],
      code: 'usage',
      hint: 'oos run coder -- COMMAND',
    },
  ])('refuses $typed and says what to type', ({ names, command, code, hint }) => {
    expect(() => resolveTarget({ names, command }, agents)).toThrow(expect.objectContaining({ code, hint }))
  })
})
