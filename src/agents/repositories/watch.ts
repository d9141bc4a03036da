import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { findRepository } from '../../ops/commits/find-repository.ts'
import { isSame, type RepositoryPlace, takeSnapshot } from '../../ops/commits/snapshot.ts'
import { openRecord } from '../../ops/project/record.ts'
import { readWorktree } from '../../sandbox/git/worktree.ts'
import { realpathOf } from '../../sandbox/look.ts'
import { accessAt } from '../../sandbox/tree/access-at.ts'
import { OosError } from '../../shared/errors.ts'
import { quoteWord } from '../../shared/quote-word.ts'
import type { OosEvent } from '../../store/events.ts'
import type { Store } from '../../store/types.ts'
import { shortId } from '../../store/ulid.ts'
import type { PreparedRun, RunIntent } from '../prepare.ts'
import type { RunVoice } from '../voice.ts'
import {
  oweCheck,
  readFirstUnchecked,
  settleCheck,
  takeUnchecked,
  type Unchecked,
  type WatchedRepository,
} from './unchecked.ts'
import { findWatched, identify, tellWhereabouts, topOf } from './whereabouts.ts'

export interface WatchedRepositories {
  /** What the run added to them, judged; what it may not keep is put back. */
  readonly settle: () => Promise<readonly OosEvent[]>
}

/**
 * Remembers what the names in each repository lead to that the run can write, for `run`, its id. Of those that it leaves as
 * they were nothing is asked.
 */
export function watchRepositories(prepared: PreparedRun, run: string): WatchedRepositories {
  const { asked, agreed, folders } = prepared
  const places = placesOf(prepared)
  if (places.length === 0) return { settle: async () => [] }
  const first = readFirstUnchecked(folders.ghosts)?.repositories
  const repositories = places.map((place) => {
    const known = first?.find(({ place: { common } }) => common === place.common)
    return {
      place,
      ...identify(place, prepared.project.root),
      before: takeSnapshot(place),
      earlier: known?.earlier ?? known?.before,
    }
  })
  const owed: Unchecked = { run, agent: asked.agent, agreed, repositories }
  const file = oweCheck(folders.ghosts, owed)
  return {
    settle: async () => {
      const { events, finished } = await check(owed, prepared)
      if (finished) settleCheck(file)
      return finished ? events : [...events, owedStill(file)]
    },
  }
}

function owedStill(file: string): OosEvent {
  const text = `what this run added could not all be judged or put back: the next run begins with that; if it is right as it is now: rm ${quoteWord(file)}`
  return { type: 'note', level: 'warning', text }
}

/** What runs added whose oos was killed before it could look. */
export async function settleUnchecked(intent: RunIntent, voice: RunVoice): Promise<void> {
  const taken = takeUnchecked(intent.folders.ghosts)
  if (taken.length === 0) return
  const store = openRecord(intent.project)
  try {
    store.settleDeadRuns()
    for (const { owed, file } of taken) {
      // Whoever takes the record away still gets the check.
      const isRecorded = hasRun(store, owed.run)
      const { events, finished } = await checkOwed(owed, file, intent)
      for (const event of events) if (event.type === 'note') voice.note(event.text)
      for (const event of events) if (isRecorded) store.append(owed.run, event)
      if (!finished) throw stillOwed(owed, file, new Error('something was put in the way'))
      settleCheck(file)
    }
  } finally {
    store.close()
  }
}

async function checkOwed(owed: Unchecked, file: string, intent: RunIntent): Promise<Checked> {
  try {
    return await check(owed, intent, { indexUnknown: true })
  } catch (cause) {
    throw stillOwed(owed, file, cause)
  }
}

/** Only a person can say that a repository is gone for good: a run may have hidden it, to bring it back later. */
function stillOwed(owed: Unchecked, file: string, cause: unknown): OosError {
  const places = owed.repositories.map(({ place }) => `\`${topOf(place)}\``).join(', ')
  const why = cause instanceof Error ? cause.message : String(cause)
  return new OosError(
    'failed',
    `what run \`${shortId(owed.run)}\` left in ${places} cannot be checked: ${why}`,
    {
      hint: `put the repository right; or, if you took it away yourself: rm ${quoteWord(file)}`,
      cause,
    },
  )
}

function hasRun(store: Store, run: string): boolean {
  try {
    return store.getRun(run).id === run
  } catch (error) {
    if (error instanceof OosError && error.code === 'run-unknown') return false
    throw error
  }
}

interface Checked {
  readonly events: readonly OosEvent[]
  /** False: the check is owed still. */
  readonly finished: boolean
}

/** All of it is loaded only here: most runs commit nothing. */
async function check(
  { run, agent, agreed, repositories }: Unchecked,
  { project, policy }: Pick<RunIntent, 'project' | 'policy'>,
  known: { readonly indexUnknown?: boolean } = {},
): Promise<Checked> {
  const whereabouts = findWatched(repositories, project.root)
  const { found, lost } = whereabouts
  const changed = found.filter((each) => isChanged(each, known))
  const events = tellWhereabouts(whereabouts, project.root)
  if (changed.length === 0) return { events, finished: lost.length === 0 }
  const [{ checkRepository }, { tellRepository }] = await Promise.all([
    import('../../ops/commits/check.ts'),
    import('./events.ts'),
  ])
  const reports = changed.map(({ place, before, earlier, movedFrom }) => {
    const report = checkRepository({
      place,
      before,
      earlier,
      movedFrom,
      run,
      policy,
      agent,
      agreed,
      root: project.root,
      ...known,
    })
    return { finished: report.finished, told: tellRepository(report, { project, policy, top: topOf(place) }) }
  })
  return {
    events: [...events, ...reports.flatMap(({ told }) => told)],
    finished: lost.length === 0 && reports.every(({ finished }) => finished),
  }
}

function isChanged(
  { place, before }: WatchedRepository,
  { indexUnknown }: { indexUnknown?: boolean },
): boolean {
  return indexUnknown === true || !isSame(before, takeSnapshot(place, before))
}

function placesOf({ tree, project }: PreparedRun): readonly RepositoryPlace[] {
  const { root } = project
  const linked = readWorktree(root)
  const isOpen = (common: string) => accessAt(tree.entries, join(common, 'refs')) === 'write'
  const open = tree.repositories.filter(({ path }) => isOpen(path))
  const found = new Map(open.map(({ path }) => [path, dirname(path)]))
  const own = existsSync(join(root, '.git')) ? findRepository(root) : undefined
  // `git init --separate-git-dir`: a folder of any name. One behind a link a rule may open by the link's name.
  const real = own?.gitDir === own?.common ? realpathOf(own?.common ?? '') : undefined
  if (own !== undefined && real !== undefined && [own.common, real].some(isOpen)) found.set(real, root)
  return [...found].map(([common, top]) => {
    const main = { top, gitDir: common }
    const trees = linked?.common === common ? [{ top: root, gitDir: linked.own }, main] : [main]
    return { common, trees }
  })
}
