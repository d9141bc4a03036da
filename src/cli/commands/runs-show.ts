import { type Project, readProject } from '../../ops/project/project.ts'
import { readRecord } from '../../ops/project/record.ts'
import { OosError } from '../../shared/errors.ts'
import type { Run } from '../../store/fold.ts'
import type { Store } from '../../store/store.ts'
import type { Define } from '../command.ts'
import { renderEvents } from '../output/events.ts'
import { renderRuns } from '../output/runs.ts'

/** `oos runs show [ID]`: everything that happened in one run. */
export const runsShow: Define = (command, terminal) => {
  command.argument('[run]', 'its id, or the end of it; the newest if left out')
  return async (id: string | undefined) => {
    const project = await readProject({ cwd: terminal.cwd(), env: terminal.env, bare: true })
    const store = openExisting(project, id)
    const run = id === undefined ? newest(store) : store.getRun(id)
    const events = store.events(run.id)
    terminal.answer(
      'runs show',
      { ...run, events },
      () => `${renderRuns([run], terminal)}\n${renderEvents(events, terminal)}`,
    )
    return 0
  }
}

function newest(store: Store): Run {
  const [run] = store.listRuns({ limit: 1 })
  if (run !== undefined) return run
  throw nothingRun()
}

/** Where nothing was ever run, no run has that id. */
export function openExisting(project: Project, id?: string): Store {
  const store = readRecord(project)
  if (store !== undefined) return store
  throw nothingRun(id)
}

function nothingRun(id?: string): OosError {
  const message = id === undefined ? 'nothing was run here yet' : `no run \`${id}\`: nothing was run here yet`
  return new OosError('run-unknown', message, { hint: 'oos run -- npm test' })
}
