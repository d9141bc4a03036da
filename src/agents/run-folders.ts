import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stateHomeOf } from '../ops/trust/record.ts'
import { type Ghosts, openGhosts } from '../sandbox/ghosts.ts'
import { makeCacheHome } from '../sandbox/home.ts'
import { kindOf } from '../sandbox/look.ts'
import { cacheBase } from '../shared/cache-folder.ts'
import { diskFailure } from '../shared/disk-failure.ts'
import { OosError } from '../shared/errors.ts'
import { fileNameOf } from '../shared/file-name.ts'
import { quoteWord } from '../shared/quote-word.ts'
import { isInHome, isWithin } from '../shared/within.ts'

/** What a project's runs need of the host besides the project: folders of their own, by its path. */
export interface RunFolders {
  /** Package managers' caches. What one project's agent put into a cache is never another's. */
  readonly cache: string
  /** What sandboxes put into the project and have to take away again. Never in the project: a clone could ship it. */
  readonly ghosts: string
  /** What stands for files that are not there (`sandbox/stand-ins.ts`); the same for all projects. */
  readonly standIns: string
}

/** The project, and whose home the folders lie in. */
export interface RunPlace {
  readonly root: string
  readonly home: string
}

/** @throws OosError `home-missing`: no home folder is made where there is none */
export function runFolders({ root, home }: RunPlace, env: NodeJS.ProcessEnv): RunFolders {
  const project = fileNameOf(root)
  const cache = join(cacheBase(env) ?? join(home, '.cache'), 'oos', 'home', project)
  const state = join(stateHomeOf(env, home), 'oos')
  const ghosts = join(state, 'ghosts', project)
  if ([cache, ghosts].some((folder) => isInHome(folder, home)) && !existsSync(home)) {
    throw new OosError('home-missing', `HOME is \`${home}\`, and there is no such folder`, {
      hint: `mkdir '${home}'`,
    })
  }
  return { cache, ghosts, standIns: join(state, 'stand-ins') }
}

/**
 * Makes them, and announces the run to the project's other runs.
 *
 * @throws OosError `home-missing`, `project-unwritable` where they or the project cannot be written
 */
export function openRunFolders({ root }: RunPlace, { cache, ghosts, standIns }: RunFolders): Ghosts {
  const guard = <Result>(folder: string, write: () => Result): Result => {
    try {
      return write()
    } catch (error) {
      throw unwritable(error, { root, folder })
    }
  }
  guard(cache, () => makeCacheHome(cache))
  const { remember, leave } = guard(ghosts, () => openGhosts(ghosts, standIns))
  return { leave, remember: (plan) => guard(ghosts, () => remember(plan)) }
}

/** What was to be made there is none yet. */
function nearestFolder(path: string): string {
  return kindOf(path) === 'directory' ? path : nearestFolder(dirname(path))
}

/** A run writes besides the project, and what protects the project into it. */
function unwritable(error: unknown, { root, folder }: { root: string; folder: string }): unknown {
  const { path = '' } = error as NodeJS.ErrnoException
  const why = diskFailure(error)
  if (why === undefined) return error
  const isProjects = isWithin(path, root) && !isWithin(path, folder) && !isWithin(folder, path)
  if (isProjects) {
    const shut = nearestFolder(path)
    const named = shut === root ? `the project \`${root}\`` : `\`${shut}\``
    return new OosError('project-unwritable', `${named} cannot be written: ${why}`, {
      hint: `a run keeps its record in the project, and while it lasts what protects it: ls -ld ${quoteWord(shut)}`,
      cause: error,
    })
  }
  return new OosError('home-missing', `\`${folder}\` cannot be written: ${why}`, {
    hint: 'make it writable, or set XDG_CACHE_HOME and XDG_STATE_HOME to folders that are',
    cause: error,
  })
}
