import type { Decision, Request } from '../policy/types.ts'
import { OosError } from '../shared/errors.ts'
import type { RunVoice } from './voice.ts'

export interface CommandRequest extends Request {
  readonly words: readonly string[]
  readonly cwd: string
  readonly agent: string
}

/** What was asked, and what the policy says to it. */
export interface Asked {
  readonly asked: CommandRequest
  readonly decision: Decision
}

/** What a run's command asks of the policy: its words as they are, since no shell reads them. */
export function commandRequest(agent: string, command: readonly string[], cwd: string): CommandRequest {
  return { resource: 'shell', action: 'execute', target: command.join(' '), words: command, cwd, agent }
}

/**
 * Whether the command may start at all. An Ask goes to the person at the terminal.
 *
 * @throws OosError `denied`, `unasked`: an Ask with nobody to ask
 */
export async function authorize({ asked, decision }: Asked, { confirm }: RunVoice): Promise<void> {
  if (decision.effect === 'allow') return
  if (decision.effect === 'deny') throw refusal('denied', asked, decision)
  if (confirm === undefined) throw refusal('unasked', asked, decision)
  if (!(await confirm(`Run \`${asked.target}\`?${because(decision, ' (', ')')}`)))
    throw refusal('denied', asked, decision)
}

function refusal(
  code: 'denied' | 'unasked',
  { target, words }: CommandRequest,
  decision: Decision,
): OosError {
  const { rule } = decision
  const why = because(decision, ': ')
  const hint = `oos explain ${quote(`shell:${words.map(quote).join(' ')}`)}`
  const place = rule === undefined ? {} : { place: rule.source }
  if (code === 'unasked') {
    return new OosError(
      code,
      `\`${target}\` needs a person's yes, and there is no terminal to ask at${why}`,
      { hint, ...place },
    )
  }
  const message = rule === undefined ? `no rule allows \`${target}\`` : `\`${target}\` is not allowed${why}`
  return new OosError(code, message, { hint, ...place })
}

/** What cannot be read matches rules that are about something else: then that is the reason to tell. */
function because({ reasons, rule }: Decision, before: string, after = ''): string {
  const unread = reasons.find(({ kind }) => kind === 'undecidable')?.text
  const why = unread ?? rule?.reason ?? reasons.find(({ text }) => text !== undefined)?.text
  return why === undefined ? '' : `${before}${why}${after}`
}

/** For a shell: a word that means something to it in single quotes. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
