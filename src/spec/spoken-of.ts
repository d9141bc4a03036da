import type { Heading } from 'mdast'
import type { Effect } from '../policy/types.ts'
import { effectSpokenOf } from './effect-word.ts'
import { plainText } from './near-miss.ts'

/** The effect that what is around a bare capability speaks of; `unclear` where no effect can be offered for it. */
export type Spoken = Effect | 'unclear' | undefined

export interface Section {
  readonly depth: Heading['depth']
  readonly spoken: Spoken
}

/** The sections that a heading stands in, with its own: where it names no effect, that of the one above it holds. */
export function openSection(heading: Heading, around: readonly Section[]): readonly Section[] {
  const { depth } = heading
  const above = around.filter((section) => section.depth < depth)
  const text = plainText(heading)
  const spoken = unclear.test(text) ? 'unclear' : (effectSpokenOf(text) ?? above.at(-1)?.spoken)
  return [...above, { depth, spoken }]
}

/** Below an Allow and below a Deny they say the opposite of it; and "read-only" allows the one and denies the other. */
const unclear = /\bread[- ]?only\b|\bexcept|\bexclu/i
