import type { Clause } from './clause.ts'
import type { Policy } from './compile.ts'
import { constraintKinds, tightest } from './constraints.ts'
import { unmet } from './held.ts'
import type { Hits } from './hits.ts'
import { partsOf } from './request-parts.ts'
import { isResource } from './resources.ts'
import type { RuleIndex } from './rule-index.ts'
import type { Undecidable } from './shell/types.ts'
import type { Constraints, Decision, DecisionReason, Request } from './types.ts'

/** Whether the request is allowed, by which rule, and under which constraints. Pure, total, and the only place that decides. */
export function decide(policy: Policy, request: Request): Decision {
  try {
    return request.resource === 'shell' ? decideCommands(policy, request) : decidePart(policy, request)
  } catch (error) {
    return denial([{ kind: 'broken-rule', text: error instanceof Error ? error.message : String(error) }])
  }
}

/** One part of a request alone, whatever it asks for in turn. */
export function decidePart(policy: Policy, request: Request): Decision {
  if (!isResource(request.resource)) return denial([{ kind: 'no-allow' }])
  const index = policy.view(request.agent, request.lineage).about(request.resource)
  const hits = index.find(request)
  if (hits === undefined) return unreadable(index, request, `\`${request.target}\` can be read in two ways`)
  const known = hits.decisions.get(request.action)
  if (known && request.attributes === undefined) return known
  const decided = weigh(index, hits, request)
  if (index.isSettledByHits(request)) hits.decisions.set(request.action, Object.freeze(decided))
  return decided
}

/** Each part is decided; the strictest answer holds. */
function decideCommands(policy: Policy, request: Request): Decision {
  const { parts, unread } = partsOf(request, policy)
  const [only] = parts
  if (only && parts.length === 1 && !unread) return decidePart(policy, only)
  const decided = parts.map((part) => withPart(decidePart(policy, part), part))
  if (unread) decided.push(decideUnread(policy, request, unread))
  return strictest(decided)
}

function decideUnread(policy: Policy, request: Request, { text, reason }: Undecidable): Decision {
  const index = policy.view(request.agent, request.lineage).about('shell')
  return unreadable(index, { ...request, words: [] }, `\`${text}\` cannot be judged: ${reason}`)
}

/** Every Deny and Ask matches what cannot be read, and of the Allows only those of everything. */
function unreadable(index: RuleIndex, request: Request, text: string): Decision {
  const decision = weigh(index, index.findUnreadable(), request)
  return { ...decision, reasons: [...decision.reasons, { kind: 'undecidable', text }] }
}

/** Deny, then what a Limit forbids, then Ask, then an Allow whose constraints are met, then deny. */
function weigh(index: RuleIndex, hits: Hits, request: Request): Decision {
  const clauses = index.holding(hits, request)
  const denies = clauses.filter(({ effect }) => effect === 'deny')
  if (denies.length > 0) return denial(denies.map(reasonOf))
  const limits = clauses.filter(({ effect }) => effect === 'limit')
  const exceeded = limits.flatMap((clause) => constraintReason(clause, request))
  if (exceeded.length > 0) return denial(exceeded)
  const constraints = limits.map(({ capability }) => capability.constraints).reduce(tightest, none)
  const asks = clauses.filter(({ effect }) => effect === 'ask')
  const allows = clauses.filter(({ effect }) => effect === 'allow')
  const met = allows.filter(({ capability }) => unmet(capability.constraints, request) === undefined)
  const [best] = met.toSorted(looser)
  if (asks.length > 0 && (best || !asks.every(({ onlyTightens }) => onlyTightens)))
    return answer('ask', [...asks, ...limits], constraints)
  if (best === undefined)
    return denial([{ kind: 'no-allow' }, ...allows.flatMap((clause) => constraintReason(clause, request))])
  const others = met.filter((clause) => clause !== best)
  return answer('allow', [best, ...others, ...limits], tightest(best.capability.constraints, constraints))
}

const none: Constraints = Object.freeze({})

/** The Allow with the fewest constraints is the one that is used. */
function looser(a: Clause, b: Clause): number {
  return Object.keys(a.capability.constraints).length - Object.keys(b.capability.constraints).length
}

function answer(effect: 'ask' | 'allow', clauses: readonly Clause[], constraints: Constraints): Decision {
  return decision(effect, clauses.map(reasonOf), constraints)
}

function denial(reasons: readonly DecisionReason[]): Decision {
  return decision('deny', reasons, none)
}

function decision(
  effect: Decision['effect'],
  reasons: readonly DecisionReason[],
  constraints: Constraints,
): Decision {
  const rule = reasons[0]?.rule
  return rule ? { effect, rule, reasons, constraints } : { effect, reasons, constraints }
}

function reasonOf({ effect, rule, broken }: Clause): DecisionReason {
  return broken === undefined ? { kind: effect, rule } : { kind: 'broken-rule', rule, text: broken }
}

function constraintReason({ capability, rule }: Clause, request: Request): readonly DecisionReason[] {
  const name = unmet(capability.constraints, request)
  if (name === undefined) return []
  const print = constraintKinds[name].print as (value: unknown) => string
  const text = `\`${name}\` is \`${print(capability.constraints[name])}\``
  return [{ kind: 'constraint', rule, text }]
}

const strictness = { allow: 0, ask: 1, deny: 2 } as const

/** Deny over ask over allow; the first of the strictest speaks first. */
function strictest(decisions: readonly Decision[]): Decision {
  const ordered = decisions.toSorted((a, b) => strictness[b.effect] - strictness[a.effect])
  const [first = denial([{ kind: 'no-allow' }])] = ordered
  const constraints =
    first.effect === 'deny' ? none : decisions.map((one) => one.constraints).reduce(tightest, none)
  return { ...first, reasons: ordered.flatMap(({ reasons }) => reasons), constraints }
}

function withPart(decided: Decision, part: Request): Decision {
  return { ...decided, reasons: decided.reasons.map((reason) => ({ ...reason, part })) }
}
