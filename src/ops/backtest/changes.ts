import { printCapability } from '../../policy/capability/capability.ts'
import type { Policy } from '../../policy/compile.ts'
import { capabilityOf } from '../../policy/request/capability.ts'
import type { DecisionEffect, Request } from '../../policy/types.ts'
import type { RuleReference } from '../../store/events.ts'
import type { RecordedEvent } from '../../store/stream.ts'
import type { RecordedRequest, RequestKind } from './recorded-request.ts'
import type { Replay } from './replay.ts'

/** All requests of one kind that one rule, or its absence, would make come out in another way. */
export interface BacktestChange extends Replay {
  readonly kind: RequestKind
  readonly count: number
  readonly runs: number
  /** The newest of them. */
  readonly inRuns: readonly { readonly run: string; readonly count: number }[]
  /** Different ones, those of the newest runs first. */
  readonly examples: readonly BacktestExample[]
}

export interface BacktestExample {
  /** As it can be given to `oos explain`. */
  readonly request: string
  /** Where it stands in the record, the newest run that made it. */
  readonly run: string
  readonly seq: number
  readonly count: number
  /** What decided it then. */
  readonly by?: RuleReference
}

/** Takes the differences one by one, those of a run after each other, and keeps counts and examples of them. */
export interface ChangeCollector {
  add(recorded: RecordedEvent, asked: RecordedRequest, replayed: Replay): void
  /** What stops most comes first. */
  list(): readonly BacktestChange[]
}

/** A list is for reading: what stands in none is in the counts. */
const mostListed = 20

export function collectChanges(policy: Policy): ChangeCollector {
  const changes = new Map<string, OpenChange>()
  return {
    add(recorded, asked, replayed) {
      const key = keyOf(asked, replayed)
      const change = changes.get(key) ?? openChange(asked, replayed)
      changes.set(key, change)
      change.count += 1
      countInRun(change, recorded.run.id)
      keepExample(change, recorded, { asked, policy })
    },
    list: () => [...changes.values()].map(close).sort(stricterFirst),
  }
}

interface OpenChange extends Replay {
  readonly kind: RequestKind
  count: number
  runs: number
  lastRun: string
  readonly inRuns: { readonly run: string; count: number }[]
  readonly examples: Map<string, BacktestExample & { count: number }>
}

/** Where no rule decides now, the one that did is what is missing. */
function keyOf({ kind, by }: RecordedRequest, { was, now, rule }: Replay): string {
  const place = rule?.source ?? by
  return JSON.stringify([kind, was, now, rule === undefined, place?.file, place?.line, place?.text])
}

function openChange({ kind }: RecordedRequest, replayed: Replay): OpenChange {
  return { ...replayed, kind, count: 0, runs: 0, lastRun: '', inRuns: [], examples: new Map() }
}

function countInRun(change: OpenChange, run: string): void {
  if (change.lastRun !== run) {
    change.lastRun = run
    change.runs += 1
    if (change.inRuns.length < mostListed) change.inRuns.push({ run, count: 0 })
  }
  const counted = change.inRuns.at(-1)
  if (counted?.run === run) counted.count += 1
}

function keepExample(
  { examples }: OpenChange,
  { run, seq }: RecordedEvent,
  { asked: { request, by }, policy }: { asked: RecordedRequest; policy: Policy },
): void {
  const key = `${request.action} ${request.target}`
  const known = examples.get(key)
  if (known !== undefined) known.count += 1
  else if (examples.size < mostListed) {
    const text = printRequest(request, policy)
    examples.set(key, { request: text, run: run.id, seq, count: 1, ...(by && { by }) })
  }
}

function printRequest(request: Request, policy: Policy): string {
  const { resource, words, target } = request
  return resource === 'shell' && !words ? `shell:${target}` : printCapability(capabilityOf(request, policy))
}

function close({ lastRun: _, examples, ...change }: OpenChange): BacktestChange {
  return { ...change, examples: [...examples.values()] }
}

const looseness: Readonly<Record<DecisionEffect, number>> = { deny: 0, ask: 1, allow: 2 }

function stricterFirst(a: BacktestChange, b: BacktestChange): number {
  return looseness[a.now] - looseness[b.now] || b.count - a.count
}
