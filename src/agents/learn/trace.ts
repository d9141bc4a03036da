import { readStrace } from '../../sandbox/facts.ts'
import type { Tracer } from '../../sandbox/trace/tracer.ts'
import type { OosEvent } from '../../store/events.ts'
import type { PreparedRun } from '../prepare.ts'

/** What watches a run that learns. */
export interface RunTrace {
  readonly tracer: Tracer
  /** What it used beyond the rules, when nothing of it is left. */
  readonly events: () => Promise<readonly OosEvent[]>
}

/**
 * Nothing for a run that does not learn.
 *
 * @throws OosError `tracer-missing`
 */
export async function openTrace(prepared: PreparedRun): Promise<RunTrace | undefined> {
  const { learning, policy, plan, asked, request, project, folders } = prepared
  if (learning === undefined) return undefined
  const [{ requireStrace }, { openTracer }, { learnedEvents }] = await Promise.all([
    import('../../sandbox/trace/strace.ts'),
    import('../../sandbox/trace/tracer.ts'),
    import('./learned.ts'),
  ])
  const { base } = learning
  const since = Date.now()
  const tracer = openTracer(requireStrace(readStrace(request.env, project.root)), folders.ghosts)
  return {
    tracer,
    events: async () => {
      const trace = await tracer.end()
      return learnedEvents({ trace, plan, base, policy, agent: asked.agent, since })
    },
  }
}
