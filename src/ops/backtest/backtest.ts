import { relative } from 'node:path/posix'
import type { Policy } from '../../policy/compile.ts'
import type { Rule } from '../../policy/types.ts'
import type { Run } from '../../store/fold.ts'
import type { RecordedEvent } from '../../store/stream.ts'
import type { OwnPlaces } from '../project/own-places.ts'
import { type BacktestChange, type ChangeCollector, collectChanges } from './changes.ts'
import { type RequestKind, readRecorded, type Unusable } from './recorded-request.ts'
import { replay, type Unsure } from './replay.ts'

export interface BacktestOptions {
  /** The rules as they would hold. */
  readonly policy: Policy
  /** Every agent that is defined. */
  readonly agents: readonly string[]
  /** The record lies outside the project: other projects may keep theirs in it, too. */
  readonly shared: boolean
  /** What a run has for itself, which no rule has to give to its command. */
  readonly ownPlaces: OwnPlaces
}

/** What would have come out differently. */
export interface Backtest {
  readonly runs: number
  /** Of these, the ones that went by exactly these rules. */
  readonly sameRules: number
  /** Runs of other projects, which were left out. */
  readonly elsewhere: number
  readonly requests: Readonly<Record<RequestKind, number>>
  readonly changes: readonly BacktestChange[]
  /** Requests that could not be compared, by why. */
  readonly leftOut: Readonly<Record<Unusable | Unsure, number>>
  /** Agents of the runs that no definition has any more. */
  readonly unknownAgents: readonly string[]
}

/** Decides everything that was recorded once more. A fold: of the record only counts and examples stay. */
export function backtest(events: Iterable<RecordedEvent>, options: BacktestOptions): Backtest {
  const tally = createTally(options.policy)
  let current: Run | undefined
  let standing: Standing = 'other-rules'
  for (const recorded of events) {
    if (recorded.run !== current) {
      current = recorded.run
      standing = standingOf(current, options)
      countRun(tally, current, { standing, options })
    }
    if (standing !== 'elsewhere') countEvent(tally, recorded, { standing, options })
  }
  const { counts, requests, leftOut, agents, changes } = tally
  return { ...counts, requests, changes: changes.list(), leftOut, unknownAgents: [...agents].sort() }
}

type Standing = 'other-rules' | 'same-rules' | 'elsewhere'

interface Context {
  readonly standing: Standing
  readonly options: BacktestOptions
}

/** What the same rules have decided they decide again, unless one of them has run out since. */
function standingOf({ cwd, policy: hash }: Run, { policy, shared }: BacktestOptions): Standing {
  if (shared && /^\.\.(?:\/|$)/.test(relative(policy.root, cwd))) return 'elsewhere'
  return hash === policy.hash && !policy.rules.some(canRunOut) ? 'same-rules' : 'other-rules'
}

function canRunOut({ capabilities }: Rule): boolean {
  return capabilities.some(({ constraints }) => constraints.expires !== undefined)
}

interface Tally {
  readonly counts: { runs: number; sameRules: number; elsewhere: number }
  readonly requests: Record<RequestKind, number>
  readonly leftOut: Record<Unusable | Unsure, number>
  readonly agents: Set<string>
  readonly changes: ChangeCollector
}

function createTally(policy: Policy): Tally {
  return {
    counts: { runs: 0, sameRules: 0, elsewhere: 0 },
    requests: { command: 0, write: 0, read: 0, connection: 0, request: 0 },
    leftOut: { unreadable: 0, redacted: 0, 'run-rule': 0, address: 0, quota: 0 },
    agents: new Set(),
    changes: collectChanges(policy),
  }
}

function countRun({ counts, agents }: Tally, { agent }: Run, { standing, options }: Context): void {
  if (standing === 'elsewhere') {
    counts.elsewhere += 1
    return
  }
  counts.runs += 1
  if (standing === 'same-rules') counts.sameRules += 1
  else if (!options.agents.includes(agent)) agents.add(agent)
}

function countEvent(tally: Tally, recorded: RecordedEvent, { standing, options }: Context): void {
  const { policy } = options
  const { run, event } = recorded
  const asked = event === undefined ? 'unreadable' : readRecorded(event, run, policy.root)
  if (asked === undefined) return
  if (typeof asked === 'string') {
    tally.leftOut[asked] += 1
    return
  }
  tally.requests[asked.kind] += 1
  const replayed = standing === 'same-rules' ? undefined : replay(policy, asked, options.ownPlaces)
  if (typeof replayed === 'string') tally.leftOut[replayed] += 1
  else if (replayed !== undefined) tally.changes.add(recorded, asked, replayed)
}
