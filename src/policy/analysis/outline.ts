import type { Clause } from '../clause.ts'
import type { Policy } from '../compile.ts'
import { expandBraces } from '../match/braces.ts'
import { compilePathGlob } from '../match/path-glob.ts'

/** How what each alternative of a pattern matches begins and ends, as far as that can be read off it. */
export interface Outline {
  readonly clause: Clause
  readonly ways: readonly { readonly base: string; readonly end: string }[]
}

export function outline(clause: Clause, policy: Policy): Outline {
  const { resource, pattern } = clause.capability
  const ways = expandBraces(pattern).map((way) =>
    resource === 'file'
      ? { base: `${compilePathGlob(way, policy).base}/`, end: nameEnd(way) }
      : { base: '', end: '' },
  )
  return { clause, ways }
}

/** Whether anything could match both. */
export function mayMeet(one: Outline, other: Outline): boolean {
  return one.ways.some(({ base, end }) =>
    other.ways.some((each) => isEither(base, each.base, 'startsWith') && isEither(end, each.end, 'endsWith')),
  )
}

/** What every name ends with that the pattern matches: `*.ts` with `.ts`. */
function nameEnd(pattern: string): string {
  const name = pattern.slice(pattern.lastIndexOf('/') + 1)
  return /[^*?[\]\\]*$/.exec(name)?.[0] ?? ''
}

function isEither(one: string, other: string, is: 'startsWith' | 'endsWith'): boolean {
  return one[is](other) || other[is](one)
}
