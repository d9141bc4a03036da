import { realpathSync } from 'node:fs'
import { isAbsolute } from 'node:path'

/** The folders of a PATH that no project can have put there: `npx` sets `node_modules/.bin` in front, and an agent may write that. */
export function pathOutside(project: string, path = ''): readonly string[] {
  return path.split(':').filter((folder) => isAbsolute(folder) && !isInside(project, folder))
}

function isInside(project: string, folder: string): boolean {
  try {
    return `${realpathSync(folder)}/`.startsWith(`${project}/`)
  } catch {
    return false
  }
}
