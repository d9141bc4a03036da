import type { Decision, Request, Rule } from '../policy/types.ts'
import type { NetworkEvent } from '../sandbox/network/event.ts'
import type { SandboxEnd } from '../sandbox/process/end.ts'
import type { LimitPlan } from '../sandbox/types.ts'
import type { EventOf, OosEvent, RuleReference } from '../store/events.ts'

/** A decision as the record keeps it. */
export function decisionEvent(request: Request, decision: Decision, answer?: 'yes' | 'no'): OosEvent {
  const words = decision.reasons.find((reason) => reason.text !== undefined)?.text
  return {
    type: 'decision',
    resource: request.resource,
    action: request.action,
    target: request.target,
    ...(request.agent === undefined ? {} : { agent: request.agent }),
    effect: decision.effect,
    ...ruleOf(decision.rule),
    ...(words === undefined ? {} : { reason: words }),
    ...(answer === undefined ? {} : { answer }),
  }
}

export function networkEvent(seen: NetworkEvent): OosEvent {
  const { host, port, method, path, effect, rule, address, error, bytesUp, bytesDown, ms } = seen
  return {
    type: 'network.request',
    host,
    port,
    ...(method === undefined ? {} : { method }),
    ...(path === undefined ? {} : { path }),
    effect,
    ...ruleOf(rule),
    ...(error === undefined ? {} : { reason: error }),
    ...(address === undefined ? {} : { address }),
    sent: bytesUp,
    received: bytesDown,
    duration: Math.round(ms),
  }
}

/** Only a limit that ended the run is an event: the others held without anyone noticing. */
export function limitEvents(end: SandboxEnd, limits: readonly LimitPlan[]): readonly OosEvent[] {
  const limit = limits.find(({ name }) => name === end.endedBy)
  if (limit === undefined) return []
  const { name, value, heldBy, rule } = limit
  return [{ type: 'limit.hit', limit: name, value, heldBy: heldBy.join(', '), ...ruleOf(rule) }]
}

export function endOf(end: SandboxEnd): Omit<EventOf<'run.ended'>, 'type'> {
  return {
    endedBy: end.endedBy === 'stopped' ? 'interrupted' : end.endedBy,
    code: end.exitCode,
    ...(end.signal === null ? {} : { signal: end.signal }),
    duration: end.wallMs,
    ...(end.peakMemory === undefined ? {} : { peakMemory: end.peakMemory }),
    ...(end.cpuMs === undefined ? {} : { cpu: end.cpuMs }),
    ...(end.outputBytes === undefined ? {} : { output: end.outputBytes }),
  }
}

export function ruleOf(rule: Rule | undefined): { rule: RuleReference } | Record<never, never> {
  if (rule === undefined) return {}
  const { file, line, column, text } = rule.source
  return { rule: { file, line, column, text, ...(rule.reason === undefined ? {} : { reason: rule.reason }) } }
}
