import { printCapability } from '../policy/capability.ts'
import { decide } from '../policy/decide.ts'
import { capabilityOf } from '../policy/request-capability.ts'
import type { SandboxEnd } from '../sandbox/end.ts'
import type { NetworkEvent } from '../sandbox/network/event.ts'
import { type Cause, type CauseInput, likelyCauses } from './causes.ts'
import type { PreparedRun } from './prepare.ts'
import type { RunSummary } from './voice.ts'

export interface RunFacts {
  readonly id: string
  readonly end: SandboxEnd
  readonly network: readonly NetworkEvent[]
  /** The end of the command's stderr, where it passed through oos. */
  readonly errors: string
}

/** What a person is told at the end: what was refused, and of a failure what may have caused it. */
export function summarize(prepared: PreparedRun, { id, end, network, errors }: RunFacts): RunSummary {
  const refused = network.filter(({ effect }) => effect !== 'allow')
  const failed = end.endedBy === 'exit' ? end.code !== 0 : end.endedBy !== 'interrupted'
  const causes = causesOf(prepared, refused, failed ? errors : '')
  return { id, end, denied: refused.length, causes, unreached: unreached(network) }
}

function causesOf(
  { policy, asked, plan }: PreparedRun,
  refused: readonly NetworkEvent[],
  errors: string,
): readonly Cause[] {
  const { agent, cwd } = asked
  return likelyCauses({
    denials: refused.map(denial),
    errors,
    offline: plan.network.mode === 'none',
    cwd,
    describe: (path, action) =>
      printCapability(capabilityOf({ resource: 'file', action, target: path }, policy)),
    decideFile: (path, action) => decide(policy, { resource: 'file', action, target: path, agent }),
  })
}

/** What the rules allow and the network did not give. */
function unreached(network: readonly NetworkEvent[]): readonly string[] {
  const failed = network.flatMap(({ effect, host, port, error }) =>
    effect === 'allow' && error !== undefined ? [`${host}:${port} (${error})`] : [],
  )
  return [...new Set(failed)]
}

function denial({ host, port, action, effect, rule, error }: NetworkEvent): CauseInput['denials'][number] {
  const at = port === 443 || port === 80 ? host : `${host}:${port}`
  const reasons = error === undefined ? [] : [{ kind: 'no-allow' as const, text: error }]
  return {
    request: `http:${at}:${action}`,
    decision: { effect, reasons, constraints: {}, ...(rule === undefined ? {} : { rule }) },
  }
}
