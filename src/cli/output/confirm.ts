import { isatty } from 'node:tty'
import type { AnswerAsk, AskAnswer, Confirm } from '../../agents/voice.ts'
import { OosError } from '../../shared/errors.ts'
import { sanitizeLine } from './sanitize.ts'
import { wrapText } from './width.ts'
import { writeTalk } from './write.ts'

/** A yes or no of whoever sits at the terminal, asked on stderr: stdout belongs to the answer. Undefined where there is nobody. */
export function confirmAtTerminal(): Confirm | undefined {
  return isSomebodyThere() ? confirm : undefined
}

/** The same for an Ask: no, this once, or always. */
export function answerAtTerminal(): AnswerAsk | undefined {
  return isSomebodyThere() ? answerAsk : undefined
}

function isSomebodyThere(): boolean {
  return isatty(0) && isatty(2)
}

function confirm(question: string, usual = false): Promise<boolean> {
  return ask(async (context) =>
    (await import('./prompts.ts')).confirm({ message: broken(question), default: usual }, context),
  )
}

/** Enter alone is a no. What a yes for always would write is shown first, whole. */
function answerAsk(question: string, always: string | undefined): Promise<AskAnswer> {
  if (always !== undefined) writeTalk(`always would write: ${sanitizeLine(always)}\n`)
  const choices: readonly { readonly name: string; readonly value: AskAnswer }[] = [
    { name: 'no', value: 'no' },
    { name: 'yes, this once', value: 'once' },
    ...(always === undefined ? [] : [{ name: 'always: write that line', value: 'always' as const }]),
  ]
  return ask(async (context) =>
    (await import('./prompts.ts')).select({ message: broken(question), choices }, context),
  )
}

/** At spaces, where the library would break a word. */
function broken(question: string): string {
  // A terminal that has told nobody its size says 0.
  const columns = process.stderr.columns || 80
  return wrapText(sanitizeLine(question), Math.max(narrowest, columns - besideQuestion)).join('\n')
}

/** The mark in front of a question, and `(Y/n)` behind it. */
const besideQuestion = 10
const narrowest = 20

/** `question`: imports the library, which nobody needs who is not asked. */
async function ask<Answer>(
  question: (context: { readonly output: NodeJS.WritableStream }) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await question({ output: process.stderr })
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error
    throw new OosError('interrupted', 'interrupted, and nothing was agreed to', { cause: error })
  }
}
