import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readPlainFile } from '../sandbox/git.ts'

/** What tells a project from another that lies, or later comes to lie, at the same place. */
export interface ProjectIdentity {
  /** The inode of its folder. */
  readonly folder: string
  /** Where its repository's remotes are, without passwords. */
  readonly remotes: readonly string[]
}

/** Read as text: git itself is not started in a project that nobody has agreed to. */
export function readIdentity(root: string): ProjectIdentity {
  const folder = statSync(root, { bigint: true, throwIfNoEntry: false })?.ino ?? 0n
  const config = gitConfigOf(root)
  return { folder: String(folder), remotes: config === undefined ? [] : parseRemotes(config) }
}

/** A repository is known by its remotes, and may gain its first; what has none is known by its folder. */
export function isSameProject(then: ProjectIdentity, now: ProjectIdentity): boolean {
  if (then.remotes.length === 0) return then.folder === now.folder
  return then.remotes.some((remote) => now.remotes.includes(remote))
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

export function parseRemotes(config: string): readonly string[] {
  const remotes = new Set<string>()
  let isRemote = false
  for (const line of config.split(/\r?\n/)) {
    if (/^\s*\[/.test(line)) isRemote = /^\s*\[\s*remote\s/i.test(line)
    const url = isRemote ? /^\s*(?:\[[^\]]*\]\s*)?url\s*=\s*(.*?)\s*$/i.exec(line)?.[1] : undefined
    if (url) remotes.add(url.replace(/^(\w[\w+.-]*:\/\/)[^/@]*@/, '$1'))
  }
  return [...remotes].sort()
}
