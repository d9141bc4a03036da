import { constraintKinds, tightest } from './capability/constraints.ts'
import { printCode } from './capability/print-code.ts'
import type { Clause } from './clause.ts'
import type { Policy } from './compile.ts'
import { unmet } from './held.ts'
import { expandBraces } from './match/braces.ts'
import type { Hits } from './match/hits.ts'
import {
  type Carried,
  commandPart,
  partsOfReading,
  type RequestParts,
  readRequest,
  soleCommand,
} from './request/parts.ts'
import { isResource } from './resources.ts'
import type { RuleIndex } from './rule-index.ts'
import { rulePlace } from './rule-place.ts'
import type { SimpleCommand, Undecidable } from './shell/shell-reading.ts'
import type { Constraints, Decision, DecisionEffect, DecisionReason, Request, Rule } from './types.ts'

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
  if (hits === undefined) return unreadable(index, request, () => sayUnknown(request))
  return settle(index, hits, request)
}

/** Requests that the same patterns match are answered alike: with the answer of the first. */
function settle(index: RuleIndex, hits: Hits, request: Request): Decision {
  if (!index.isSettledByHits(request)) return weigh(index, hits, request)
  const known = hits.decisions.get(request.action)
  if (known) return known
  const decided = Object.freeze(weigh(index, hits, request))
  hits.decisions.set(request.action, decided)
  return decided
}

function decideCommands(policy: Policy, request: Request): Decision {
  const reading = readRequest(request)
  const sole = soleCommand(reading)
  if (sole !== undefined) return decideCommand(policy, request, sole)
  return decideParts(policy, request, partsOfReading(reading, request, policy))
}

/** Each part is decided; the strictest answer holds. */
export function decideParts(
  policy: Policy,
  request: Request,
  { parts, unread, carried }: RequestParts,
): Decision {
  const stops = carried === undefined ? nothing : stopsOf(policy, request, carried)
  const only = parts.length === 1 ? parts[0] : undefined
  if (only && !unread && stops.length === 0) return decidePart(policy, only)
  const judged: Judged[] = parts.map((part) => ({ part, decision: decidePart(policy, part) }))
  if (unread) {
    const index = policy.view(request.agent, request.lineage).about('shell')
    judged.push({ decision: decideUnread(index, request, unread) })
  }
  return strictest(stops.length === 0 ? judged : [...judged, ...stops])
}

/** By far the most texts are one command, and what it is called matters only where it is weighed. */
function decideCommand(policy: Policy, request: Request, command: SimpleCommand): Decision {
  const index = policy.view(request.agent, request.lineage).about('shell')
  const hits = index.find({ target: '', words: command.words })
  if (hits !== undefined && index.isSettledByHits(request)) {
    const known = hits.decisions.get(request.action)
    if (known) return known
  }
  return decidePart(policy, commandPart(command, request))
}

const nothing: readonly Judged[] = []

/** Of what a program runs by its own means that which a rule stops. */
export function stopsOf(
  policy: Policy,
  request: Request,
  { commands, undecidable }: Carried,
): readonly Judged[] {
  const stops: Judged[] = []
  const index = policy.view(request.agent, request.lineage).stops()
  for (const command of commands) {
    // What it is called is asked only where it is said: most of these are stopped by nothing.
    const asked = { ...request, words: command.words }
    const hits = index.find(asked) ?? index.findUnreadable()
    if (hits.ids.length === 0) continue
    const decision = settle(index, hits, asked)
    if (isStopped(decision)) stops.push({ part: commandPart(command, request), decision })
  }
  const decision = undecidable && decideUnread(index, request, undecidable)
  if (decision && isStopped(decision)) stops.push({ decision })
  return stops.length > 1 ? eachOnce(stops) : stops
}

/** One carrier in another may give the same command twice, which is one thing to ask about. */
function eachOnce(stops: readonly Judged[]): readonly Judged[] {
  return [...new Map(stops.map((stop) => [JSON.stringify(stop.part?.words), stop])).values()]
}

/** A rule says so, and not only that none allows it: of what is asked here there is no Allow. */
function isStopped({ reasons: [first] }: Decision): boolean {
  return first?.kind !== 'no-allow'
}

function decideUnread(index: RuleIndex, request: Request, { text, reason }: Undecidable): Decision {
  return unreadable(index, { ...request, words: [] }, ({ effect, rule }) =>
    rule === undefined || effect === 'allow'
      ? `what \`${text}\` does cannot be told: ${reason}`
      : `what \`${text}\` does cannot be seen from here, for ${reason}: ${sayCould(rule)}`,
  )
}

/** A rule about another command decides for what cannot be read, which baffles unless it is said how. */
function sayCould({ effect, capabilities, source }: Rule): string {
  const place = rulePlace(source)
  if (effect === 'only') return `it could run what the Only at ${place} leaves out`
  const pattern = capabilities.find(({ resource }) => resource === 'shell')?.pattern ?? '*'
  const [first = pattern] = expandBraces(pattern)
  const command = first.replace(/(?: \*{1,2})+$/, '')
  const what = command === '*' || command === '**' ? 'any command' : printCode(command)
  return `it could run ${what}, which ${place} ${effect === 'ask' ? 'asks about' : 'denies'}`
}

/** Why a target could be any: a git command without it means what git's configuration says, or what is checked out. */
function sayUnknown({ resource, action, target }: Request): string {
  if (resource !== 'git') return `\`${target}\` means one thing to one program and another to the next`
  if (action === 'commit') return 'the branch is the one that is checked out then, so it could be any'
  const what = action === 'tag' ? 'which tag it is' : 'the branch'
  return action === 'push' || action === 'force-push'
    ? "the branch depends on git's configuration, so it could be any"
    : `${what} is only known when the command runs, so it could be any`
}

/** Every Deny and Ask matches what cannot be read, and of the Allows only those of everything. */
function unreadable(index: RuleIndex, request: Request, say: (decision: Decision) => string): Decision {
  const decision = settle(index, index.findUnreadable(), request)
  return { ...decision, reasons: [...decision.reasons, { kind: 'undecidable', text: say(decision) }] }
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

export interface Judged {
  /** Missing for what could not be read. */
  readonly part?: Request
  readonly decision: Decision
}

/** Deny over ask over allow; the first of the strictest speaks first. */
function strictest(judged: readonly Judged[]): Decision {
  const reasons: DecisionReason[] = []
  let strictest: DecisionEffect | undefined
  let constraints = none
  for (const effect of byStrictness)
    for (const one of judged) {
      if (one.decision.effect !== effect) continue
      strictest ??= effect
      addReasons(one, reasons)
      constraints = tightest(constraints, one.decision.constraints)
    }
  return strictest === undefined || strictest === 'deny'
    ? denial(reasons)
    : decision(strictest, reasons, constraints)
}

const byStrictness = ['deny', 'ask', 'allow'] as const

function addReasons({ part, decision }: Judged, reasons: DecisionReason[]): void {
  for (const reason of decision.reasons) reasons.push(part ? { ...reason, part } : reason)
}
