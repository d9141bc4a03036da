import { OosError } from '../../shared/errors.ts'
import { git } from './asked-git.ts'
import type { RunCard } from './card.ts'
import { policyTrailer, runTrailer } from './trailer-names.ts'

/**
 * Says in a commit's message which run made it, under which rules. git itself knows where a message ends and comments
 * begin; what is there already is not said twice.
 */
export function addTrailers(file: string, { run, policy }: RunCard): void {
  const trailers = [`${runTrailer}: ${run}`, `${policyTrailer}: ${policy}`].flatMap((one) => [
    '--trailer',
    one,
  ])
  const words = ['interpret-trailers', '--in-place', '--if-exists', 'addIfDifferent', ...trailers, file]
  if (git(process.cwd(), words) !== undefined) return
  throw new OosError('failed', `the message in \`${file}\` could not be marked`, {
    hint: 'git commit --no-verify',
  })
}
