import { type Agreed, decideAgreed } from '../../policy/agreed.ts'
import type { Policy } from '../../policy/compile.ts'
import type { Decision } from '../../policy/types.ts'

export interface Committer {
  readonly agent: string
  /** What a person said yes to, for this run. */
  readonly agreed: readonly Agreed[]
}

/** The branch of a commit that goes to none, or to one that is not known: only a rule for every branch allows it. */
export const anyBranch = '*'

export function decideCommit(policy: Policy, branch: string, { agent, agreed }: Committer): Decision {
  const request = { resource: 'git', action: 'commit', target: branch, agent } as const
  const decision = decideAgreed(policy, request, agreed)
  if (decision.effect === 'allow' || branch !== anyBranch) return decision
  const text = 'no branch is checked out, and not every branch may be committed to'
  return { ...decision, reasons: [{ kind: 'no-allow', text }] }
}
