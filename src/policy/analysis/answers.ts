import type { Clause } from '../clause.ts'
import type { Policy } from '../compile.ts'
import { decidePart } from '../decide.ts'
import { unmet } from '../held.ts'
import type { Request, Rule } from '../types.ts'
import { freest, type Turn } from './turn.ts'

/** The policies on both sides of an edit. What `given` gives counts as given before it, too. */
export interface Sides {
  readonly before: Policy
  readonly given?: Policy | undefined
  readonly after: Policy
}

/** A request, with the rules that decide it before and after. */
export interface Witness {
  readonly request: Request
  readonly before?: Rule
  readonly after?: Rule
}

/** How it comes out. */
export interface Answer extends Turn, Witness {}

/** One part of a request alone, whatever it asks for in turn. */
export function answerOf(request: Request, { before, given, after }: Sides): Answer {
  const [old, now] = [decidePart(before, request), decidePart(after, request)]
  const from = given ? freest([old.effect, decidePart(given, request).effect]) : old.effect
  const rules = { ...(old.rule && { before: old.rule }), ...(now.rule && { after: now.rule }) }
  return { request, from, to: now.effect, ...rules }
}

/** The clauses of both sides that have a part in the answer. */
export function clausesBehind(request: Request, { before, after }: Sides): ReadonlySet<Clause> {
  return new Set([before, after].flatMap((policy) => holding(policy, request)))
}

function holding(policy: Policy, request: Request): readonly Clause[] {
  const index = policy.view(request.agent, request.lineage).about(request.resource)
  const hits = index.find(request)
  if (hits === undefined) return []
  return index.holding(hits, request).filter(({ effect, capability }) => {
    if (effect !== 'allow' && effect !== 'limit') return true
    return (unmet(capability.constraints, request) === undefined) === (effect === 'allow')
  })
}
