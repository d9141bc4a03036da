import type { Heading } from 'mdast'
import type { Effect } from '../../policy/types.ts'
import { effectSpokenOf } from '../rule/effect-word.ts'
import { type NearMiss, plainText } from './near-miss.ts'
import { effectBefore } from './turned-effect.ts'

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
  return [...above, { depth, spoken: spokenIn(plainText(heading), above.at(-1)?.spoken) }]
}

/** What words around a bare capability speak of; what stands above them, where they speak of no effect. */
export function spokenIn(words: string, above: Spoken): Spoken {
  if (unclear.test(words)) return 'unclear'
  return effectSpokenOf(words) ?? (permitting.test(words) ? 'unclear' : above)
}

/** The same of the words in front of it and behind it: where they say two things, no effect can be offered. */
export function spokenAround(before: string, after: string, above: Spoken): Spoken {
  const own = readOnly.test(before) ? undefined : effectBefore(before)
  if (own !== undefined) return own
  const spoken = spokenIn(before, above)
  const said = spokenIn(after, spoken)
  return said === spoken || (spoken === undefined && said === 'deny') ? said : 'unclear'
}

/** What the line above a list says of it, where it says nothing of when or for whom. */
export function spokenAbove({ line, meant: { effect } }: NearMiss): Spoken {
  return line === undefined || effect === 'let' || /\*\* for `/.test(line) ? 'unclear' : effect
}

/** It allows the one and denies the other. */
const readOnly = /\bread[- ]?only\b/i
/** Below an Allow and below a Deny these say the opposite of it. */
const unclear = /\bread[- ]?only\b|\bexcept|\bexclu/i
/** They allow something, perhaps not all of it, or name two effects. */
const permitting = /\b(?:allow\w*|permit\w*|may|can|could|should|use|using|yes|ok|okay|fine)\b/i
