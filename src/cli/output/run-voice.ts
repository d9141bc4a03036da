import type { Cause } from '../../agents/end/causes.ts'
import type { RunSummary, RunVoice } from '../../agents/voice.ts'
import type { Rule } from '../../policy/types.ts'
import type { Unheld } from '../../sandbox/types.ts'
import type { Diagnostic } from '../../shared/diagnostics.ts'
import type { Terminal } from '../terminal.ts'
import { renderElapsed } from './amount.ts'
import { answerAtTerminal, confirmAtTerminal } from './confirm.ts'
import { countDiagnostics } from './diagnostics.ts'
import { renderRulePlace } from './rules.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'

/** How a run speaks at a terminal: on stderr only, since stdout is the command's. */
export function runVoice(terminal: Terminal): RunVoice {
  const { talk, tell } = terminal
  const say = (text: string) => tell(`${talk.dim('oos:')} ${sanitizeLine(text)}\n`)
  return {
    confirm: confirmAtTerminal(talk),
    answerAsk: answerAtTerminal(talk),
    warn: (diagnostics) => warn(diagnostics, say),
    // Imported when there is something to show: examples of requests need the analysis.
    showTrust: async (change) => {
      const { renderTrust } = await import('./trust.ts')
      tell(renderTrust(change, { style: talk, width: terminal.width }))
    },
    showUnheld: (unheld) => tell(renderUnheld(unheld, talk)),
    note: say,
    ended: (summary) => tell(renderSummary(summary, talk)),
  }
}

function warn(diagnostics: readonly Diagnostic[], say: (text: string) => void): void {
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning')
  if (warnings.length > 0) say(`the specs have ${countDiagnostics(warnings)}: oos spec check`)
}

function renderUnheld(unheld: readonly Unheld[], style: Style): string {
  const lines = unheld.map(
    ({ rule, missing }) =>
      `  ${style.place(renderRulePlace(rule))} ${sanitizeLine(`${rule.source.text}: ${missing}`)}`,
  )
  return `${style.warn('oos:')} not held here as written:\n${lines.join('\n')}\n`
}

/** Nothing about a command that ended well, and was refused nothing. */
function renderSummary(summary: RunSummary, style: Style): string {
  const { id, end, denied, causes, unreached } = summary
  const well = end.endedBy === 'exit' && end.code === 0
  if (well && denied === 0) return ''
  const refused = denied === 0 ? '' : `, ${denied} refused`
  const head = `${style.dim('oos:')} ${endWords(summary)} after ${renderElapsed(end.wallMs)}${refused}; oos runs show ${id.slice(-8)}\n`
  const missed = unreached.map(
    (where) => `${style.dim('oos:')} allowed, and not reached: ${sanitizeLine(where)}\n`,
  )
  const isProtected = causes.some(({ rule }) => rule?.layer === 'built-in')
  const advice = `${style.dim('oos:')} no rule opens what oos itself protects: do that outside of a run\n`
  return [
    ...causes.map((cause) => renderCause(cause, style)),
    ...(isProtected ? [advice] : []),
    ...missed,
    head,
  ].join('')
}

function endWords({ end }: RunSummary): string {
  switch (end.endedBy) {
    case 'exit':
      return `ended with ${end.code}`
    case 'signal':
      return `ended by ${end.signal}`
    case 'interrupted':
    case 'stopped':
      return 'interrupted'
    default:
      return `stopped by the \`${end.endedBy}\` limit`
  }
}

function renderCause({ request, rule, known, words, plain, paste }: Cause, style: Style): string {
  const line = (of: Rule) => `${style.place(renderRulePlace(of))} ${sanitizeLine(of.source.text)}`
  const why = plain === undefined ? 'no rule allows it' : `${line(plain)} allows it in plain http only`
  const what = words === undefined ? (rule === undefined ? why : line(rule)) : sanitizeLine(words)
  const hint = paste === undefined ? '' : `\n       to allow it: ${sanitizeLine(paste)}`
  const sure = known === 'recorded' ? style.bad('denied') : style.warn('perhaps')
  return `${style.dim('oos:')} ${sure} ${sanitizeLine(request)}: ${what}${hint}\n`
}
