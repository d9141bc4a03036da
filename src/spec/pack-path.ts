/**
 * The file that `./team.md` or `../rules/team.md` names in the `extends` of another; any other word, and what leads out of
 * everything, as it stands.
 */
export function packPath(from: string, pack: string): string {
  if (!isFile(pack)) return pack
  const path = from.split('/').slice(0, -1)
  for (const part of pack.split('/')) {
    if (part === '..' && path.length === 1) return pack
    if (part === '..') path.pop()
    else if (part !== '.') path.push(part)
  }
  return path.join('/')
}

/** Packs that ship have a name; all others are files. */
export function isFile(pack: string): boolean {
  return /^\.\.?\//.test(pack)
}

/** Where the rules to be taken in stand, in the same `.agent-os`. */
export function rulesFolder(path: string): string {
  return path.replace(/(?:(?:agents|rules)\/)?[^/]*$/, 'rules/')
}

/** What to write in `extends` of one file to name another of its `.agent-os`. */
export function packWord(from: string, path: string): string {
  const here = from.split('/').slice(0, -1)
  const there = path.split('/')
  let shared = 0
  while (shared < here.length && here[shared] === there[shared]) shared++
  const up = here.slice(shared).map(() => '..')
  return [...(up.length > 0 ? up : ['.']), ...there.slice(shared)].join('/')
}
