import { readFileSync, statSync } from 'node:fs'

/** What a file says, or nothing. Not of a pipe, which a run can leave in the place of any file: nobody may ever write to it. */
export function readText(path: string): string {
  try {
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : ''
  } catch {
    return ''
  }
}
