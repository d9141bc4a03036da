import { dirname } from 'node:path'
import { OosError } from '../shared/errors.ts'
import { isBelow, isInHome } from '../shared/within.ts'
import { printHome } from './paths.ts'
import { accessAt } from './tree/access-at.ts'
import type { PlanInput, TreeEntry } from './types.ts'

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
