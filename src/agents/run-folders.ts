import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { stateHomeOf } from '../ops/trust.ts'
import { type Ghosts, openGhosts } from '../sandbox/ghosts.ts'
import { makeCacheHome } from '../sandbox/home.ts'
import { cacheBase } from '../shared/cache-folder.ts'
import { OosError } from '../shared/errors.ts'

/** What a project's runs need of the host besides the project: folders of their own, by a hash of its path. */
export interface RunFolders {
  /** Package managers' caches. What one project's agent put into a cache is never another's. */
  readonly cache: string
  /** What sandboxes put into the project and have to take away again. Never in the project: a clone could ship it. */
  readonly ghosts: string
}

export function runFolders(root: string, home: string, env: NodeJS.ProcessEnv): RunFolders {
  const project = createHash('sha256').update(root).digest('hex').slice(0, 32)
  return {
    cache: join(cacheBase(env) ?? join(home, '.cache'), 'oos', 'home', project),
    ghosts: join(stateHomeOf(env, home), 'oos', 'ghosts', project),
  }
}

/**
 * Makes them, and announces the run to the project's other runs.
 *
 * @throws OosError `home-missing` where they cannot be written
 */
export function openRunFolders({ cache, ghosts }: RunFolders): Ghosts {
  try {
    makeCacheHome(cache)
    return openGhosts(ghosts)
  } catch (cause) {
    const path = (cause as NodeJS.ErrnoException).path ?? ghosts
    throw new OosError('home-missing', `oos cannot write \`${path}\`, which it needs besides the project`, {
      hint: 'set XDG_CACHE_HOME and XDG_STATE_HOME to folders that you can write',
      cause,
    })
  }
}
