import { OosError } from '../shared/errors.ts'
import { parseDuration } from '../shared/units.ts'
import type { StreamRange } from '../store/stream.ts'

export interface RunRangeWords {
  readonly limit?: string
  readonly since?: string
}

/** Which runs a person means by `--limit 50` and `--since 7d` or `--since 2026-11-01`. */
export function readRunRange({ limit, since }: RunRangeWords, now: number): StreamRange {
  return {
    ...(limit === undefined ? {} : { runs: readCount(limit) }),
    ...(since === undefined ? {} : { since: readMoment(since, now) }),
  }
}

function readCount(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new OosError('usage', `\`${text}\` is not a count`, { hint: '--limit 50' })
}

function readMoment(text: string, now: number): number {
  const ago = parseDuration(text)
  if (ago.ok) return now - ago.value
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text)
  // A day begins where the person is, not in Greenwich.
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(day ? `${text}T00:00` : text) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw new OosError('usage', `\`${text}\` is neither a moment nor a time span`, {
    hint: '--since 7d, or --since 2026-11-01',
  })
}
