import { openRecord } from '../ops/project/record.ts'
import type { SandboxEnd } from '../sandbox/process/end.ts'
import type { OosEvent } from '../store/events.ts'
import { decisionEvent, endOf } from './events.ts'
import type { PreparedRun, RunIntent } from './prepare.ts'

/** What is written down of one run. Every write is on the disk when it returns, or it throws. */
export interface Recorder {
  readonly id: string
  append(event: OosEvent): void
  finish(end: SandboxEnd | undefined): void
  /** The command was not let begin. */
  refuse(): void
  /** What the finished run learnt may become rules. Throws where that cannot be kept. */
  keepLearnt(): Promise<void>
  close(): void
}

/** Opens the project's record, settles runs whose oos is gone, and begins this run in it. */
export function createRecorder({
  request,
  project,
  policy,
  asked,
  run,
  learning,
}: RunIntent & Pick<PreparedRun, 'run'>): Recorder {
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
      refuse: () => {
        store.finishRun(id, { endedBy: 'refused' })
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

/** A command that was not let begin: what was decided of it counts like all else. `answer`: a person was asked. */
export function recordRefusal(intent: RunIntent, answer?: 'no'): void {
  const recorder = createRecorder(intent)
  try {
    recorder.append(decisionEvent(intent.asked, intent.decision, answer))
    recorder.refuse()
  } finally {
    recorder.close()
  }
}
