import type { OosError } from '../../shared/errors.ts'
import { sanitize, sanitizeLine } from './sanitize.ts'
import type { Style } from './style.ts'

/** An error for a person: what failed, where, and what to type next. */
export function renderError(error: OosError, style: Style): string {
  const place =
    error.place === undefined
      ? ''
      : `${style.place(sanitizeLine(`${error.place.file}:${error.place.line}:${error.place.column}`))} `
  const hint = error.hint === undefined ? '' : `\n${style.dim('     ')}${indent(sanitize(error.hint))}`
  return `${style.bad('oos:')} ${place}${indent(sanitize(error.message))}${hint}\n`
}

function indent(text: string): string {
  return text.replaceAll('\n', '\n     ')
}
