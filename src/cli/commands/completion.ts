import tab from '@bomb.sh/tab/commander'
import { listAgentNames } from '../../ops/agent-names.ts'
import { OosError } from '../../shared/errors.ts'
import type { Define, LoadProgram } from '../command.ts'

const shells = ['bash', 'zsh', 'fish'] as const

/** `oos completion bash`: the script that a shell reads at its start. */
export const completion: Define = (command, _terminal, loadProgram) => {
  command.argument('<shell>', shells.join(', '))
  return async (shell: string) => {
    if (!shells.some((known) => known === shell)) {
      throw new OosError('usage', `no completion for \`${shell}\``, {
        hint: `oos completion ${shells.join('|')}`,
      })
    }
    const completions = await describe(loadProgram)
    completions.setup('oos', 'oos', shell)
    return 0
  }
}

/** `oos complete -- WORDS`: what that script asks at each tab. */
export const complete: Define = (command, terminal, loadProgram) => {
  command.argument('[words...]')
  return async (words: string[]) => {
    const completions = await describe(loadProgram)
    const offerAgents = (offer: (value: string, description: string) => void) => {
      for (const agent of listAgentNames(terminal.cwd(), terminal.env)) offer(agent, 'agent')
    }
    completions.commands.get('run')?.argument('agent', offerAgents)
    completions.commands.get('explain')?.option('agent', 'the agent that asks', offerAgents)
    completions.parse(words)
    return 0
  }
}

/** The adapter adds its own command to the program it reads: the copy it gets here is never run. */
async function describe(loadProgram: LoadProgram) {
  return tab(await loadProgram(), { completionCommandName: 'tab-completion' })
}
