import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { isFolder } from './path-facts.ts'

/** With all above it that are missing, each with this mode. Not `recursive`: below `/proc` Node's own never ends. */
export function makeFolders(folder: string, mode = 0o700): void {
  if (isFolder(folder)) return
  if (dirname(folder) !== folder) makeFolders(dirname(folder), mode)
  try {
    mkdirSync(folder, { mode })
  } catch (error) {
    // Another oos has made it meanwhile.
    if (!isFolder(folder)) throw error
  }
}
