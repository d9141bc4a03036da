/** Whether a path names something in a folder, at any depth, and not the folder itself. Both absolute and normal. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '/' ? path !== '/' : path.startsWith(`${folder}/`)
}

/** The folder itself, or something in it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || isBelow(path, folder)
}
