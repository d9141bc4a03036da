import type { WatchedCheck } from '../../ops/watch/recheck.ts'
import { OosError } from '../../shared/errors.ts'
import type { Terminal } from '../terminal.ts'
import { checkData, renderCheckSummary, renderFound } from './check.ts'
import { differenceData, renderDifference } from './difference.ts'
import { envelopeVersion } from './envelope.ts'
import { renderError } from './error.ts'

type Place = Pick<Terminal, 'style' | 'width'>

/** One check of many: what is wrong, what the edit means where it means something, and last a line that sums up. */
export function renderWatched(check: WatchedCheck | OosError, time: string, place: Place): string {
  const { style } = place
  if (check instanceof OosError) return `${style.dim(time)} ${renderError(check, style)}`
  const { project, diagnostics, difference } = check
  const meaning = difference === undefined || isNone(difference) ? '' : renderDifference(difference, place)
  const summary = renderCheckSummary(project, diagnostics, style)
  return `${renderFound(project, diagnostics, style)}${meaning}${style.dim(time)} ${summary}`
}

/** The same as one JSON document on one line. */
export function renderWatchedLine(check: WatchedCheck | OosError): string {
  return `${JSON.stringify({ version: envelopeVersion, ...watchedData(check) })}\n`
}

function watchedData(check: WatchedCheck | OosError) {
  if (check instanceof OosError) {
    const { code, message, hint, place } = check
    return { error: { code, message, hint, place } }
  }
  const { project, diagnostics, difference } = check
  const data = checkData(project, diagnostics)
  return { command: 'spec watch', data: { ...data, difference: difference && differenceData(difference) } }
}

function isNone({ changes, undecided, terms }: NonNullable<WatchedCheck['difference']>): boolean {
  return changes.length + undecided.length + terms.length === 0
}
