import type { Policy } from '../policy/compile.ts'
import { rulesFor } from '../policy/rules-for.ts'
import { type FileGlob, fileGlobs } from './access.ts'
import { programRules } from './programs.ts'
import { sweepTree } from './sweep.ts'
import type { TreeFacts } from './types.ts'

/** What lies where the rules open something to an agent. */
export function readTree(policy: Policy, agent: string): TreeFacts {
  const { root, home, caseSensitive } = policy
  return sweepTree(treeGlobs(policy, agent), { root, home, caseSensitive })
}

export function treeGlobs(policy: Policy, agent: string): readonly FileGlob[] {
  const hidden = rulesFor(policy, agent, [], 'shell').flatMap(programRules)
  return fileGlobs([...rulesFor(policy, agent, [], 'file'), ...hidden], policy)
}
