import { relative } from 'node:path'
import { decide } from '../policy/decide.ts'
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

/** What a person is told at the end; causes only of a failure. */
export function summarize(prepared: PreparedRun, { id, end, network, errors }: RunFacts): RunSummary {
  const refused = network.filter(({ effect }) => effect !== 'allow')
  const failed = end.endedBy === 'exit' ? end.code !== 0 : end.endedBy !== 'interrupted'
  return { id, end, denied: refused.length, causes: failed ? causesOf(prepared, refused, errors) : [] }
}

function causesOf(
  { policy, asked, project, plan }: PreparedRun,
  refused: readonly NetworkEvent[],
  errors: string,
): readonly Cause[] {
  const { agent, cwd } = asked
  return likelyCauses({
    denials: refused.map(denial),
    errors,
    offline: plan.network.mode === 'none',
    cwd,
    describe: (path, action) => `file:${asWritten(path, project)}:${action}`,
    decideFile: (path, action) => decide(policy, { resource: 'file', action, target: path, agent }),
  })
}

/** As a rule would name it: relative to the project, or below `~/`. */
function asWritten(path: string, { root, home }: Pick<PreparedRun['project'], 'root' | 'home'>): string {
  if (path.startsWith(`${root}/`)) return relative(root, path)
  return path.startsWith(`${home}/`) ? `~/${relative(home, path)}` : path
}

function denial({ host, port, action, effect, rule, error }: NetworkEvent): CauseInput['denials'][number] {
  const at = port === 443 || port === 80 ? host : `${host}:${port}`
  const reasons = error === undefined ? [] : [{ kind: 'no-allow' as const, text: error }]
  return {
    request: `http:${at}:${action}`,
    decision: { effect, reasons, constraints: {}, ...(rule === undefined ? {} : { rule }) },
  }
}
