import { openRecord } from '../ops/record.ts'
import type { SandboxEnd } from '../sandbox/end.ts'
import type { OosEvent } from '../store/events.ts'
import { endOf } from './events.ts'
import type { PreparedRun } from './prepare.ts'

/** What is written down of one run. Every write is on the disk when it returns, or it throws. */
export interface Recorder {
  readonly id: string
  append(event: OosEvent): void
  finish(end: SandboxEnd | undefined): void
  /** What the finished run learnt may become rules. Throws where that cannot be kept. */
  keepLearnt(): Promise<void>
  close(): void
}

/** Opens the project's record, settles runs whose oos is gone, and begins this run in it. */
export function createRecorder({ request, project, policy, asked, run, learning }: PreparedRun): Recorder {
  const store = openRecord(project)
  try {
    store.settleDeadRuns()
    const { agent, words: command, cwd } = asked
    const named = run === undefined ? {} : { id: run }
    const { id } = store.createRun({
      ...{ ...named, agent, command, cwd, policy: policy.hash },
      learning: learning !== undefined,
    })
    return {
      id,
      append: (event) => {
        store.append(id, event)
      },
      finish: (end) => {
        store.finishRun(id, end === undefined ? { endedBy: 'failed' } : endOf(end))
      },
      keepLearnt: async () => {
        const { keepLearnt } = await import('../ops/learn/learnt-here.ts')
        keepLearnt(store, id, { place: project, env: request.env })
      },
      close: () => store.close(),
    }
  } catch (error) {
    store.close()
    throw error
  }
}
