import { type SpecWatcher, type WatchOptions, watchSpecs } from '../ops/watch/watch-specs.ts'
import type { Workspace } from './workspace.ts'

/** Watches the folders of the projects that are open, whichever these are by now. */
export function keepWatch(
  workspace: Workspace,
  home: string,
  { onChange, onFailure }: Pick<WatchOptions, 'onChange' | 'onFailure'>,
): { follow(): void } {
  let watched = ''
  let watcher: SpecWatcher | undefined
  return {
    follow() {
      const roots = workspace.members().flatMap(({ root }) => root ?? [])
      const bases = workspace.members().length === 0 ? [] : [home, ...roots]
      const key = JSON.stringify(bases)
      if (key === watched) return
      watched = key
      watcher?.close()
      watcher = bases.length === 0 ? undefined : watchSpecs({ bases, onChange, onFailure })
      // What was read before it watched may be old by now.
      watcher?.ready.then(onChange)
    },
  }
}
