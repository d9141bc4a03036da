import { existsSync, lstatSync, realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { OosError } from '../../shared/errors.ts'
import { isFolder } from '../../shared/path-facts.ts'
import { quoteWord } from '../../shared/quote-word.ts'
import { isWithin } from '../../shared/within.ts'

/** The folder in a project that holds its specs. */
export const specFolder = '.agent-os'

/** The nearest ancestor of `cwd` with specs, resolved; not beyond the git root or HOME, and never HOME itself. */
export function findProjectRoot(cwd: string, home: string): string {
  const { root, hasSpecs } = searchUp(cwd, home)
  if (hasSpecs) return root
  refuseFile(root)
  throw new OosError('project-missing', `no \`${specFolder}\` in \`${cwd}\` or above it`, {
    hint: isNoProject(root, home) ? 'cd into a project, then: oos init' : 'run `oos init`',
  })
}

/** What lies in the place of the specs' folder, a link to nowhere for one, would stop whatever is written there. */
export function refuseFile(root: string): void {
  const path = join(root, specFolder)
  if (isFolder(path) || lstatSync(path, { throwIfNoEntry: false }) === undefined) return
  throw new OosError('project-missing', `\`${path}\` is no folder, and specs lie in one`, {
    hint: `mv ${quoteWord(path)} ${quoteWord(`${path}.other`)} && oos init`,
  })
}

/** HOME, what it lies in, and the folder of a person's own specs, which hold in every project. */
export function isNoProject(root: string, home: string): boolean {
  return holdsHome(root, home) || `${root}/`.startsWith(`${join(home, specFolder)}/`)
}

/**
 * The same where no specs need be: then the git root, or the folder itself.
 *
 * @throws OosError `project-missing`: HOME, or what HOME lies in, is no project
 */
export function findBareRoot(cwd: string, home: string): string {
  const { root } = searchUp(cwd, home)
  if (!holdsHome(root, home)) return root
  throw new OosError('project-missing', `\`${root}\` is no project: your home folder lies in it`, {
    hint: 'cd into the project',
  })
}

/** HOME, or a folder that it lies in: no project can be there. */
export function holdsHome(root: string, home: string): boolean {
  return isWithin(home, root)
}

/** The nearest specs hold alone. Those of a folder above, which somebody may count on, are named; undefined if there are none. */
export function tellNested({
  root,
  home,
}: {
  readonly root: string
  readonly home: string
}): string | undefined {
  const isWhole =
    !isFolder(join(root, specFolder)) || existsSync(join(root, '.git')) || dirname(root) === root
  const above = isWhole ? undefined : searchUp(dirname(root), home)
  if (above?.hasSpecs !== true) return undefined
  return `the specs in \`${join(root, specFolder)}\` hold here, and those in \`${join(above.root, specFolder)}\` above do not`
}

interface FoundRoot {
  readonly root: string
  readonly hasSpecs: boolean
}

function searchUp(cwd: string, home: string): FoundRoot {
  const start = resolveFolder(cwd)
  for (let folder = start; folder !== home; folder = dirname(folder)) {
    if (isFolder(join(folder, specFolder))) return { root: folder, hasSpecs: true }
    if (existsSync(join(folder, '.git'))) return { root: folder, hasSpecs: false }
    if (folder === dirname(folder)) break
  }
  return { root: start, hasSpecs: false }
}

/** HOME, resolved where it exists. Rules with `~/` mean nothing without it. */
export function readHome({ HOME: home = '' }: NodeJS.ProcessEnv): string {
  const problem = homeProblem(home)
  if (problem === undefined) return resolveIfThere(home)
  throw new OosError('home-missing', problem, { hint: 'export HOME=/home/you' })
}

function homeProblem(home: string): string | undefined {
  if (home === '') return 'HOME is not set'
  if (!isAbsolute(home)) return `HOME is \`${home}\`, which is no absolute path`
  return existsSync(home) && !isFolder(home) ? `HOME is \`${home}\`, which is no folder` : undefined
}

/** `--spec DIR`: a folder of specs, or one that has `.agent-os/` in it. */
export function resolveSpecs(folder: string, cwd: string): string {
  const path = resolve(cwd, folder)
  const inside = join(path, specFolder)
  // An empty name is a variable that is not set, and not the folder at hand.
  if (folder !== '' && isFolder(inside)) return inside
  if (folder !== '' && isFolder(path)) return path
  throw new OosError('project-missing', `there is no folder \`${folder}\``, {
    hint: 'oos explain --spec path/to/.agent-os …',
  })
}

/** A folder that exists, without symlinks. */
export function resolveFolder(path: string): string {
  try {
    return realpathSync.native(path)
  } catch (cause) {
    throw new OosError('project-unreadable', `the folder \`${path}\` is gone or cannot be read`, {
      hint: 'cd into one that exists',
      cause,
    })
  }
}

function resolveIfThere(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    return path
  }
}
