import type { EventOf, RuleReference, StoredEvent } from '../../store/events.ts'
import type { Terminal } from '../terminal.ts'
import { renderBytes, renderElapsed } from './amount.ts'
import { type Column, renderTable } from './table.ts'

interface Row {
  readonly at: number
  readonly kind: string
  readonly what: string
  readonly outcome: string
  readonly because: string
}

/** What happened in a run, in order, with the line of markdown behind each decision. */
export function renderEvents(
  events: readonly StoredEvent[],
  { style, width }: Pick<Terminal, 'style' | 'width'>,
): string {
  const start = startOf(events)
  const paints = { allow: style.good, deny: style.bad, ask: style.warn } as Readonly<
    Record<string, (text: string) => string>
  >
  const columns: readonly Column<Row>[] = [
    { title: 'after', text: ({ at }) => renderElapsed(at - start), align: 'right', paint: () => style.dim },
    { title: 'what', text: ({ kind }) => kind },
    { title: '', text: ({ what }) => what, wrap: true },
    {
      title: 'outcome',
      text: ({ outcome }) => outcome,
      paint: ({ outcome }) => paints[outcome] ?? ((text) => text),
    },
    { title: 'because', text: ({ because }) => because, wrap: true },
  ]
  // In the order of their beginnings, which a connection has long before its end.
  const rows = events
    .map((event) => ({ at: beganAt(event), ...describe(event) }))
    .toSorted((a, b) => a.at - b.at)
  return renderTable(rows, { columns, width, heading: style.dim })
}

/** The record is begun while the sandbox is made: where the run has ended it says itself how long before that it was. */
function startOf(events: readonly StoredEvent[]): number {
  const [first] = events
  const last = events.at(-1)
  const began =
    last?.type === 'run.ended' && last.duration !== undefined ? last.at - last.duration : undefined
  return Math.min(first?.at ?? 0, began ?? Number.POSITIVE_INFINITY)
}

/** A connection is recorded when it is over. */
function beganAt(event: StoredEvent): number {
  return event.type === 'network.request' ? event.at - (event.duration ?? 0) : event.at
}

function describe(event: StoredEvent): Omit<Row, 'at'> {
  switch (event.type) {
    case 'run.created':
      return {
        kind: 'created',
        what: event.command.join(' '),
        outcome: event.learning === true ? 'learning' : '',
        because: `policy ${event.policy.slice(0, 12)}`,
      }
    case 'run.started':
      return { kind: 'started', what: '', outcome: '', because: '' }
    case 'run.ended':
      return {
        kind: 'ended',
        what: describeUse(event),
        outcome: event.signal ?? event.endedBy,
        because: event.code === undefined ? '' : `exit ${event.code}`,
      }
    case 'decision':
      return {
        kind: event.resource,
        what: `${event.target}${event.resource === 'shell' ? '' : `:${event.action}`}`,
        outcome: answered(event),
        because: because(event.rule, event.reason),
      }
    case 'network.request':
      return {
        kind: 'network',
        what: describeRequest(event),
        outcome: event.effect,
        because: isUnreached(event) ? `not reached: ${event.reason}` : because(event.rule, event.reason),
      }
    case 'file.changed':
      return {
        kind: 'file',
        what: event.path,
        outcome: event.change,
        because: describeChange(event),
      }
    case 'learn.access':
      return {
        kind: event.resource,
        what: `${event.target}${event.below === true ? '/**' : ''}:${event.action}`,
        outcome: event.outcome,
        because: `${event.count} ×${event.rule === undefined ? '' : ` ${because(event.rule, undefined)}`}`,
      }
    case 'git.commit':
      return {
        kind: 'commit',
        what: [event.commit.slice(0, 12), event.path ?? '', event.action ?? ''].join(' ').trim(),
        outcome: event.effect,
        because: event.effect === 'allow' ? '' : because(event.rule, event.reason),
      }
    case 'git.ref':
      return {
        kind: 'ref',
        what: `${event.ref} ${event.from?.slice(0, 12) ?? 'nothing'} → ${event.to?.slice(0, 12) ?? 'nothing'}`,
        outcome: event.effect,
        because: event.effect === 'allow' ? '' : because(event.rule, event.reason),
      }
    case 'git.staged':
      return {
        kind: 'staged',
        what: `${event.path} ${event.action}`,
        outcome: event.effect,
        because: because(event.rule, event.reason),
      }
    case 'limit.hit':
      return {
        kind: 'limit',
        what: `${event.limit} ${event.value}`,
        outcome: 'reached',
        because: because(event.rule, event.heldBy),
      }
    case 'note':
      return { kind: event.level, what: event.text, outcome: '', because: '' }
  }
}

function because(rule: RuleReference | undefined, words: string | undefined): string {
  if (rule === undefined) return words ?? 'no rule allows it'
  return `${rule.file}:${rule.line} ${rule.text}${rule.reason === undefined ? '' : ` — ${rule.reason}`}`
}

/** With what a person said. */
function answered({ effect, answer }: EventOf<'decision'>): string {
  return answer === undefined ? effect : `${effect}, ${answer}`
}

/** With the rule that says no to it: nothing held a name that came to be later. */
function describeChange({ bytes, effect, rule }: EventOf<'file.changed'>): string {
  const size = bytes === undefined ? [] : [renderBytes(bytes)]
  const against =
    effect === undefined ? [] : [`${rule === undefined ? '' : 'against '}${because(rule, undefined)}`]
  return [...size, ...against].join(', ')
}

function isUnreached({ effect, reason }: EventOf<'network.request'>): boolean {
  return effect === 'allow' && reason !== undefined
}

function describeRequest({ host, port, method, path = '' }: EventOf<'network.request'>): string {
  return `${method === undefined ? '' : `${method} `}${host}:${port}${path}`
}

function describeUse({ duration, peakMemory, cpu }: EventOf<'run.ended'>): string {
  return [
    ...(duration === undefined ? [] : [`took ${renderElapsed(duration)}`]),
    ...(cpu === undefined ? [] : [`cpu ${renderElapsed(cpu)}`]),
    ...(peakMemory === undefined ? [] : [`memory ${renderBytes(peakMemory)}`]),
  ].join(', ')
}
