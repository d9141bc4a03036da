import { dirname, isAbsolute, join, resolve } from 'node:path'
import { realpathOf } from '../look.ts'
import { readPlainFile } from '../plain-file.ts'
import { parseSettings } from './config-text.ts'

/** A place in a work tree from which git takes settings, hooks or programs, because its configuration says so. */
export interface ObeyedPlace {
  readonly path: string
  readonly kind: 'file' | 'folder' | 'program'
}

/**
 * Whoever may not write git's configuration may not write what that names either: `include.path`, `core.hooksPath`, a
 * filter. `more`: configuration of the person or the machine, which names places in a work tree, too.
 */
export function obeyedPlaces(
  repository: string,
  { tree, home, more = [] }: Pick<Reading, 'tree' | 'home'> & { readonly more?: readonly string[] },
): readonly ObeyedPlace[] {
  const own = ['config', 'config.worktree'].map((name) => join(repository, name))
  const reading = { tree, home, read: new Set<string>() }
  return [...own, ...more].flatMap((file) => placesIn(file, reading))
}

/** Where git looks for what holds in all repositories. */
export function commonConfigs(home: string | undefined, env: NodeJS.ProcessEnv): readonly string[] {
  const { XDG_CONFIG_HOME: folder, GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM } = env
  const own = home === undefined ? [] : [join(home, '.gitconfig'), join(home, '.config/git/config')]
  const named = [folder && join(folder, 'git/config'), GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM]
  return ['/etc/gitconfig', ...own, ...named.filter((file) => file !== undefined).filter(isAbsolute)]
}

interface Reading {
  readonly tree: string
  readonly home: string | undefined
  readonly read: Set<string>
}

/** Each file once: they can include each other. People keep theirs elsewhere, behind a link. */
function placesIn(file: string, reading: Reading): readonly ObeyedPlace[] {
  const { tree, home, read } = reading
  const text = read.has(file) ? undefined : readPlainFile(realpathOf(file) ?? file)
  if (text === undefined) return []
  read.add(file)
  return parseSettings(text).flatMap(({ section, key, value }): readonly ObeyedPlace[] => {
    if (key === 'path' && section.startsWith('include')) {
      const path = resolve(dirname(file), fromHome(value, home))
      return [{ path, kind: 'file' }, ...placesIn(path, reading)]
    }
    if (key === 'hookspath' || key === 'templatedir')
      return [{ path: resolve(tree, fromHome(value, home)), kind: 'folder' }]
    const isTool = key === 'path' && toolSections.has(section)
    if (!isTool && !runs.has(key) && !programSections.has(section)) return []
    return wordsOf(value).map((word) => ({
      path: resolve(tree, fromHome(word, home)),
      kind: 'program' as const,
    }))
  })
}

function fromHome(path: string, home: string | undefined): string {
  return home !== undefined && path.startsWith('~/') ? join(home, path.slice(2)) : path
}

/** Whatever a shell fills in before a path is taken for the work tree: `$(git rev-parse --show-toplevel)/tools/x`. */
function wordsOf(value: string): readonly string[] {
  const bare = value
    .replaceAll(/\$(HOME\b|\{HOME\})\//g, '~/')
    .replaceAll(/\$\([^)]*\)\/?|\$\{?\w+\}?\/?/g, ' ')
  return bare.split(/[\s;&|"'!]+/).filter((word) => word !== '')
}

/** Sections in which every key names something that git runs. */
const programSections: ReadonlySet<string> = new Set(['alias', 'pager'])

/** Sections of which a `path` is that of a program. */
const toolSections: ReadonlySet<string> = new Set(['mergetool', 'difftool', 'browser', 'man', 'lfs'])

/** Keys, in whatever section, whose value git runs. */
const runs: ReadonlySet<string> = new Set(
  [
    'fsmonitor sshcommand editor pager askpass clean smudge process textconv command driver external program helper cmd',
    'difffilter defaultkeycommand alternaterefscommand packobjectshook gitproxy tunnel update uploadpack receivepack',
    'smtpserver sendmailcmd tocmd cccmd headercmd',
  ].flatMap((line) => line.split(' ')),
)
