import type { Rule } from '../../policy/types.ts'
import { type Holding, type HoldMachine, none, notCounted, partial, uncounted } from '../../sandbox/holds.ts'

/** How far a rule is held by judging what a run has added to the repository, when it has ended. */
export function endHolds(rule: Rule, { repository, platform, bubblewrap }: HoldMachine): Holding {
  const [capability] = rule.capabilities
  const about = capability === undefined ? 'nothing' : aboutOf(capability.resource, capability.actions)
  if (rule.effect === 'require' || rule.effect === 'limit' || rule.via !== undefined || about === 'nothing')
    return none('it is not about what is committed')
  if (capability !== undefined && uncounted(rule, capability)) return notCounted
  if (platform !== 'linux' || bubblewrap === undefined) return none('nothing runs here')
  if (repository === undefined) return none('there is no git repository here')
  if (!repository.git)
    return none('there is no git here: what a run commits is put back, whatever the rules say')
  if (about === 'pushes') return none('what was pushed cannot be taken back')
  return about === 'files' ? partial('only what is committed') : partial(missingOf[about])
}

type About = 'files' | 'names' | 'names and pushes' | 'pushes' | 'nothing'

const missingOf: Readonly<Record<'names' | 'names and pushes', string>> = {
  names: 'put back when the run ends, not before',
  'names and pushes': 'put back when the run ends, not before; what was pushed cannot be taken back',
}

function aboutOf(resource: Rule['capabilities'][number]['resource'], actions: readonly string[]): About {
  if (resource === 'file') return actions.some((action) => action !== 'read') ? 'files' : 'nothing'
  if (resource !== 'git') return 'nothing'
  const pushes = actions.some((action) => action === 'push' || action === 'force-push')
  const names = actions.some((action) => action !== 'push' && action !== 'force-push')
  return names ? (pushes ? 'names and pushes' : 'names') : 'pushes'
}
