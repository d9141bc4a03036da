import type { Policy } from '../../policy/compile.ts'
import { decide } from '../../policy/decide.ts'
import type { Decision } from '../../policy/types.ts'

/** The branch of a commit that goes to none, or to one that is not known: only a rule for every branch allows it. */
export const anyBranch = '*'

export function decideCommit(policy: Policy, branch: string, agent: string): Decision {
  const decision = decide(policy, { resource: 'git', action: 'commit', target: branch, agent })
  if (decision.effect === 'allow' || branch !== anyBranch) return decision
  const text = 'no branch is checked out, and not every branch may be committed to'
  return { ...decision, reasons: [{ kind: 'no-allow', text }] }
}
