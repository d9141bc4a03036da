import { type SimpleGit, simpleGit } from 'simple-git'
import { pathOutside } from '../../shared/path-outside.ts'

/** git as the person has it set up, in a repository that may be anyone's. A git of the project's own is none, and nothing is fetched from where its configuration says. */
export function plainGit(root: string, env: NodeJS.ProcessEnv): SimpleGit {
  const PATH = pathOutside(root, env.PATH).join(':')
  return simpleGit({ baseDir: root, timeout: { block: longestSilence }, ...noMonitor }).env({
    PATH,
    HOME: env.HOME ?? '/',
    GIT_NO_LAZY_FETCH: '1',
    LC_ALL: 'C',
  })
}

/** Milliseconds. A pipe in the place of `.gitignore` has git wait for ever. */
const longestSilence = 5_000

/** Git's own configuration could name a program to ask about changes: it is not asked. */
const noMonitor = {
  config: ['core.fsmonitor=false'],
  unsafe: { allowUnsafeFsMonitor: true },
  allowEnvironment: ['GIT_NO_LAZY_FETCH'],
}
