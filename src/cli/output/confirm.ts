import { isatty } from 'node:tty'
import type { AnswerAsk, AskAnswer, Confirm } from '../../agents/voice.ts'
import { notAgreed } from './not-agreed.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'
import { wrapText } from './width.ts'
import { writeTalk } from './write.ts'

/** A yes or no of whoever sits at the terminal, asked on stderr: stdout belongs to the answer. Undefined where there is nobody. */
export function confirmAtTerminal(style: Style): Confirm | undefined {
  const theme = themeOf(style)
  return isSomebodyThere() ? (question, usual) => confirm(question, { usual, theme }) : undefined
}

/** The same for an Ask: no, this once, or always. */
export function answerAtTerminal(style: Style): AnswerAsk | undefined {
  const theme = themeOf(style)
  return isSomebodyThere() ? (question, always) => answerAsk(question, { always, theme }) : undefined
}

function isSomebodyThere(): boolean {
  return isatty(0) && isatty(2)
}

type Theme = ReturnType<typeof themeOf>

/** The library would paint as stdout is looked at, which is not where it asks, and knows nothing of `--no-color`. */
function themeOf({ bold, dim, good, bad, place }: Style) {
  const keysHelpTip = (keys: readonly (readonly [key: string, action: string])[]) =>
    keys.map(([key, action]) => `${bold(key)} ${dim(action)}`).join(dim(' • '))
  return {
    prefix: { idle: place('?'), done: good('✔') },
    style: {
      message: bold,
      answer: place,
      highlight: place,
      defaultAnswer: (text: string) => dim(`(${text})`),
      error: (text: string) => bad(`> ${text}`),
      keysHelpTip,
    },
  }
}

async function confirm(
  question: string,
  { usual = false, theme }: { readonly usual: boolean | undefined; readonly theme: Theme },
): Promise<boolean> {
  if (isPlain()) return (await import('./plain-prompts.ts')).confirmPlainly(broken(question), usual)
  const asked = { message: broken(question), default: usual, theme }
  return ask(async (context) => (await import('./prompts.ts')).confirm(asked, context))
}

/** Enter alone is a no. What a yes for always would write is shown first, whole. */
async function answerAsk(
  question: string,
  { always, theme }: { readonly always: string | undefined; readonly theme: Theme },
): Promise<AskAnswer> {
  if (always !== undefined) writeTalk(`always would write: ${sanitizeLine(always)}\n`)
  const choices: readonly { readonly name: string; readonly value: AskAnswer }[] = [
    { name: 'no', value: 'no' },
    { name: 'yes, this once', value: 'once' },
    ...(always === undefined ? [] : [{ name: 'always: write that line', value: 'always' as const }]),
  ]
  if (isPlain()) {
    const { selectPlainly } = await import('./plain-prompts.ts')
    return (await selectPlainly(broken(question), choices)) ?? 'no'
  }
  const asked = { message: broken(question), choices, theme }
  return ask(async (context) => (await import('./prompts.ts')).select(asked, context))
}

/** What the library draws moves the cursor, which such a terminal cannot. */
function isPlain(): boolean {
  return process.env.TERM === 'dumb'
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

interface Context {
  readonly output: NodeJS.WritableStream
  readonly signal: AbortSignal
}

const ends: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM']
const signals = [...ends, 'SIGTSTP'] as const

/** `question`: imports the library, which nobody needs who is not asked. After Ctrl-Z and `fg` it is asked anew. */
async function ask<Answer>(question: (context: Context) => Promise<Answer>): Promise<Answer> {
  const away = new AbortController()
  const putAway = (signal: NodeJS.Signals) => {
    // readline waits for the end of the pause, and would take up the keyboard again whenever that comes.
    process.emit('SIGCONT')
    away.abort(signal)
  }
  // Not once: what the library listens with ends the program where it is alone.
  for (const signal of signals) process.on(signal, putAway)
  try {
    return await question({ output: process.stderr, signal: away.signal })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (error.name === 'ExitPromptError' || ends.includes(away.signal.reason)) throw notAgreed(error)
    if (error.name !== 'AbortPromptError') throw error
  } finally {
    for (const signal of signals) process.off(signal, putAway)
  }
  // The whole job, as the keyboard would have: a shell waits until all of it stands.
  process.kill(0, 'SIGTSTP')
  return ask(question)
}
