import type { CommanderError } from 'commander'
import { exitCodes, OosError } from '../shared/errors.ts'
import { findEntry, parents } from './commands/index.ts'
import { renderErrorEnvelope } from './output/envelope.ts'
import { renderError } from './output/error.ts'
import { writeAnswer } from './output/write.ts'
import { openTerminal } from './terminal.ts'

/** Prints whatever was thrown and says with which code to exit. */
export function reportError(thrown: unknown, argv: readonly string[]): number {
  if (isCommanderError(thrown) && thrown.exitCode === 0) return exitCodes.done
  const terminal = openTerminal(argv)
  const error = toOosError(thrown, argv)
  if (terminal.json) writeAnswer(renderErrorEnvelope(error))
  else terminal.tell(renderError(error, terminal.talk))
  if (terminal.env.OOS_DEBUG !== undefined && thrown instanceof Error) terminal.tell(`${thrown.stack}\n`)
  return error.exitCode
}

/** Known by its code, so that who does without commander need not load it. */
function isCommanderError(thrown: unknown): thrown is CommanderError {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('commander.')
}

function toOosError(thrown: unknown, argv: readonly string[]): OosError {
  if (thrown instanceof OosError) return thrown
  if (isCommanderError(thrown)) return usageError(thrown, argv)
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new OosError('failed', message, { hint: 'OOS_DEBUG=1 shows where this comes from', cause: thrown })
}

/** commander's sentence in our own words: no `error:`, backticks, and the suggestion as the next thing to type. */
function usageError({ code, message }: CommanderError, argv: readonly string[]): OosError {
  const help = ['oos', findEntry(argv)?.name ?? argv.find((word) => word in parents), '--help']
    .filter((word) => word !== undefined)
    .join(' ')
  if (code === 'commander.help') return new OosError('usage', 'a command is missing', { hint: help })
  const [what = '', suggestion] = message.replace(/^error: /, '').split('\n')
  const meant = suggestion?.match(/Did you mean (?:one of )?(.*)\?/)?.[1]?.split(', ')
  return new OosError('usage', what.replace(/'([^']*)'/g, '`$1`').replace(/\.$/, ''), {
    hint: meant === undefined ? help : `did you mean ${meant.map((word) => `\`${word}\``).join(' or ')}?`,
  })
}
