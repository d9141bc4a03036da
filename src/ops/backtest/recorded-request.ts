import { resolve } from 'node:path/posix'
import { isResource, resources } from '../../policy/resources.ts'
import type { DecisionEffect, Request } from '../../policy/types.ts'
import { addressHost } from '../../sandbox/network/authority.ts'
import type { EventOf, RuleReference, StoredEvent } from '../../store/events.ts'
import type { Run } from '../../store/fold.ts'
import { isRedacted } from '../../store/redact.ts'

/** What a person calls it. */
export type RequestKind = 'command' | 'write' | 'read' | 'connection' | 'request'

/** A request as a run made it, and what became of it. */
export interface RecordedRequest {
  readonly kind: RequestKind
  readonly request: Request
  /** The same request by the address that its name led to: the proxy asks that, too. */
  readonly dialled?: Request
  readonly was: DecisionEffect
  readonly by?: RuleReference
  /** Refused for more than the rules: for where a name led. */
  readonly refusedElse?: boolean
  /** Asked about, and not allowed: nobody was there, or a person said no. */
  readonly declined?: boolean
  /** Whether a person could be asked. Inside the sandbox nobody can: an Ask refuses there. */
  readonly askable: boolean
}

/** Why a recorded request cannot be decided again: it is none any more, or a secret was taken out of it. */
export type Unusable = 'unreadable' | 'redacted'

/** The request behind an event; nothing for an event that asks for nothing. What stands in a record may be anything. */
export function readRecorded(
  event: StoredEvent,
  run: Run,
  root: string,
): RecordedRequest | Unusable | undefined {
  switch (event.type) {
    case 'decision':
      return ofDecision(event, run, root)
    case 'network.request':
      return ofConnection(event, run)
    case 'file.changed':
      return ofChange(event, run, root)
    default:
      return undefined
  }
}

const effects: readonly unknown[] = ['allow', 'ask', 'deny'] satisfies DecisionEffect[]

function ofDecision(
  event: EventOf<'decision'>,
  { command, cwd, agent: runner, endedBy }: Run,
  root: string,
): RecordedRequest | Unusable {
  const { resource, action, target, effect, rule, answer, agent = runner } = event
  if (!isText(resource, action, target, agent) || !effects.includes(effect)) return 'unreadable'
  if (!isResource(resource) || !Object.hasOwn(resources[resource].actions, action)) return 'unreadable'
  if (isRedacted(target)) return 'redacted'
  const request: Request = {
    resource,
    action,
    target: resource === 'file' ? resolve(root, target) : target,
    cwd,
    agent,
    // The command of a run is its words: no shell has read them.
    ...(resource === 'shell' && target === command.join(' ') ? { words: command } : {}),
  }
  const declined = effect === 'ask' && answer !== 'yes' && (answer === 'no' || endedBy === 'refused')
  return { kind: kindOf(resource, action), request, was: effect, ...refer(rule), declined, askable: true }
}

function ofConnection(event: EventOf<'network.request'>, { agent }: Run): RecordedRequest | Unusable {
  const { host, port, method, path = '', effect, rule, reason, address } = event
  // Port 0 is how the proxy records what was no request at all.
  if (!isText(host, path, method ?? '') || !(port > 0) || !effects.includes(effect)) return 'unreadable'
  if (isRedacted(host + path)) return 'redacted'
  const request = {
    resource: 'http',
    action: actionOf(method),
    target: `${host}:${port}${path}`,
    agent,
  } as const
  const at = typeof address === 'string' ? addressHost(address) : undefined
  return {
    kind: 'connection',
    request,
    ...(at === undefined ? {} : { dialled: { ...request, target: `${at}:${port}${path}` } }),
    was: effect,
    ...refer(rule),
    refusedElse: effect !== 'allow' && reason !== undefined,
    askable: false,
  }
}

const acts: Readonly<Record<string, string>> = { created: 'create', changed: 'change', deleted: 'delete' }

/** What a run has changed it was let change, unless it is said that the rules said no to it then. */
function ofChange(
  { path, change, effect = 'allow', rule }: EventOf<'file.changed'>,
  { agent }: Run,
  root: string,
): RecordedRequest | Unusable {
  const action = isText(path) ? acts[change] : undefined
  if (action === undefined || !effects.includes(effect)) return 'unreadable'
  if (isRedacted(path)) return 'redacted'
  const request = { resource: 'file', action, target: resolve(root, path), agent } as const
  return { kind: 'write', request, was: effect, ...refer(rule), askable: false }
}

function kindOf(resource: Request['resource'], action: string): RequestKind {
  if (resource === 'file') return action === 'read' ? 'read' : 'write'
  return resource === 'shell' ? 'command' : resource === 'http' ? 'connection' : 'request'
}

/** As the proxy judges it: nobody sees a method in a tunnel. */
function actionOf(method = ''): string {
  const action = method.toLowerCase()
  return Object.hasOwn(resources.http.actions, action) ? action : 'request'
}

function refer(by: RuleReference | undefined): { by: RuleReference } | Record<never, never> {
  return by !== undefined && isText(by.file, by.text) ? { by } : {}
}

function isText(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string')
}
