import { type Project, readProject } from '../../ops/project.ts'
import { readRecord } from '../../ops/record.ts'
import { OosError } from '../../shared/errors.ts'
import type { Store } from '../../store/store.ts'
import type { Define } from '../command.ts'
import { renderEvents } from '../output/events.ts'
import { renderRuns } from '../output/runs.ts'

/** `oos runs show ID`: everything that happened in one run. */
export const runsShow: Define = (command, terminal) => {
  command.argument('<run>', 'its id, or the end of it')
  return async (id: string) => {
    const store = openExisting(await readProject({ cwd: terminal.cwd(), env: terminal.env, bare: true }), id)
    const run = store.getRun(id)
    const events = store.events(run.id)
    terminal.answer(
      'runs show',
      { ...run, events },
      () => `${renderRuns([run], terminal)}\n${renderEvents(events, terminal)}`,
    )
    return 0
  }
}

/** Where nothing was ever run, no run has that id. */
export function openExisting(project: Project, id: string): Store {
  const store = readRecord(project)
  if (store !== undefined) return store
  throw new OosError('run-unknown', `no run \`${id}\`: nothing was run here yet`, {
    hint: 'oos run -- npm test',
  })
}
