/** Why the disk did not do it, in words; other errors speak for themselves. */
export function diskFailure(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? reasons.get(code) : undefined
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['EROFS', 'the disk is read-only'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['ENOSPC', 'no room is left on the disk'],
  ['EDQUOT', 'the disk quota is used up'],
  ['ENOTDIR', 'a part of the path is no folder'],
  ['EEXIST', 'something else lies in its place'],
  ['ENOENT', 'there is nothing at the path'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'its links go round in a circle'],
  ['EIO', 'the disk is failing'],
])
