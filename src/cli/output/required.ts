import { sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'

/** The last that a command said, set apart from what oos says. */
export function renderTail(lines: readonly string[], style: Style): string {
  return lines.map((line) => `${style.dim('  |')} ${sanitizeLine(line)}\n`).join('')
}
