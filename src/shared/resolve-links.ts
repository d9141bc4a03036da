import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Resolves as much of a path as exists: what is yet to be made, or is gone, has no links of its own. */
export function resolveLinks(path: string): string {
  try {
    return realpathSync.native(path)
  } catch {
    return path === dirname(path) ? path : join(resolveLinks(dirname(path)), basename(path))
  }
}
