import type { TrustChange } from '../../agents/voice.ts'
import { type ObeyedLine, textOfLine } from '../../ops/trust/obeyed-lines.ts'
import type { Terminal } from '../terminal.ts'
import { renderRows, rowsOf, toldData } from './difference.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'

/** What a project's specs give beyond what the person has given or agreed to, with the lines that do it. */
export function renderTrust(change: TrustChange, terminal: Pick<Terminal, 'style' | 'width'>): string {
  const { state, root, home, excess } = change
  const { style } = terminal
  const head = headOf(state, excess.agreed.length === 0)
  const rows = rowsOf({ ...excess, root, home })
  const lines = excess.lines.map((line) => renderLine(line, style))
  return `${style.bold(sanitizeLine(root))} ${head}\n${rows.length === 0 ? '' : renderRows(rows, terminal)}${lines.join('')}`
}

/** What was agreed to counts no longer once the person's own specs give less than they did then: then it is all that is shown. */
function headOf(state: TrustChange['state'], isAll: boolean): string {
  if (state === 'new') return 'gives, beyond your own specs and what comes with oos:'
  if (isAll)
    return 'is asked about again, for your own specs (~/.agent-os) give less than when you agreed. Beyond them it gives:'
  return state === 'own'
    ? 'gives more than you agreed to, for your own specs (~/.agent-os) have changed since:'
    : 'gives, beyond what you agreed to:'
}

function renderLine({ what, value, place }: ObeyedLine, style: Style): string {
  const where = place === undefined ? '' : `  ${style.place(sanitizeLine(`${place.file}:${place.line}`))}`
  return `${style.bad(sanitizeLine(what))}  ${sanitizeLine(value)}${where}\n`
}

export function trustData({ root, home, excess }: Pick<TrustChange, 'root' | 'home' | 'excess'>) {
  const { allowed, asked, terms, undecided } = toldData({ ...excess, root, home })
  return { allowed, asked, terms, undecided, lines: excess.lines.map(lineData) }
}

function lineData(line: ObeyedLine) {
  const { place } = line
  return { text: textOfLine(line), ...(place && { file: place.file, line: place.line }) }
}
