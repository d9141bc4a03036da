import type { Part, Regular } from './regular.ts'

/**
 * Any of them, what they begin or end with alike said once: of many patterns it comes to a far smaller automaton in far fewer
 * steps. Parts are alike where they are one object, as those of equal texts and of the same characters are.
 */
export function merged(alternatives: readonly Regular[]): Regular {
  const lists = [...new Set(alternatives)].flatMap(alternativesOf)
  const [first] = lists
  if (first === undefined) return [{ either: [] }]
  if (lists.length < 2) return first
  const start = alike(lists, (list, index) => list[index])
  const rests = lists.map((list) => list.slice(start))
  const end = alike(rests, (list, index) => list.at(-1 - index))
  const middles = rests.map((list) => list.slice(0, list.length - end))
  return [...first.slice(0, start), ...choice(middles), ...first.slice(first.length - end)]
}

function choice(middles: readonly Regular[]): Regular {
  const open = middles.flatMap(alternativesOf)
  const groups = [...Map.groupBy(open, ([first]) => first)]
  if (groups.length === 1 && groups[0]?.[0] === undefined) return []
  const either = groups.map(([first, group]): Regular => {
    return first === undefined ? [] : [first, ...merged(group.map((list) => list.slice(1)))]
  })
  return [{ either }]
}

/** What says nothing but one of several is each of them. */
function alternativesOf(list: Regular): readonly Regular[] {
  const [only] = list
  if (list.length !== 1 || only === undefined || !('either' in only)) return [list]
  return only.either.flatMap(alternativesOf)
}

/** How many parts all have alike from one end on. */
function alike(lists: readonly Regular[], at: (list: Regular, index: number) => Part | undefined): number {
  const [first = []] = lists
  const most = Math.min(...lists.map(({ length }) => length))
  let count = 0
  while (count < most && lists.every((list) => at(list, count) === at(first, count))) count += 1
  return count
}
