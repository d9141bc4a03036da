import { accessSync, constants, existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { kindOf, statOf } from '../../sandbox/look.ts'
import { accessIn } from '../../sandbox/tree/access-at.ts'
import { readTree } from '../../sandbox/tree/read.ts'
import type { Mount, SandboxPlan, TreeEntry, TreeFacts } from '../../sandbox/types.ts'
import { OosError } from '../../shared/errors.ts'
import { quoteWord } from '../../shared/quote-word.ts'
import type { OosEvent } from '../../store/events.ts'
import { type PreparedRun, planRun } from '../prepare.ts'

/** On the terminal, of each kind. */
const mostTold = 5

/**
 * What a run has left that keeps the next one from starting, or closes to it what was open: links to a place under a name
 * that is denied, names that are no text, shut folders. Told while it is known who did it, with what undoes it.
 */
export async function tellNext(prepared: PreparedRun): Promise<readonly OosEvent[]> {
  const { policy, asked } = prepared
  const tree = await readTree(policy, asked.agent)
  const { stops, mounts } = tryPlan(prepared, tree)
  return [...stops, ...closes(prepared, [...mounts, ...tree.entries])].map((text) => ({
    type: 'note',
    level: 'warning',
    text,
  }))
}

function tryPlan(
  before: PreparedRun,
  tree: TreeFacts,
): { readonly stops: readonly string[]; readonly mounts: readonly Mount[] } {
  try {
    const { plan } = planRun(before, { machine: before.machine, tree })
    return { stops: [...refused(plan), ...unwritable(plan)], mounts: plan.mounts }
  } catch (error) {
    if (!(error instanceof OosError)) throw error
    // One that took itself away keeps no other from starting.
    const isOwn = error.code === 'command-missing'
    return { stops: isOwn ? [] : [stopped(error.message, error.hint)], mounts: [] }
  }
}

const stopped = (why: string, hint: string | undefined) =>
  `no run will start here: ${why}${hint === undefined ? '' : `; ${hint}`}`

function refused({ unheld }: SandboxPlan): readonly string[] {
  return unheld
    .filter(({ refuse }) => refuse)
    .slice(0, mostTold)
    .map(({ missing, hint }) => stopped(missing, hint))
}

/** Where something has to be put that protects it. */
function unwritable({ ghosts, placeholders }: SandboxPlan): readonly string[] {
  const absent = [...ghosts, ...placeholders.map(({ path }) => path)].filter((path) => !existsSync(path))
  const folders = new Set(absent.map(dirname).filter((folder) => existsSync(folder)))
  return [...folders]
    .filter((folder) => !mayWrite(folder))
    .slice(0, mostTold)
    .map((folder) => stopped(`\`${folder}\` cannot be written`, `chmod u+rwx ${quoteWord(folder)}`))
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** What a rule closes by its own words is told as that. */
function closes(
  { tree: before, project: { root } }: PreparedRun,
  places: readonly (TreeEntry | Mount)[],
): readonly string[] {
  const accessBefore = accessIn(before.entries)
  const closed = new Map(
    places
      .filter((place) => isClosed(place) && place.note !== undefined && kindOf(place.path) !== 'socket')
      .filter((place) => accessBefore(place.path) !== 'none' && byOf(place) !== place.path)
      .map((place) => [place.path, place]),
  )
  const named = (path: string) => (path === root ? '.' : path.replace(`${root}/`, ''))
  const told = [...closed.values()].slice(0, mostTold).map((place) => {
    const { path, note = '' } = place
    const by = byOf(place)
    // One that was there before is the person's own.
    const isNew = by !== undefined && accessBefore(by) === 'write'
    const undo = isNew ? `; if nobody wants it: rm ${quoteWord(by)}` : openingOf(path)
    return `\`${named(path)}\` is closed to the next run: ${note.replaceAll(`${root}/`, '')}${undo}`
  })
  const more = closed.size - told.length
  return more > 0 ? [...told, `${more} more places are closed to the next run`] : told
}

function openingOf(path: string): string {
  const stats = statOf(path)
  const isShut = stats?.isDirectory() === true && (stats.mode & 0o500) !== 0o500
  return isShut ? `: chmod u+rwx ${quoteWord(path)}` : ''
}

const byOf = (place: TreeEntry | Mount) => ('by' in place ? place.by : undefined)
const isClosed = (place: TreeEntry | Mount) =>
  'access' in place ? place.access === 'none' : place.kind.startsWith('mask-')
