import { join, sep } from 'node:path'
import { specFolder } from '../ops/project/root.ts'

/** Where a file lies as a spec. */
export interface SpecPlace {
  /** The folder that holds the `.agent-os`, as the editor names it. */
  readonly base: string
  /** Below the `.agent-os`: `AGENT.md`, `rules/team.md`. */
  readonly below: string
}

/** What a path says of itself; nothing if no spec has such a path. */
export function specPlaceOf(path: string): SpecPlace | undefined {
  const parts = path.split(sep)
  const at = parts.lastIndexOf(specFolder)
  const below = parts.slice(at + 1)
  if (at < 1 || !/^[^/]+\.md$/i.test(below.at(-1) ?? '')) return undefined
  if (below.length > 2 || (below.length === 2 && below[0] !== 'agents' && below[0] !== 'rules'))
    return undefined
  return { base: parts.slice(0, at).join(sep) || sep, below: below.join('/') }
}

export interface SpecFolders {
  readonly root?: string
  readonly home: string
  /** The folder of the specs that ship with oos. */
  readonly packs: string
}

/** Where a spec lies that oos shows by this path: `.agent-os/AGENT.md`, `~/.agent-os/…`, `oos:node`. */
export function specFile(
  shown: string,
  { root, home, packs }: SpecFolders,
  isAgent: boolean,
): string | undefined {
  if (shown.startsWith('oos:')) return join(packs, isAgent ? 'agents' : 'packs', `${shown.slice(4)}.md`)
  if (shown.startsWith('~/')) return join(home, shown.slice(2))
  return root === undefined ? undefined : join(root, shown)
}
