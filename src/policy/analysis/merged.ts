import type { NoParent, Element as RefaElement } from 'refa'
import type { Regular } from './regular.ts'

type Element = NoParent<RefaElement>

/**
 * Any of them, what they begin or end with alike said once: of many patterns it comes to a far smaller automaton in far fewer
 * steps. Elements are alike where they are one object, as those of equal texts and of the same characters are.
 */
export function merged(alternatives: readonly Regular[]): Regular {
  return { type: 'Concatenation', elements: merge(alternatives.map(({ elements }) => elements)) }
}

function merge(given: readonly (readonly Element[])[]): Element[] {
  const lists = [...new Set(given)].flatMap(alternativesOf)
  const [first] = lists
  if (first === undefined) return [{ type: 'Alternation', alternatives: [] }]
  if (lists.length < 2) return [...first]
  const start = alike(lists, (list, index) => list[index])
  const rests = lists.map((list) => list.slice(start))
  const end = alike(rests, (list, index) => list.at(-1 - index))
  const middles = rests.map((list) => list.slice(0, list.length - end))
  return [...first.slice(0, start), ...choice(middles), ...first.slice(first.length - end)]
}

function choice(middles: readonly (readonly Element[])[]): Element[] {
  const open = middles.flatMap(alternativesOf)
  const groups = [...Map.groupBy(open, ([first]) => first)]
  if (groups.length === 1 && groups[0]?.[0] === undefined) return []
  const alternatives = groups.map(([first, group]): Regular => {
    const rests = group.map((list) => list.slice(1))
    return { type: 'Concatenation', elements: first === undefined ? [] : [first, ...merge(rests)] }
  })
  return [{ type: 'Alternation', alternatives }]
}

/** What says nothing but one of several is each of them. */
function alternativesOf(list: readonly Element[]): readonly (readonly Element[])[] {
  const [only] = list
  if (list.length !== 1 || only?.type !== 'Alternation') return [list]
  return only.alternatives.flatMap(({ elements }) => alternativesOf(elements))
}

/** How many elements all have alike from one end on. */
function alike(
  lists: readonly (readonly Element[])[],
  at: (list: readonly Element[], index: number) => Element | undefined,
): number {
  const [first = []] = lists
  const most = Math.min(...lists.map(({ length }) => length))
  let count = 0
  while (count < most && lists.every((list) => at(list, count) === at(first, count))) count += 1
  return count
}
