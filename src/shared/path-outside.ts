import { realpathSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { isWithin } from './within.ts'

/** The folders of a PATH that no project can have put there: `npx` sets `node_modules/.bin` in front, and an agent may write that. `/` is none. */
export function pathOutside(project: string, path = ''): readonly string[] {
  return path.split(':').filter((folder) => isAbsolute(folder) && !isInside(project, folder))
}

function isInside(project: string, folder: string): boolean {
  try {
    return project !== '/' && isWithin(realpathSync(folder), project)
  } catch {
    return false
  }
}
