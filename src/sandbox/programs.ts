import type { Capability } from '../policy/types.ts'
import type { FileRuleSource } from './tree/access.ts'

const programFolders = [
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/bin',
  '/usr/sbin',
  '/usr/games',
  '/opt/*/bin',
  'node_modules/.bin',
]

/** What `{everywhere}` on a Deny says about files: the program itself is hidden, where programs usually lie. */
export function programRules(source: FileRuleSource): FileRuleSource[] {
  const name = source.effect === 'deny' ? hiddenProgram(source.capability) : undefined
  if (name === undefined) return []
  const pattern = `{${programFolders.join(',')}}/${name}`
  const actions = ['change', 'create', 'delete', 'read']
  return [{ ...source, capability: { resource: 'file', pattern, actions, constraints: {} }, except: [] }]
}

/** Only where all of a program is denied: `curl`, `curl *`, not `git push *`. */
export function hiddenProgram({ resource, pattern, constraints }: Capability): string | undefined {
  if (resource !== 'shell' || !constraints.everywhere) return undefined
  return /^([\w.+-]+)(?: \*{1,2})?$/.exec(pattern)?.[1]
}
