import type { Clause } from '../clause.ts'
import type { Request } from '../types.ts'
import { partOf } from './budget.ts'
import { type Claim, claimsOf, holds, type Matter, mustHold, numbersOf } from './claims.ts'
import type { Ground } from './ground.ts'
import { search } from './search.ts'
import { requestOf } from './witness.ts'

export interface Question {
  readonly ground: Ground
  readonly matter: Matter
  /** The requests that are asked about: those that all of these speak of. */
  readonly inside: () => readonly Claim[]
  /** Some of these requests with the clauses that hold for them, if any are known. */
  readonly known: readonly Known[]
  /** By which clauses a request counts as covered. */
  covers(clause: Clause): boolean
  /** Whether it can be read off the clauses' text that they cover all of it, where they cover what is known. */
  isPlain?(by: readonly Clause[]): boolean
}

export interface Known {
  readonly request: Request
  readonly held: readonly Clause[]
}

export type Outside =
  /** A request that none of them covers. */
  | { readonly found: 'outside'; readonly request: Request }
  /** These cover all there are, this one among them; neither where there is no request to ask about. */
  | { readonly found: 'covered'; readonly by: readonly Clause[]; readonly request?: Request }
  | { readonly found: 'undecided' }

/**
 * Looks for a request that no clause covers. Few clauses matter to the answer, so the languages of those alone are
 * compared that covered the requests so far; whatever lies outside of them is asked of the rules themselves, and each
 * answer brings in a clause that was missing.
 */
export function findOutside(question: Question): Outside {
  const { ground, known } = question
  const seen: Known[] = []
  const isOutside = ({ request, held }: Known) => {
    const by = held.filter(question.covers)
    if (by.length > 0) seen.push({ request, held: by })
    return by.length === 0
  }
  const outside = known.find(isOutside)
  if (outside) return { found: 'outside', request: outside.request }
  const limit = seen.length + mostRounds
  while (seen.length < limit) {
    const by = choose(seen, ground.clauses)
    const next = question.isPlain?.(by) ? 'none' : findBeyond(by, question)
    if (next === 'none') return { found: 'covered', by, ...(seen[0] && { request: seen[0].request }) }
    if (next === undefined) break
    const held = ground.holding(next)
    if (isOutside({ request: next, held })) return { found: 'outside', request: next }
  }
  return { found: 'undecided' }
}

/** Each round brings in a clause; were rules and languages ever to disagree, this ends it, and nothing is said. */
const mostRounds = 20
const mostForOne = 200_000

/** As few as can easily be had: one for all, else those that cover most. */
function choose(seen: readonly Known[], order: readonly Clause[]): readonly Clause[] {
  const one = seen[0]?.held.find((clause) => seen.every(({ held }) => held.includes(clause)))
  if (one) return [one]
  const chosen: Clause[] = []
  let left = seen
  while (left.length > 0) {
    const counts = new Map<Clause, number>()
    for (const clause of left.flatMap(({ held }) => held)) counts.set(clause, (counts.get(clause) ?? 0) + 1)
    const most = Math.max(...counts.values())
    const next = order.find((clause) => counts.get(clause) === most)
    if (next === undefined) break
    chosen.push(next)
    left = left.filter(({ held }) => !held.includes(next))
  }
  return chosen
}

/** A request that is asked about and that none of the clauses speaks of; nothing if that could not be found out. */
function findBeyond(clauses: readonly Clause[], question: Question): Request | 'none' | undefined {
  const { ground, matter, inside } = question
  const languages = ground.languages()
  const wanted = inside()
  const others = claimsOf(clauses, matter, languages)
  const all = [...wanted, ...others]
  const automata = languages.automata(all.flatMap(numbersOf))
  if (automata === undefined) return undefined
  let request: Request | undefined
  const searched = search({
    automata,
    within: [...new Set([languages.any, ...wanted.flatMap(({ about }) => about)])],
    budget: partOf(ground.budget, mostForOne),
    isSettled: (settled, open) =>
      others.some((claim) => mustHold(claim, { settled, open })) ||
      wanted.some(({ holes }) => holes.some((hole) => settled.has(hole))),
    visit: (accepted, text) => {
      if (!wanted.every((claim) => holds(claim, accepted))) return false
      if (others.some((claim) => holds(claim, accepted))) return false
      request = requestOf(text(), matter)
      return true
    },
  })
  return request ?? (searched === 'all' ? 'none' : undefined)
}
