import type { EventOf, EventType, RuleReference, StoredEvent } from '../../store/events.ts'
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

type Cells = Omit<Row, 'at'>

const describe = (event: StoredEvent): Cells => ({
  outcome: '',
  because: '',
  ...(describers[event.type] as (event: StoredEvent) => Told)(event),
})

/** What is left out is empty. */
type Told = Pick<Cells, 'kind' | 'what'> & Partial<Cells>

const describers: { readonly [Type in EventType]: (event: EventOf<Type>) => Told } = {
  'run.created': ({ command, learning, policy }) => ({
    kind: 'created',
    what: command.join(' '),
    outcome: learning === true ? 'learning' : '',
    because: `policy ${policy.slice(0, 12)}`,
  }),
  'run.started': () => ({ kind: 'started', what: '' }),
  'run.ended': (event) => ({
    kind: 'ended',
    what: describeUse(event),
    outcome: event.signal ?? event.endedBy,
    because: event.code === undefined ? '' : `exit ${event.code}`,
  }),
  decision: (event) => ({
    kind: event.resource,
    what: `${event.target}${event.resource === 'shell' ? '' : `:${event.action}`}`,
    outcome: answered(event),
    because: because(event.rule, event.reason),
  }),
  'network.request': (event) => ({
    kind: 'network',
    what: describeRequest(event),
    outcome: event.effect,
    because: isUnreached(event) ? `not reached: ${event.reason}` : because(event.rule, event.reason),
  }),
  'file.changed': (event) => ({
    kind: 'file',
    what: event.path,
    outcome: event.change,
    because: describeChange(event),
  }),
  'learn.access': ({ resource, target, below, action, outcome, count, rule }) => ({
    kind: resource,
    what: `${target}${below === true ? '/**' : ''}:${action}`,
    outcome,
    because: `${count} ×${rule === undefined ? '' : ` ${because(rule, undefined)}`}`,
  }),
  'git.commit': ({ commit, path = '', action = '', ...judged }) => ({
    kind: 'commit',
    what: [commit.slice(0, 12), path, action].join(' ').trim(),
    ...judgement(judged),
  }),
  'git.ref': ({ ref, from, to, ...judged }) => ({
    kind: 'ref',
    what: `${ref} ${from?.slice(0, 12) ?? 'nothing'} → ${to?.slice(0, 12) ?? 'nothing'}`,
    ...judgement(judged),
  }),
  'git.staged': ({ path, action, effect, rule, reason }) => ({
    kind: 'staged',
    what: `${path} ${action}`,
    outcome: effect,
    because: because(rule, reason),
  }),
  'limit.hit': ({ limit, value, rule, heldBy }) => ({
    kind: 'limit',
    what: `${limit} ${value}`,
    outcome: 'reached',
    because: because(rule, heldBy),
  }),
  note: ({ level, text }) => ({ kind: level, what: text }),
}

/** Of what was let be nobody asks why. */
function judgement({
  effect,
  rule,
  reason,
}: Pick<EventOf<'git.commit'>, 'effect' | 'rule' | 'reason'>): Pick<Cells, 'outcome' | 'because'> {
  return { outcome: effect, because: effect === 'allow' ? '' : because(rule, reason) }
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
