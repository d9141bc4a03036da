import type { Place } from '../../shared/diagnostics.ts'
import { renderPlace } from './diagnostics.ts'
import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'

interface Passed {
  readonly words: readonly string[]
  readonly stage: string
  readonly place: Place
}

/** That a required command ran, so that nobody wonders what took so long. */
export function renderPassed({ words, stage, place }: Passed, style: Style): string {
  const what = sanitizeLine(`\`${words.join(' ')}\``)
  return `${style.dim('oos:')} ${what} ${style.good('passed')}, as is required before a ${stage} (${style.place(renderPlace(place))})\n`
}

/** The last that a command said, set apart from what oos says. */
export function renderTail(lines: readonly string[], style: Style): string {
  return lines.map((line) => `${style.dim('  |')} ${sanitizeLine(line)}\n`).join('')
}
