import type { CommanderError } from 'commander'
import { isResource } from '../policy/resources.ts'
import { closest } from '../shared/closest.ts'
import { exitCodes, OosError } from '../shared/errors.ts'
import { limitFailure } from '../shared/limit-failure.ts'
import { quoteWord } from '../shared/quote-word.ts'
import { systemFailure } from '../shared/system-failure.ts'
import type { CommandEntry } from './command.ts'
import { commands, findEntry, parents } from './commands/index.ts'
import { renderErrorEnvelope } from './output/envelope.ts'
import { renderError } from './output/error.ts'
import { writeAnswer } from './output/write.ts'
import { openTerminal } from './terminal.ts'

/** Prints whatever was thrown and says with which code to exit. */
export function reportError(thrown: unknown, argv: readonly string[]): number {
  if (isCommanderError(thrown) && thrown.exitCode === 0) return exitCodes.done
  const terminal = openTerminal(argv)
  const error = toOosError(thrown, argv)
  if (!terminal.json || !answers(error)) terminal.tell(renderError(error, terminal.talk))
  if (terminal.env.OOS_DEBUG !== undefined && thrown instanceof Error) terminal.tell(`${thrown.stack}\n`)
  return error.exitCode
}

/** Where stdout takes nothing, as on a full disk, it is told where people read. */
function answers(error: OosError): boolean {
  try {
    writeAnswer(renderErrorEnvelope(error))
    return true
  } catch {
    return false
  }
}

/** Known by its code, so that who does without commander need not load it. */
function isCommanderError(thrown: unknown): thrown is CommanderError {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('commander.')
}

function toOosError(thrown: unknown, argv: readonly string[]): OosError {
  if (thrown instanceof OosError) return thrown
  if (isCommanderError(thrown)) return usageError(thrown, argv)
  const told = isSystemError(thrown) ? tellSystem(thrown) : undefined
  if (told !== undefined) return new OosError('failed', told.message, { hint: told.hint, cause: thrown })
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new OosError('failed', message, { hint: 'OOS_DEBUG=1 shows where this comes from', cause: thrown })
}

/** The system's error as a sentence, where it is one that people meet. */
function tellSystem(error: NodeJS.ErrnoException): { message: string; hint: string } | undefined {
  const limit = limitFailure(error)
  const why = systemFailure(error)
  const what = failedAct(error) ?? (limit && 'this could not go on')
  if (why === undefined || what === undefined) return undefined
  return { message: `${what}: ${why}`, hint: limit?.hint ?? nextLook(error) }
}

const isStart = ({ syscall = '' }: NodeJS.ErrnoException) => syscall.startsWith('spawn')

function failedAct(error: NodeJS.ErrnoException): string | undefined {
  const { syscall, path } = error
  if (isStart(error)) return `${path === undefined ? 'a program' : `\`${path}\``} could not be started`
  if (path !== undefined) return `\`${path}\` could not be used`
  return syscall === 'write' ? 'not all could be written' : undefined
}

function nextLook(error: NodeJS.ErrnoException): string {
  if (isStart(error)) return 'oos doctor'
  return error.path === undefined ? 'df -h' : `ls -ld ${quoteWord(error.path)}`
}

function isSystemError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'syscall' in thrown
}

/** commander's sentence in our own words: no `error:`, backticks, and the suggestion as the next thing to type. */
function usageError({ code, message }: CommanderError, argv: readonly string[]): OosError {
  const help = ['oos', findEntry(argv)?.name ?? argv.find((word) => word in parents), '--help']
    .filter((word) => word !== undefined)
    .join(' ')
  if (code === 'commander.help') return new OosError('usage', 'a command is missing', { hint: help })
  const [what = '', suggestion] = message.replace(/^error: /, '').split('\n')
  const meant = suggestion?.match(/Did you mean (?:one of )?(.*)\?/)?.[1]?.split(', ')
  const guess = guessCommand(code, argv)
  // What is a command's last word, letter by letter, is meant rather than what only looks like a first one.
  const known = guess?.exact ? guess.meant : (meant ?? guess?.meant)
  return new OosError(
    'usage',
    guess === undefined || known === meant
      ? what.replace(/'([^']*)'/g, '`$1`').replace(/\.$/, '')
      : `unknown command \`${guess.typed}\``,
    {
      hint:
        known === undefined
          ? (joinedRequest(argv) ?? namedRun(argv) ?? help)
          : `did you mean ${known.map((word) => `\`${word}\``).join(' or ')}?`,
    },
  )
}

/** A request in words that nobody quoted: `oos explain git push`. What names no resource is a command. */
function joinedRequest(argv: readonly string[]): string | undefined {
  if (findEntry(argv)?.name !== 'explain') return undefined
  const typed = argv.slice(argv.indexOf('explain') + 1)
  const words = typed.filter((word, at) => !ownOption.test(word) && !withValue.test(typed[at - 1] ?? ''))
  const [first = ''] = words
  if (words.length < 2 || first.startsWith('-')) return undefined
  const [resource = '', ...rest] = first.split(':')
  const request =
    rest.length > 0 && isResource(resource) ? words.join(' ') : `shell:${words.map(quoteWord).join(' ')}`
  return `oos explain ${quoteWord(request)}`
}

/** `oos runs ID` is about that run. */
function namedRun(argv: readonly string[]): string | undefined {
  const id = findEntry(argv)?.name === 'runs' ? argv.find((word) => /^[\dA-Z]{4,26}$/.test(word)) : undefined
  return id === undefined ? undefined : `oos runs show ${id}`
}

const ownOption = /^--(?:(?:agent|spec)(?:=.*)?|stdin|exit-code|json|no-color)$/
const withValue = /^--(?:agent|spec)$/

interface Guess {
  readonly typed: string
  readonly meant: readonly string[]
  readonly exact: boolean
}

/** A word that commander has no guess for may be that of a command below: `chekc`, or `hooks instal`, whose parent takes no words. */
function guessCommand(code: string, argv: readonly string[]): Guess | undefined {
  const above = code === 'commander.excessArguments' ? findEntry(argv)?.name : undefined
  if (above === undefined && code !== 'commander.unknownCommand') return undefined
  const typed = argv.filter((word) => !word.startsWith('-'))[above?.split(' ').length ?? 0] ?? ''
  const below = commands.filter(({ name, hidden }) => !hidden && name.startsWith(above ? `${above} ` : ''))
  const near = closest(typed, below.map(lastWord))
  const meant = below.filter((entry) => lastWord(entry) === near).map(({ name }) => `oos ${name}`)
  return meant.length === 0
    ? undefined
    : { typed: above ? `${above} ${typed}` : typed, meant, exact: near === typed }
}

function lastWord({ name }: CommandEntry): string {
  return name.split(' ').at(-1) ?? name
}
