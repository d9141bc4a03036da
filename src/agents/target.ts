import { basename } from 'node:path'
import { closest } from '../shared/closest.ts'
import { OosError } from '../shared/errors.ts'
import { quoteWord } from '../shared/quote-word.ts'
import type { AgentDefinition } from '../spec/types.ts'

/** The agent whose rules hold when a run names none. */
const plainAgent = 'command'

export interface RunTarget {
  readonly agent: string
  readonly command: readonly string[]
}

/** What a person typed after `oos run`, split at the first `--`; `command` is undefined without one. */
export interface RunWords {
  readonly names: readonly string[]
  readonly command: readonly string[] | undefined
}

/**
 * Which agent runs which command.
 *
 * @throws OosError `agent-unknown` (with the `--` form when that is what was meant), `command-missing`.
 */
export function resolveTarget(words: RunWords, agents: readonly AgentDefinition[]): RunTarget {
  const [name, ...rest] = words.names
  if (name === undefined)
    return { agent: agentOfProgram(words.command, agents), command: someCommand(words.command) }
  const definition = agents.find((agent) => agent.name === name)
  if (definition === undefined) throw unknownAgent(name, words, agents)
  if (words.command !== undefined && rest.length > 0) {
    throw new OosError('usage', `\`${rest.join(' ')}\` stands between the agent and \`--\``, {
      hint: `oos run ${name} -- COMMAND`,
    })
  }
  return { agent: name, command: commandOf(definition, words.command, rest) }
}

function commandOf(
  definition: AgentDefinition,
  given: RunWords['command'],
  task: readonly string[],
): readonly string[] {
  const [first = ''] = given ?? []
  if (first.startsWith('-') && definition.command.length > 0)
    throw new OosError('usage', `\`${first}\` is no command`, {
      hint: `what goes to the agent stands without the two dashes: oos run ${definition.name} ${given?.map(quoteWord).join(' ')}`,
    })
  if (given !== undefined) return someCommand(given)
  if (definition.command.length > 0) return [...definition.command, ...task]
  throw new OosError('command-missing', `agent \`${definition.name}\` names no command of its own`, {
    hint: `oos run ${definition.name} -- COMMAND`,
    place: definition.place,
  })
}

/** An agent's rules hold for any run of its program, so that leaving its name out does not shed them. */
function agentOfProgram(command: RunWords['command'], agents: readonly AgentDefinition[]): string {
  const program = command?.[0]
  if (program === undefined) return plainAgent
  const owner = agents.find(
    (agent) => agent.command[0] !== undefined && basename(agent.command[0]) === basename(program),
  )
  return owner?.name ?? plainAgent
}

function someCommand(command: RunWords['command']): readonly string[] {
  const [program = ''] = command ?? []
  if (command === undefined || program === '')
    throw new OosError('command-missing', 'no command to run', { hint: 'oos run -- npm test' })
  if (program.startsWith('-')) throw optionAsCommand(program, command)
  return command
}

function optionAsCommand(option: string, words: readonly string[]): OosError {
  const typed = words.map(quoteWord)
  const own = withValue.has(option) ? 2 : 1
  const rest = typed.slice(own).join(' ') || 'COMMAND'
  const hint =
    option === '--'
      ? `the two dashes stand once: oos run -- ${rest}`
      : `options of oos stand before the two dashes: oos run ${typed.slice(0, own).join(' ')} -- ${rest}`
  return new OosError('usage', `\`${option}\` is no command`, { hint })
}

const withValue: ReadonlySet<string> = new Set(['--allow', '--deny'])

function unknownAgent(name: string, words: RunWords, agents: readonly AgentDefinition[]): OosError {
  const meant =
    words.command === undefined ? `did you mean \`oos run -- ${words.names.join(' ')}\`?` : undefined
  const known = agents.map((agent) => agent.name)
  const list =
    known.length === 0
      ? 'no agent is defined: write `.agent-os/agents/NAME.md`'
      : `agents: ${known.join(', ')}`
  const near = closest(name, known)
  // Of `oos run coder fix it` the name is what was misspelt, of `oos run npm test` the two dashes are missing.
  const agent = near === undefined ? undefined : `did you mean the agent \`${near}\`?`
  return new OosError('agent-unknown', `no agent \`${name}\``, { hint: agent ?? meant ?? list })
}
