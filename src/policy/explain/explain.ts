import { hasExpired } from '../clause.ts'
import type { Policy } from '../compile.ts'
import { decidePart, stopsOf } from '../decide.ts'
import { isUnclear, printRequest } from '../request/capability.ts'
import { partsOf } from '../request/parts.ts'
import type { Decision, DecisionEffect, DecisionReason, Request, Rule } from '../types.ts'
import { type Change, changesFor, tellingReason } from './changes.ts'
import { type NearMiss, nearest } from './nearest.ts'
import { overHttps } from './plain-http.ts'

/** A decision as a person wants to read it. Data: rendering is the terminal's. */
export interface Explanation {
  readonly request: Request
  readonly effect: DecisionEffect
  /** The rule that determined it. */
  readonly rule?: Rule
  /** Why, in words: lower case, no full stop. */
  readonly because: string
  /** For a shell text of several parts: each with its own answer. */
  readonly parts: readonly ExplainedPart[]
  /** Allows that nearly matched what was not allowed. */
  readonly nearest: readonly NearMiss[]
  /** Of a request on the web that names more than https shows: what is asked there, where that matters. */
  readonly https?: ExplainedPart
  /** What would change the decision. */
  readonly changes: readonly Change[]
}

export interface ExplainedPart {
  readonly request: Request
  /** In the short spelling. */
  readonly text: string
  readonly effect: DecisionEffect
  readonly rule?: Rule
}

export function explainDecision(policy: Policy, request: Request, decision: Decision): Explanation {
  const reason = tellingReason(decision)
  const asked = reason.part ?? request
  const https = explainHttps(policy, request, decision)
  const explanation = {
    request,
    effect: decision.effect,
    because: explainStop(reason, asked, { decision, policy }),
    parts: explainParts(policy, request),
    ...(https && { https }),
    nearest: decision.effect === 'allow' || decision.rule?.effect === 'deny' ? [] : nearest(policy, asked),
    changes: changesFor(reason, { request, asked, decision, unread: unreadText(reason, decision) }, policy),
  }
  return decision.rule ? { ...explanation, rule: decision.rule } : explanation
}

/** A Deny or Ask that does not name the command matches it because nobody can tell what it runs: that says it all. */
function explainStop(
  reason: DecisionReason,
  asked: Request,
  { decision, policy }: { readonly decision: Decision; readonly policy: Policy },
): string {
  const why = explainReason(reason, asked, policy)
  const unread = unreadText(reason, decision)
  if (isUnclear(asked) && reason.kind !== 'allow')
    return `${why}: servers read its path in more than one way, so it may be any`
  if (unread === undefined || (reason.kind !== 'deny' && reason.kind !== 'ask')) return why
  return asked.resource === 'shell' ? unread : `${why}: ${unread}`
}

function unreadText({ part }: DecisionReason, { reasons }: Decision): string | undefined {
  return reasons.find((reason) => reason.kind === 'undecidable' && reason.part === part)?.text
}

function explainParts(policy: Policy, request: Request): readonly ExplainedPart[] {
  if (request.resource !== 'shell') return []
  const { parts, carried } = partsOf(request, policy)
  const judged = parts.map((part) => ({ part, decision: decidePart(policy, part) }))
  const stops = carried === undefined ? [] : stopsOf(policy, request, carried)
  const all = [...judged, ...stops].flatMap(({ part, decision: { effect, rule } }) => {
    if (part === undefined) return []
    const explained = { request: part, text: printRequest(part, policy), effect }
    return [rule ? { ...explained, rule } : explained]
  })
  return all.length < 2 ? [] : all
}

function explainHttps(policy: Policy, request: Request, decision: Decision): ExplainedPart | undefined {
  const over = overHttps(policy, request, decision)
  if (over === undefined) return undefined
  const { effect, rule } = over.decision
  const explained = { request: over.request, text: printRequest(over.request, policy), effect }
  return rule ? { ...explained, rule } : explained
}

function explainReason(reason: DecisionReason, asked: Request, policy: Policy): string {
  const what = `\`${printRequest(asked, policy)}\``
  switch (reason.kind) {
    case 'deny':
      return reason.rule?.effect === 'only'
        ? `${what} is outside what an Only names${expiry(reason.rule, asked, policy)}`
        : `a Deny matches ${what}`
    case 'ask':
      return `an Ask matches ${what}`
    case 'allow':
      return `an Allow matches ${what}, and no Deny or Ask does`
    case 'limit':
      return `a Limit matches ${what}`
    case 'no-allow':
      return `no Allow matches ${what}`
    case 'constraint':
      return `${what} does not keep to the rule: ${reason.text}`
    case 'undecidable':
      return reason.text ?? `${what} cannot be judged`
    case 'broken-rule':
      return `a rule cannot be evaluated: ${reason.text}`
  }
}

/** An Only that has expired allows nothing any more, and still closes the rest. */
function expiry({ capabilities }: Rule, { resource }: Request, { now }: Policy): string {
  const about = capabilities.filter((capability) => capability.resource === resource)
  if (!about.every((capability) => hasExpired(capability, now))) return ''
  return `: what it allowed has expired (${about[0]?.constraints.expires}), and the rest stays closed`
}
