import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decisionEvent, networkEvent } from '../../../src/agents/events.ts'
import { backtest } from '../../../src/ops/backtest/backtest.ts'
import { compilePolicy, type Policy } from '../../../src/policy/compile.ts'
import { decide } from '../../../src/policy/decide.ts'
import { parseHostTarget } from '../../../src/policy/match/host-glob.ts'
import type { Request } from '../../../src/policy/types.ts'
import type { OosEvent } from '../../../src/store/events.ts'
import { createdRun } from '../../../src/store/fold.ts'
import type { RecordedEvent } from '../../../src/store/stream.ts'
import { arbitraryRequest, arbitraryRules, home, root } from '../../policy/random-rules.ts'

const cases = Math.ceil(Number(process.env.OOS_CASES ?? 10_000) / 5)

/** Without what no record keeps: ancestors, and what a request says of itself. */
const asked = arbitraryRequest.map(({ lineage: _, attributes: __, agent = 'command', ...request }) => ({
  ...request,
  agent,
}))
const requests = fc.array(asked, { minLength: 1, maxLength: 20 })
const quota = ['max', 'rate'] as const

test('what is recorded comes out as it did under the same rules, and differently just where other rules decide so', () => {
  fc.assert(
    fc.property(arbitraryRules, arbitraryRules, requests, (old, now, all) => {
      const [before, after] = [policyOf(old), policyOf(now)]
      const events = all.map((request) => record(request, before))
      expect(backtest(events, { ...options, policy: before }).changes).toEqual([])
      const { changes, leftOut } = backtest(events, { ...options, policy: after })
      const different = all.filter((request) => outcome(before, request) !== outcome(after, request))
      const counted = different.filter((request) => isCounted(before, after, request))
      expect(leftOut).toMatchObject({ unreadable: 0, redacted: 0, quota: counted.length })
      const told = changes.reduce((total, { count }) => total + count, 0)
      expect(told).toBe(different.length - counted.length)
    }),
    { numRuns: cases },
  )
})

const options = { agents: ['command', 'coder', 'tester'], shared: false, ownPlaces: () => undefined }

function policyOf(rules: Parameters<typeof compilePolicy>[0]['rules']): Policy {
  return compilePolicy({ rules, root, home, now: 0 })
}

/** As a run records it, through the text that lies in the database. */
function record(request: Request & { readonly agent: string }, policy: Policy): RecordedEvent {
  const event: OosEvent =
    request.resource === 'http' ? connection(request, policy) : decision(request, policy)
  const supervisor = { pid: 1, started: '', boot: '', namespace: '' }
  const command = [...(request.words ?? ['true'])]
  const created = {
    type: 'run.created',
    agent: request.agent,
    command,
    cwd: root,
    policy: '',
    supervisor,
  } as const
  const run = createdRun('01M7XZ8M2VARBPS7Q0JK74KBTG', created, 0)
  return { run, seq: 2, event: JSON.parse(JSON.stringify({ seq: 2, at: 0, ...event })) }
}

function decision(request: Request, policy: Policy): OosEvent {
  return decisionEvent(request, decide(policy, request))
}

function connection(request: Request, policy: Policy): OosEvent {
  const { effect, rule } = decide(policy, request)
  const { host = '', port = 0 } = parseHostTarget(request.target) ?? {}
  const path = request.target.slice(`${host}:${port}`.length)
  return networkEvent({
    host,
    port,
    ...(request.action === 'request' ? {} : { method: request.action.toUpperCase() }),
    ...(path === '' ? {} : { path }),
    action: request.action,
    effect,
    ...(rule === undefined ? {} : { rule }),
    bytesUp: 0,
    bytesDown: 0,
    ms: 0,
  })
}

/** Whoever connects cannot be asked. */
function outcome(policy: Policy, request: Request): string {
  const { effect } = decide(policy, request)
  return effect === 'ask' && request.resource === 'http' ? 'deny' : effect
}

/** Let through now by a rule that counts. */
function isCounted(before: Policy, after: Policy, request: Request): boolean {
  if (request.resource !== 'http' || outcome(before, request) !== 'deny') return false
  const { effect, reasons } = decide(after, request)
  const rules = reasons.flatMap(({ rule }) => (rule === undefined ? [] : [rule]))
  const counts = rules.some(({ capabilities }) =>
    capabilities.some(({ constraints }) => quota.some((name) => constraints[name] !== undefined)),
  )
  return effect === 'allow' && counts
}
