import { dirname } from 'node:path'
import { OosError } from '../shared/errors.ts'
import { printHome } from './paths.ts'
import type { Access, Mount, PlanInput, TreeEntry, Unheld } from './types.ts'

/** What holds at a path: what was found at the nearest place above it. */
export function accessAt(entries: readonly TreeEntry[], path: string): Access {
  const known = new Map(entries.map((entry) => [entry.path, entry.access]))
  for (let at = path; ; at = dirname(at)) {
    const found = known.get(at)
    if (found !== undefined || at === '/') return found ?? 'none'
  }
}

/** A command that could not start inside says so before: its folder, its program, and what that needs. */
export function requireReach({ program, cwd, root, tree, machine }: PlanInput): void {
  if (program.files.length === 0) {
    throw new OosError('command-missing', `there is no program \`${program.name}\``, {
      hint: `command -v ${program.name}`,
    })
  }
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
  const isInside = ({ access, path }: TreeEntry) => access !== 'none' && path.startsWith(`${folder}/`)
  return accessAt(entries, folder) !== 'none' || entries.some(isInside)
}

/** The folder a person would name: a tool's own below HOME, else the one the file lies in. */
function toolFolder(file: string, home: string): string {
  if (!file.startsWith(`${home}/`)) return dirname(file)
  const [first = '', second = '', third = ''] = file.slice(home.length + 1).split('/')
  const isShared = first === '.local' && second === 'share'
  return [home, first, ...(isShared ? [second, third] : [])].join('/')
}

const mostMounts = 500

/** Each mount makes the start slower, and bubblewrap takes only so many. */
export function refuseTooMany(mounts: readonly Mount[]): Unheld[] {
  const closing = mounts.filter(({ kind }) => kind !== 'link')
  const [first] = mounts.flatMap(({ rule }) => rule ?? [])
  if (closing.length <= mostMounts || first === undefined) return []
  const rule = mounts.find(({ kind, rule }) => kind === 'mask-file' && rule !== undefined)?.rule ?? first
  const folders = crowdedFolders(mounts.filter((mount) => mount.rule === rule))
  const missing = `${closing.length} places would have to be closed one by one; deny whole folders: ${folders.join(', ')}`
  return [{ rule, missing, refuse: true }]
}

function crowdedFolders(mounts: readonly Mount[]): string[] {
  const counts = new Map<string, number>()
  for (const { path } of mounts) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, 3)
  return most.map(([folder]) => `\`file:${folder}/**:*\``)
}
