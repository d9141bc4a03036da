import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The folder that oos itself lies in, whether this code runs from `src/` or from a bundle in `dist/`. */
export const packageRoot: string = findPackageRoot(import.meta.dirname)

/** The version of this oos, from its `package.json`. */
export function readVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version
}

function findPackageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json')) || folder === dirname(folder)) return folder
  return findPackageRoot(dirname(folder))
}
