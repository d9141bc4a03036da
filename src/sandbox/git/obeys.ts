import { dirname, join, resolve } from 'node:path'
import { readPlainFile } from '../plain-file.ts'
import { parseGitValue } from './identity.ts'

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
  tree: string,
  more: readonly string[] = [],
): readonly ObeyedPlace[] {
  const read = new Set<string>()
  const own = ['config', 'config.worktree'].map((name) => join(repository, name))
  return [...own, ...more].flatMap((file) => placesIn(file, tree, read))
}

/** Where git looks for what holds in all repositories. */
export function commonConfigs(home: string | undefined): readonly string[] {
  const own = home === undefined ? [] : [join(home, '.gitconfig'), join(home, '.config/git/config')]
  return ['/etc/gitconfig', ...own]
}

/** Each file once: they can include each other. */
function placesIn(file: string, tree: string, read: Set<string>): readonly ObeyedPlace[] {
  const text = read.has(file) ? undefined : readPlainFile(file)
  if (text === undefined) return []
  read.add(file)
  return parseSettings(text).flatMap(({ section, key, value }): readonly ObeyedPlace[] => {
    if (key === 'path' && section.startsWith('include')) {
      const path = resolve(dirname(file), value)
      return [{ path, kind: 'file' }, ...placesIn(path, tree, read)]
    }
    if (key === 'hookspath' || key === 'templatedir') return [{ path: resolve(tree, value), kind: 'folder' }]
    const isTool = key === 'path' && toolSections.has(section)
    if (!isTool && !runs.has(key) && !programSections.has(section)) return []
    return wordsOf(value).map((word) => ({ path: resolve(tree, word), kind: 'program' as const }))
  })
}

/** Whatever a shell fills in before a path is taken for the work tree: `$(git rev-parse --show-toplevel)/tools/x`. */
function wordsOf(value: string): readonly string[] {
  const bare = value.replaceAll(/\$\([^)]*\)\/?|\$\{?\w+\}?\/?/g, ' ')
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

interface Setting {
  readonly section: string
  readonly key: string
  readonly value: string
}

function parseSettings(text: string): readonly Setting[] {
  let section = ''
  return text
    .replaceAll(/\\\r?\n/g, '')
    .split(/\r?\n/)
    .flatMap((line) => {
      section = /^\s*\[\s*([\w.-]+)/.exec(line)?.[1]?.toLowerCase() ?? section
      const [, key, value] = /^\s*(?:\[[^\]]*\]\s*)?([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
      if (key === undefined || value === undefined) return []
      return [{ section, key: key.toLowerCase(), value: parseGitValue(value) }]
    })
}
