import { OosError } from '../../shared/errors.ts'
import type { Run } from '../../store/fold.ts'
import type { Store } from '../../store/store.ts'

const pageSize = 100

/** The run that was named, or the last that learnt here. */
export function findLearningRun(store: Store, id: string | undefined, isHere: (run: Run) => boolean): Run {
  if (id !== undefined) return store.getRun(id)
  for (let before: string | undefined; ; ) {
    const page = store.listRuns({ limit: pageSize, ...(before === undefined ? {} : { before }) })
    const found = page.find((run) => isLearning(store, run) && isHere(run))
    if (found !== undefined) return found
    before = page.at(-1)?.id
    if (page.length < pageSize || before === undefined) throw nothingLearnt()
  }
}

/** What a run used is written down when nothing of it is left: of one that broke off, nothing is known. */
export function isTold({ endedBy }: Pick<Run, 'endedBy'>): boolean {
  return endedBy !== null && endedBy !== 'failed' && endedBy !== 'lost'
}

/** Of all that an `oos learn` could be asked about, only these say what they used. */
export function isLearning(store: Store, run: Run): boolean {
  const [first] = isTold(run) ? store.events(run.id, { limit: 1 }) : []
  return first?.type === 'run.created' && first.learning === true
}

export const nothingLearnt = () =>
  new OosError('run-unknown', 'no run has learnt here yet', { hint: 'oos run --learn -- npm test' })
