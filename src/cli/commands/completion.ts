import tab from '@bomb.sh/tab/commander'
import {
  type Candidate,
  offerRequests,
  offerRevisions,
  offerRuns,
  offerSpecs,
} from '../../ops/completions.ts'
import { listAgentNames } from '../../ops/project/agent-names.ts'
import { OosError } from '../../shared/errors.ts'
import type { Define, LoadProgram } from '../command.ts'
import { bashScript, fishMore, isPlainWord, zshMore } from '../output/completion.ts'
import { sanitizeLine } from '../output/sanitize.ts'
import { writeAnswer } from '../output/write.ts'

const shells = ['bash', 'zsh', 'fish'] as const

/** `oos completion bash`: the script that a shell reads at its start. */
export const completion: Define = (command, terminal, loadProgram) => {
  command.argument('<shell>', shells.join(', '))
  return async (shell: string) => {
    if (!shells.some((known) => known === shell)) {
      throw new OosError('usage', `no completion for \`${shell}\``, {
        hint: `oos completion ${shells.join('|')}`,
      })
    }
    if (terminal.json) {
      throw new OosError('usage', 'a script is read by a shell: there is no JSON of it', {
        hint: `oos completion ${shell}`,
      })
    }
    if (shell === 'bash') {
      writeAnswer(bashScript)
      return 0
    }
    const completions = await describe(loadProgram, [])
    completions.setup('oos', 'oos', shell)
    writeAnswer(shell === 'zsh' ? zshMore : fishMore)
    return 0
  }
}

/** `oos complete -- WORDS`: what that script asks at each tab. */
export const complete: Define = (command, terminal, loadProgram) => {
  command.argument('[words...]')
  return async (words: string[]) => {
    if (wantsFiles(words)) {
      writeAnswer(`:${fileCompletion}\n`)
      return 0
    }
    const request = requestIn(words)
    if (request !== undefined) {
      writeAnswer(answerRequest(request, { cwd: terminal.cwd(), env: terminal.env }))
      return 0
    }
    const completions = await describe(loadProgram, words)
    const place = { cwd: terminal.cwd(), env: terminal.env }
    const line = words.filter((word) => !word.startsWith('-')).join(' ')
    const isIn = (name: string) => line.startsWith(`${name} `)
    const offering = (candidates: readonly Candidate[]) => (offer: Offer) => {
      for (const { value, description } of candidates)
        if (isPlainWord(value)) offer(value, sanitizeLine(description))
    }
    const agents = listAgentNames(place.cwd, place.env).map((value) => ({ value, description: 'agent' }))
    completions.commands.get('run')?.argument('agent', offering(agents))
    for (const asking of ['explain', 'spec show', 'spec coverage'])
      completions.commands.get(asking)?.option('agent', 'the agent that asks', offering(agents))
    if (isIn('runs'))
      completions.commands
        .get('runs')
        ?.option('before', 'only runs older than this one', offering(await offerRuns(place)))
    const shellNames = shells.map((value) => ({ value, description: 'shell' }))
    completions.commands.get('completion')?.argument('shell', offering(shellNames))
    if (isIn('spec check'))
      completions.commands.get('spec check')?.argument('files', offering(await offerSpecs(place)), true)
    for (const name of takesRun.filter(isIn))
      completions.commands
        .get(name)
        ?.argument('run', offering(await offerRuns(place, name === 'learn' ? 'learnt' : undefined)))
    for (const [name, argument] of takesRevision.filter(([name]) => isIn(name)))
      completions.commands.get(name)?.argument(argument, offering(offerRevisions(words.at(-1) ?? '', place)))
    completions.parse(words)
    return 0
  }
}

type Offer = (value: string, description: string) => void

const takesRun: readonly string[] = ['runs show', 'runs verify', 'learn']
/** Commands, and which of their arguments names a revision. */
const takesRevision = [
  ['spec diff', 'revisions'],
  ['spec backtest', 'revision'],
] as const

/** The directive for a shell to offer files by itself. */
const fileCompletion = 0
const noFiles = 4
/** A blank behind it would end the word too early. */
const noFilesNorSpace = 6

/** A line of a file, a folder of specs, or whatever stands behind the two dashes of a run. */
function wantsFiles(words: readonly string[]): boolean {
  const [first, ...rest] = words
  const before = words.at(-2) ?? ''
  if (first === 'run' && rest.slice(0, -1).includes('--')) return true
  if (['--annotate', '--spec', '--project'].includes(before)) return true
  return first === 'why' && rest.length === 1 && !before.startsWith('-') && rest[0]?.startsWith('-') === false
}

/** The request of `oos explain`, or what a run's rule of its own is about, as far as it is typed. */
function requestIn([command, ...words]: readonly string[]): string | undefined {
  if (command === 'run' && ['--deny', '--allow'].includes(words.at(-2) ?? '')) return words.at(-1)
  const isValue = (at: number) => ['--agent', '--spec'].includes(words[at - 1] ?? '')
  const named = words.findIndex((word, at) => !word.startsWith('-') && !isValue(at))
  return command === 'explain' && named === words.length - 1 ? words[named] : undefined
}

function answerRequest(
  typed: string,
  place: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): string {
  const offered = offerRequests(typed, place).filter(
    ({ value }) => value.startsWith(typed) && isPlainWord(value),
  )
  const lines = offered.map(({ value, description }) => `${value}\t${description}\n`)
  const goesOn = offered.some(({ value }) => /[:/]$/.test(value))
  return `${lines.join('')}:${goesOn ? noFilesNorSpace : noFiles}\n`
}

/** The adapter adds its own command to the program it reads: the copy it gets here is never run, and offers none of it. */
async function describe(loadProgram: LoadProgram, typed: readonly string[]) {
  const completions = tab(await loadProgram(typed), { completionCommandName: ownCommand })
  completions.commands.delete(ownCommand)
  return completions
}

const ownCommand = 'tab-completion'
