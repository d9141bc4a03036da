import type { Rule } from '../../policy/types.ts'
import { type Holding, type HoldMachine, none, notCounted, partial, uncounted } from '../../sandbox/holds.ts'

/** How far a rule is held by hooks that ask oos before a commit and a push. */
export function hookHolds(rule: Rule, { repository, platform, bubblewrap }: HoldMachine): Holding {
  if (!isForHooks(rule)) return none('it is not about commits and pushes')
  const [capability] = rule.capabilities
  if (rule.effect !== 'require' && capability !== undefined && uncounted(rule, capability)) return notCounted
  // Also what a hook requires is run in a sandbox.
  if (platform !== 'linux' || bubblewrap === undefined) return none('nothing runs here')
  if (repository === undefined) return none('there is no git repository here')
  return repository.hooks
    ? partial('whoever commits can go past a hook: `git commit --no-verify`')
    : none(repository.idle ?? 'the hooks are not installed: oos hooks install')
}

function isForHooks({ effect, stage, capabilities, via }: Rule): boolean {
  if (effect === 'require') return stage === 'commit' || stage === 'push'
  if (effect === 'limit' || via !== undefined) return false
  return capabilities.some(
    ({ resource, actions }) =>
      resource === 'git' || (resource === 'file' && actions.some((action) => action !== 'read')),
  )
}
