import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { isBelow } from '../../shared/within.ts'
import { kindOf, realpathOf } from '../look.ts'
import type { TreeEntry, TreeFacts } from '../types.ts'
import { accessIn } from './access-at.ts'

const list = '/proc/net/unix'

/**
 * The machine's sockets that lie where the rules open something, also in trees that are too large to be looked through: the
 * kernel lists those that have a name. Not those bound by a relative path, or renamed since.
 */
export function socketEntries(
  known: readonly TreeEntry[],
  behind: TreeFacts['behind'],
  text = readList(),
): TreeEntry[] {
  const access = accessIn(known)
  const seen = new Set(known.filter(({ kind }) => kind === 'socket').map(({ path }) => path))
  const places = new Set(boundPaths(text).flatMap((path) => placesOf(path, behind)))
  return [...places]
    .filter((path) => !seen.has(path) && access(path) !== 'none' && kindOf(path) === 'socket')
    .map((path) => ({ path, kind: 'socket', access: 'none', note: 'a socket of this machine' }))
}

function readList(): string {
  try {
    return readFileSync(list, 'utf8')
  } catch {
    // A kernel without Unix sockets, or a machine that hides it.
    return ''
  }
}

/** The eighth column, which may hold spaces. */
function boundPaths(text: string): string[] {
  return text.split('\n').flatMap((line) => /^(?:\S+\s+){7}(\/.*)$/.exec(line)?.[1] ?? [])
}

/** Where it is by its real path, and by the name of a tree that lies behind a link. */
function placesOf(bound: string, behind: TreeFacts['behind']): string[] {
  const real = realpathOf(bound)
  if (real === undefined) return []
  const named = behind
    .filter((tree) => isBelow(real, tree.real))
    .map((tree) => join(tree.path, relative(tree.real, real)))
  return [real, ...named]
}
