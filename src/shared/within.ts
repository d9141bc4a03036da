/** Whether a path names something in a folder, at any depth, and not the folder itself. Both absolute and normal. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '/' ? path !== '/' : path.startsWith(`${folder}/`)
}

/** A HOME that is the root of the disk, as in some containers, holds nothing of a person's own. */
export function isInHome(path: string, home: string): boolean {
  return home !== '/' && isBelow(path, home)
}

/** The folder itself, or something in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || isBelow(path, folder)
}
