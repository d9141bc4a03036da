import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readPlainFile } from '../../sandbox/plain-file.ts'
import { OosError } from '../../shared/errors.ts'
import type { GitPlace } from '../git.ts'

export interface FoundRepository extends GitPlace {
  /** The top of the work tree. */
  readonly top: string
}

/**
 * The repository around a folder, also of a linked work tree or a submodule.
 *
 * @throws OosError `usage`
 */
export function findRepository(cwd: string): FoundRepository {
  for (let top = cwd; ; top = dirname(top)) {
    const git = join(top, '.git')
    if (existsSync(git)) {
      const gitDir = pointer(git, /^gitdir: (.+)$/m) ?? git
      return { top, gitDir, common: pointer(join(gitDir, 'commondir'), /^(.+)$/m) ?? gitDir, root: top }
    }
    if (top === dirname(top)) {
      throw new OosError('usage', `\`${cwd}\` is not in the work tree of a git repository`, {
        hint: 'git init',
      })
    }
  }
}

function pointer(file: string, line: RegExp): string | undefined {
  const target = line.exec(readPlainFile(file) ?? '')?.[1]
  return target === undefined ? undefined : resolve(dirname(file), target)
}
