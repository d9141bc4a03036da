import { dirname, join, relative } from 'node:path'
import { isBelow } from '../../shared/within.ts'
import type { Mount, Repository } from '../types.ts'

const masking: ReadonlySet<Mount['kind']> = new Set(['mask-file', 'stand-in', 'mask-folder'])

/**
 * A masked file that git does not ignore makes `git add -A` fail, a stand-in would be added by its name (and where folders
 * do not say what their entries are, by all), and an empty folder makes `git clean -d` fail: inside, `info/exclude` names
 * them too. What is tracked stays tracked, and fails loudly.
 */
export function excludeMounts(repositories: readonly Repository[], mounts: readonly Mount[]): Mount[] {
  const masked = mounts.filter(({ kind }) => masking.has(kind)).map(({ path }) => path)
  return repositories.flatMap(({ path, exclude, tree = dirname(path) }): Mount[] => {
    const names = masked.filter((mask) => isBelow(mask, tree) && !isBelow(mask, path))
    if (exclude === undefined || names.length === 0) return []
    const lines = names.map((mask) => excludeLine(`/${relative(tree, mask)}`))
    const content = `${exclude.replace(/\n?$/, '\n')}${lines.join('\n')}\n`
    return [
      {
        kind: 'file',
        path: join(path, 'info/exclude'),
        content,
        note: 'keeps git from tripping over what is masked',
      },
    ]
  })
}

/** Whether git, inside, would take an empty file there for somebody's work: no `info/exclude` can tell it otherwise. */
export function wouldList(repositories: readonly Repository[], path: string): boolean {
  const [own] = repositories
    .map(({ exclude, path: folder, tree = dirname(folder) }) => ({ exclude, tree }))
    .filter(({ tree }) => isBelow(path, tree))
    .sort((a, b) => b.tree.length - a.tree.length)
  return own !== undefined && own.exclude === undefined
}

const excludeLine = (path: string) =>
  path.replace(/[\\*?[\]]/g, '\\$&').replace(/ +$/, (spaces) => spaces.replaceAll(' ', '\\ '))
