import { relative } from 'node:path'
import { type Aftermath, listFiles, readAftermath } from '../sandbox/after.ts'
import type { OosEvent } from '../store/events.ts'
import type { PreparedRun } from './prepare.ts'

/** Above it, not every name is kept for later: what was deleted is not told, nor what changed deep in the tree. */
const mostFiles = 20_000
/** A record that nobody can read helps nobody. */
const mostEvents = 1000

export interface Changes {
  /** What the run has left, as events, warnings first. */
  readonly events: () => readonly OosEvent[]
}

/** Takes stock of what the run may write, so that afterwards it can be told what it did. */
export function watchChanges({ plan, tree, project }: PreparedRun): Changes {
  const roots = plan.mounts
    .filter(({ kind, source }) => kind === 'write' && source === undefined)
    .map(({ path }) => path)
  const own = new Set([...plan.ghosts, ...plan.placeholders.map(({ path }) => path)])
  const before = tree.files > mostFiles ? undefined : listFiles(roots)
  const since = Date.now()
  const options = { roots, since, own, ...(before === undefined ? {} : { before }) }
  return { events: () => tell(readAftermath(options), project.root) }
}

function tell({ files, repositories, rebases, setId, complete }: Aftermath, root: string): OosEvent[] {
  const named = (path: string) => (path.startsWith(`${root}/`) ? relative(root, path) : path)
  const shown = files.slice(0, mostEvents)
  return [
    ...repositories.map((path) =>
      warning(`a git repository was made, and its hooks and settings are the run's: ${named(path)}`),
    ),
    ...rebases.map((path) =>
      warning(
        `a rebase is under way, and \`git rebase --continue\` runs what the run wrote into it: ${named(path)}`,
      ),
    ),
    ...setId.map((path) => warning(`a program that runs as its owner was left: ${named(path)}`)),
    ...shown.map(
      ({ path, change, bytes }): OosEvent => ({
        type: 'file.changed',
        path: named(path),
        change,
        ...(bytes === undefined ? {} : { bytes }),
      }),
    ),
    ...(shown.length < files.length ? [note(`${files.length - shown.length} more files changed`)] : []),
    ...(complete ? [] : [note('there was more than could be looked at: what changed is not all listed')]),
  ]
}

const note = (text: string): OosEvent => ({ type: 'note', level: 'note', text })
const warning = (text: string): OosEvent => ({ type: 'note', level: 'warning', text })
