import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RepositoryHolds } from '../../sandbox/holds.ts'
import { OosError } from '../../shared/errors.ts'
import { pathOutside } from '../../shared/path-outside.ts'
import { findRepository } from '../commits/find-repository.ts'
import { isActive, readHookStates } from '../hooks/install.ts'

/** What the project's repository gives to hold rules with; nothing where there is none. */
export function readRepositoryHolds(root: string): { readonly repository?: RepositoryHolds } {
  try {
    findRepository(root)
    const git = pathOutside(root, process.env.PATH).some((folder) => existsSync(join(folder, 'git')))
    return { repository: { git, ...(git ? readHookHolds(root) : { hooks: false }) } }
  } catch {
    return {}
  }
}

/** All of them or none: a rule about commits is one about merges, too. */
function readHookHolds(root: string): Pick<RepositoryHolds, 'hooks' | 'idle'> {
  try {
    const { hooks } = readHookStates(root)
    const idle = hooks.find((hook) => hook.idle)?.idle
    return { hooks: hooks.every(isActive), ...(idle && { idle: `${idle.why}: ${idle.fix}` }) }
  } catch (error) {
    if (error instanceof OosError) return { hooks: false, idle: error.message }
    throw error
  }
}
