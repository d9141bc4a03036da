import { dirname, relative } from 'node:path'
import { printCode } from '../policy/print-code.ts'
import { escapePattern } from '../policy/wildcard.ts'
import { OosError } from '../shared/errors.ts'
import { isBelow, isInHome } from '../shared/within.ts'
import { printHome } from './paths.ts'
import type { Access, Mount, PlanInput, TreeEntry, Unheld } from './types.ts'

/** What holds at a path: what was found at the nearest place above it. */
export function accessAt(entries: readonly TreeEntry[], path: string): Access {
  return accessIn(entries)(path)
}

/** The same for many paths. */
export function accessIn(entries: readonly TreeEntry[]): (path: string) => Access {
  const known = new Map(entries.map((entry) => [entry.path, entry.access]))
  return (path) => nearest(known, path) ?? 'none'
}

/** What is known of the path, or of the deepest folder above it of which something is. */
export function nearest<Known>(known: ReadonlyMap<string, Known>, path: string): Known | undefined {
  for (let at = path; ; at = dirname(at)) {
    const found = known.get(at)
    if (found !== undefined || at === '/') return found
  }
}

/** A command that could not start inside says so before: its folder, its program, and what that needs. */
export function requireReach({ program, cwd, root, tree, machine }: PlanInput): void {
  const { missing } = program
  if (missing !== undefined) throw new OosError('command-missing', missing.message, { hint: missing.hint })
  if (!exists(tree.entries, cwd)) {
    throw new OosError(
      'denied',
      `no rule lets the command read its own folder \`${printHome(cwd, machine.home)}\``,
      {
        hint: cwd === root ? 'add to .agent-os/AGENT.md: - **Allow** `file:**:read`' : `cd ${root}`,
      },
    )
  }
  const closed = program.files.filter((file) => accessAt(tree.entries, file) === 'none')
  const [first] = closed
  if (first === undefined) return
  const folders = new Set(closed.map((file) => printHome(toolFolder(file, machine.home), machine.home)))
  const rules = [...folders].map((folder) => `\`file:${folder}/**:read\``)
  throw new OosError(
    'denied',
    `\`${program.name}\` needs \`${printHome(first, machine.home)}\`, which no rule lets it read`,
    { hint: `add to ~/.agent-os/GLOBAL_RULES.md: - **Allow** ${rules.join(', ')}` },
  )
}

/** A folder is there, if only as an empty one, where something in it is. */
function exists(entries: readonly TreeEntry[], folder: string): boolean {
  const isInside = ({ access, path }: TreeEntry) => access !== 'none' && isBelow(path, folder)
  return accessAt(entries, folder) !== 'none' || entries.some(isInside)
}

/** The folder a person would name: a tool's own below HOME, else the one the file lies in. */
function toolFolder(file: string, home: string): string {
  if (!isInHome(file, home)) return dirname(file)
  const [first = '', second = '', third = ''] = file.slice(home.length + 1).split('/')
  const isShared = first === '.local' && second === 'share'
  return [home, first, ...(isShared ? [second, third] : [])].join('/')
}

const mostMounts = 500

/** Each mount makes the start slower, and bubblewrap takes only so many. */
export function refuseTooMany(mounts: readonly Mount[], root: string): Unheld[] {
  const closing = mounts.filter(({ kind }) => kind !== 'link')
  if (closing.length <= mostMounts) return []
  const masks = closing.filter(({ kind, rule }) => kind !== 'pin' && rule !== undefined)
  const [most] = largestFirst(Map.groupBy(masks, ({ rule }) => rule))
  const [rule, own = []] = most ?? []
  if (rule === undefined) return []
  // What lies deep has more folders above it to be held than there is to close.
  const held = closing.filter(({ kind }) => kind === 'pin')
  const paths = (own.length * 2 < held.length ? held : own).map(({ path }) => path)
  const isOurs = paths.some((path) => isBelow(path, root))
  const folders = crowdedFolders(paths, isOurs ? root : '/')
  const written = folders.map((folder) =>
    printCode(`file:${escapePattern(isOurs ? relative(root, folder) : folder)}/**:*`),
  )
  const missing = `${paths.length} places would have to be closed one by one, and ${mostMounts} are the most`
  return [{ rule, missing, refuse: true, hint: `deny whole folders: - **Deny** ${written.join(', ')}` }]
}

/** The deepest folder that holds at least half of the places, or where none does the three that hold most. */
function crowdedFolders(paths: readonly string[], top: string): readonly string[] {
  for (let at = top; ; ) {
    const folders = foldersIn(at, paths)
    const [fullest] = folders
    if (fullest === undefined || fullest.held * 2 < paths.length)
      return at === top ? folders.slice(0, 3).map(({ folder }) => folder) : [at]
    at = fullest.folder
  }
}

/** The folders right below this one with how many of the paths each holds, the fullest first. */
function foldersIn(above: string, paths: readonly string[]) {
  const start = above === '/' ? '/' : `${above}/`
  const deeper = paths.filter((path) => path.startsWith(start) && path.includes('/', start.length))
  const groups = Map.groupBy(deeper, (path) => path.slice(0, path.indexOf('/', start.length)))
  return largestFirst(groups).map(([folder, { length }]) => ({ folder, held: length }))
}

function largestFirst<Key, Value>(groups: ReadonlyMap<Key, readonly Value[]>) {
  return [...groups].sort(([, a], [, b]) => b.length - a.length)
}
