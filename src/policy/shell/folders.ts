/** More than this many places where the shell may stand are one unknown place. */
const most = 16
/** No folder has a longer path. */
const longest = 4_096

/**
 * Where the shell may stand, as paths relative to where the text starts ('' = there), or undefined when a `cd`
 * cannot be followed. Values are never changed in place, so keeping an old one is keeping the state.
 */
export type Folders = readonly string[] | undefined

const startFolders: Folders = ['']

/** Follows `cd` through a text, so that relative paths are read from where the text starts. */
export class WorkingFolder {
  private folders: Folders = startFolders
  private deferred = false
  private moves = false
  private relatives = 0
  private relativeLater = false

  /** To be handed to `settle`. */
  get here(): Folders {
    return this.folders
  }

  /** What was read since then may or may not have moved the shell. */
  settle(before: Folders): void {
    if (before !== this.folders) this.folders = either(before, this.folders)
  }

  /** Whether what runs later may open something from a folder that is not known. */
  get isUnsure(): boolean {
    return this.relativeLater && this.moves
  }

  /** The path from where the text starts; several where the shell may stand in several, undefined where in any. */
  resolve(path: string): readonly string[] | undefined {
    if (!isRelative(path)) return [path]
    this.relatives++
    this.relativeLater ||= this.deferred
    return this.folders === startFolders ? [path] : this.folders?.map((folder) => under(folder, path))
  }

  enter(folder: string | undefined): void {
    this.moves = true
    this.folders = folder === undefined || this.deferred ? undefined : entered(this.folders, folder)
  }

  within(folder: string | undefined, read: () => void): void {
    const { folders } = this
    this.folders = folder === undefined ? undefined : entered(folders, folder)
    read()
    this.folders = folders
  }

  /** A subshell comes back to where it began. */
  apart(read: () => void): void {
    const { folders } = this
    read()
    this.folders = folders
  }

  /** Functions and traps run at another time, perhaps from another folder. */
  later(read: () => void): void {
    const { deferred, folders } = this
    this.deferred = true
    read()
    this.deferred = deferred
    this.settle(folders)
  }

  /**
   * A second round starts from where the first one went, so a `cd` in a loop leads to a place that is not known.
   * Whether what was read in it stays true.
   */
  repeatedly(read: () => void): boolean {
    const { folders, relatives } = this
    read()
    if (folders === this.folders) return true
    this.folders = undefined
    return relatives === this.relatives
  }
}

/** After a `cd` that worked. */
function entered(folders: Folders, path: string): Folders {
  if (!isRelative(path)) return [tidy(path)]
  if (folders?.some((folder) => folder.length + path.length > longest)) return undefined
  return folders?.map((folder) => tidy(under(folder, path)))
}

/** After something that may or may not have changed the folder. */
function either(before: Folders, after: Folders): Folders {
  if (before === after) return before
  if (before === undefined || after === undefined) return undefined
  const all = [...new Set([...before, ...after])]
  return all.length > most ? undefined : all
}

/** The path as seen from where the text starts. */
function under(folder: string, path: string): string {
  return folder === '' || path[0] === '/' || path[0] === '~' ? path : `${folder}/${path}`
}

function isRelative(path: string): boolean {
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
