/** More than this many places where the shell may stand are one unknown place. */
const most = 16

/**
 * Where the shell may stand, as paths relative to where the text starts ('' = there), or undefined when a `cd`
 * cannot be followed. Values are never changed in place, so keeping an old one is keeping the state.
 */
export type Folders = readonly string[] | undefined

export const startFolders: Folders = ['']

/** After a `cd` that worked. */
export function entered(folders: Folders, path: string): Folders {
  if (path[0] === '/' || path[0] === '~') return [tidy(path)]
  return folders?.map((folder) => tidy(under(folder, path)))
}

/** After something that may or may not have changed the folder. */
export function either(before: Folders, after: Folders): Folders {
  if (before === after) return before
  if (before === undefined || after === undefined) return undefined
  const all = [...new Set([...before, ...after])]
  return all.length > most ? undefined : all
}

/** The path as seen from where the text starts. */
export function under(folder: string, path: string): string {
  return folder === '' || path[0] === '/' || path[0] === '~' ? path : `${folder}/${path}`
}

export function isRelative(path: string): boolean {
  return path[0] !== '/' && path[0] !== '~'
}

/** `cd` takes `..` off the text of its folder, links or not: so this must too. */
function tidy(path: string): string {
  const kept: string[] = []
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    const last = kept.at(-1)
    if (name === '..' && last !== undefined && last !== '..' && last[0] !== '~') kept.pop()
    else if (name !== '..' || path[0] !== '/') kept.push(name)
  }
  return (path[0] === '/' ? '/' : '') + kept.join('/')
}
