import type { Policy } from '../../policy/compile.ts'
import { rulesFor } from '../../policy/rules-for.ts'
import { isWithin } from '../../shared/within.ts'
import { programRules } from '../programs.ts'
import type { TreeEntry, TreeFacts } from '../types.ts'
import { type FileGlob, fileGlobs } from './access.ts'
import { sweepNames, sweepTree } from './sweep.ts'

/** What lies where the rules open something to an agent. */
export function readTree(policy: Policy, agent: string): Promise<TreeFacts> {
  return sweepTree(treeGlobs(policy, agent), placesOf(policy))
}

/** The same of what does not lie in the project. */
export function readOutside(policy: Policy, agent: string): readonly TreeEntry[] {
  const isInside = ({ glob: { base } }: FileGlob) => isWithin(base, policy.root)
  return sweepNames(
    treeGlobs(policy, agent).filter((glob) => !isInside(glob)),
    placesOf(policy),
  )
}

/** Not the policy itself: a copy of it would make its indexes. */
const placesOf = ({ root, home, caseSensitive }: Policy) => ({ root, home, caseSensitive })

export function treeGlobs(policy: Policy, agent: string): readonly FileGlob[] {
  const hidden = rulesFor(policy, agent, [], 'shell').flatMap(programRules)
  return fileGlobs([...rulesFor(policy, agent, [], 'file'), ...hidden], policy)
}
