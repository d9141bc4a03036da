import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RepositoryHolds } from '../sandbox/holds.ts'
import { pathOutside } from '../shared/path-outside.ts'
import { findRepository } from './commits/find-repository.ts'
import { usesHooks } from './hooks/uses.ts'

/** What the project's repository gives to hold rules with; nothing where there is none. */
export function readRepositoryHolds(root: string): { readonly repository?: RepositoryHolds } {
  try {
    const { top, common } = findRepository(root)
    const git = pathOutside(root, process.env.PATH).some((folder) => existsSync(join(folder, 'git')))
    return { repository: { git, hooks: usesHooks(top, common) } }
  } catch {
    return {}
  }
}
