/** Code points from `min` to `max`. */
export interface Interval {
  readonly min: number
  readonly max: number
}

/** A set of code points: its intervals, rising and apart. */
export type Characters = readonly Interval[]

/** The greatest code point. */
export const maxCharacter = 0x10ffff

export const everyCharacter: Characters = [{ min: 0, max: maxCharacter }]

/** The characters of any of these, in whatever order they come. */
export function charactersOf(spans: readonly Interval[]): Characters {
  const found: Interval[] = []
  for (const { min, max } of spans.toSorted((one, other) => one.min - other.min)) {
    const last = found.at(-1)
    if (last !== undefined && min <= last.max + 1)
      found[found.length - 1] = { min: last.min, max: Math.max(last.max, max) }
    else found.push({ min, max })
  }
  return found
}

export function without(characters: Characters, taken: Characters): Characters {
  return intersect(characters, othersThan(taken))
}

/** Of two rising lists what both have. */
export function intersect(some: readonly Interval[], others: readonly Interval[]): readonly Interval[] {
  const found: Interval[] = []
  let first = 0
  for (const one of some) {
    while ((others[first]?.max ?? Number.POSITIVE_INFINITY) < one.min) first += 1
    for (let at = first; at < others.length; at += 1) {
      const other = others[at] as Interval
      if (other.min > one.max) break
      found.push({ min: Math.max(one.min, other.min), max: Math.min(one.max, other.max) })
    }
  }
  return found
}

function othersThan(characters: Characters): Characters {
  const found: Interval[] = []
  let next = 0
  for (const { min, max } of characters) {
    if (min > next) found.push({ min: next, max: min - 1 })
    next = max + 1
  }
  if (next <= maxCharacter) found.push({ min: next, max: maxCharacter })
  return found
}

/** Whether every character is there but half ones and the mark. */
export function goesOnAlways(intervals: readonly Interval[]): boolean {
  let next = 1
  for (const { min, max } of intervals) {
    if (min > next && !(next === 0xd800 && min === 0xe000)) return false
    next = max + 1
  }
  return next > maxCharacter
}
