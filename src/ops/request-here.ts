import { join, relative } from 'node:path/posix'

export interface Stand {
  readonly root: string
  readonly cwd: string
}

/** A request about a file of the project as it is typed from where the person stands: rules name it from the project's root. */
export function requestHere(request: string, { root, cwd }: Stand): string {
  const [, path, rest] = /^file:((?!\/|~(?:\/|:[a-z,]+$)).+)(:[a-z,]+)$/s.exec(request) ?? []
  if (path === undefined || cwd === root) return request
  const here = relative(cwd, join(root, path)) || '.'
  return `file:${here.startsWith('~') ? `\\${here}` : here}${rest}`
}
