import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readPlainFile } from '../../sandbox/plain-file.ts'

/** What tells a project from another that lies, or later comes to lie, at the same place. */
export interface ProjectIdentity {
  /** The inode of its folder, and when that was made: a number alone is soon given to another folder. */
  readonly folder: string
  /** Where its repository's remotes are, by name, without passwords. */
  readonly remotes: Readonly<Record<string, string>>
}

/** Read as text: git itself is not started in a project that nobody has agreed to. */
export function readIdentity(root: string): ProjectIdentity {
  const stat = statSync(root, { bigint: true, throwIfNoEntry: false })
  const config = gitConfigOf(root)
  return {
    folder: stat === undefined ? '' : `${stat.ino} ${stat.birthtimeNs}`,
    remotes: config === undefined ? {} : parseRemotes(config),
  }
}

/**
 * A repository is known by its `origin`, or where it has none by all of its remotes, and may gain its first; what has none is
 * known by its folder.
 */
export function isSameProject(then: ProjectIdentity, now: ProjectIdentity): boolean {
  const { origin, ...others } = then.remotes
  if (origin !== undefined) return now.remotes.origin === origin
  const known = Object.entries(others)
  if (known.length === 0) return then.folder !== '' && then.folder === now.folder
  return known.every(([name, url]) => now.remotes[name] === url)
}

function gitConfigOf(root: string): string | undefined {
  for (let folder = root; ; folder = dirname(folder)) {
    const git = join(folder, '.git')
    const config = readPlainFile(join(git, 'config')) ?? linkedConfig(git)
    if (config !== undefined || folder === dirname(folder)) return config
  }
}

/** A linked work tree, or a submodule: `.git` says where its folder is, and that may say where the shared one is. */
function linkedConfig(git: string): string | undefined {
  const [, pointer] = /^gitdir: (.+)$/m.exec(readPlainFile(git) ?? '') ?? []
  if (pointer === undefined) return undefined
  const own = resolve(dirname(git), pointer)
  const common = resolve(own, readPlainFile(join(own, 'commondir'))?.trim() || '.')
  return readPlainFile(join(common, 'config'))
}

function parseRemotes(config: string): Readonly<Record<string, string>> {
  const remotes = new Map<string, string>()
  let name: string | undefined
  for (const line of config.split(/\r?\n/)) {
    if (/^\s*\[/.test(line)) name = /^\s*\[\s*remote\s+"((?:[^"\\]|\\.)*)"\s*\]/i.exec(line)?.[1]
    const url = /^\s*(?:\[[^\]]*\]\s*)?url\s*=\s*(.*?)\s*$/i.exec(line)?.[1]
    if (name !== undefined && url) remotes.set(name, url.replace(/^(\w[\w+.-]*:\/\/)[^/@]*@/, '$1'))
  }
  return Object.fromEntries([...remotes].sort())
}
