import { dirname, join } from 'node:path'
import { isSame, type RepositoryPlace, type Snapshot, takeSnapshot } from '../ops/commits/snapshot.ts'
import { accessAt } from '../sandbox/reach.ts'
import { readWorktree } from '../sandbox/worktree.ts'
import type { OosEvent } from '../store/events.ts'
import type { PreparedRun } from './prepare.ts'

export interface WatchedRepositories {
  /** What the run added to them, judged; what it may not keep is put back. `run` is its id. */
  readonly events: (run: string) => Promise<readonly OosEvent[]>
}

/** Remembers what the names in each repository lead to that the run can write. Of those that did not change nothing is asked. */
export function watchRepositories(prepared: PreparedRun): WatchedRepositories {
  const watched = placesOf(prepared).map((place) => ({ place, before: takeSnapshot(place) }))
  return {
    events: async (run) => {
      const changed = watched.filter(({ place, before }) => !isSame(before, takeSnapshot(place, before)))
      return changed.length === 0 ? [] : await checkAll(changed, prepared, run)
    },
  }
}

interface Watched {
  readonly place: RepositoryPlace
  readonly before: Snapshot
}

/** Loaded only here: most runs commit nothing. */
async function checkAll(
  changed: readonly Watched[],
  { project, policy, asked: { agent } }: PreparedRun,
  run: string,
): Promise<readonly OosEvent[]> {
  const [{ checkRepository }, { tellRepository }] = await Promise.all([
    import('../ops/commits/check.ts'),
    import('./repository-events.ts'),
  ])
  return changed.flatMap(({ place, before }) => {
    const report = checkRepository({ place, before, run, policy, agent, root: project.root })
    return tellRepository(report, { project, top: place.trees[0]?.top ?? place.common, policy })
  })
}

function placesOf({ tree, project }: PreparedRun): readonly RepositoryPlace[] {
  const linked = readWorktree(project.root)
  const found = new Set(tree.repositories.map(({ path }) => path))
  return [...found]
    .filter((path) => accessAt(tree.entries, join(path, 'refs')) === 'write')
    .map((common) => {
      const main = { top: dirname(common), gitDir: common }
      const trees = linked?.common === common ? [{ top: project.root, gitDir: linked.own }, main] : [main]
      return { common, trees }
    })
}
