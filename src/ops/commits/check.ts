import { join } from 'node:path'
import { type Agreed, decideAgreed } from '../../policy/agreed.ts'
import type { Policy } from '../../policy/compile.ts'
import type { Decision } from '../../policy/types.ts'
import type { Written } from '../raw-diff.ts'
import { decideCommit } from './decide-commit.ts'
import { findNew, type Names, pendingIds } from './find-new.ts'
import type { NewCommit } from './history.ts'
import { judge, refuseAll } from './judge.ts'
import { clearLogs, newLogIds } from './logs.ts'
import { lostTips } from './lost.ts'
import { clearPending, clearStrays, meant, rebasedBranch } from './pending.ts'
import { putBack } from './put-back.ts'
import { namesIn, resolveRef } from './refs.ts'
import { type RepositoryPlace, type Snapshot, takeSnapshot } from './snapshot.ts'
import { createSteps, type Steps } from './steps.ts'
import { dropBelieved, tidy } from './tidy.ts'
import { refusedStaged, type Unstaged, unstage } from './unstage.ts'
import type { Asked, JudgedCommit, JudgedRef, Verdict } from './verdict.ts'

export interface CheckRequest {
  readonly place: RepositoryPlace
  /** The project, from whose folders git is not taken. */
  readonly root: string
  readonly before: Snapshot
  /** How it was when the first of the runs began that had not ended by then, if there were any. */
  readonly earlier?: Snapshot | undefined
  /** The top of the run's own work tree when it began, where that was another: what a rule says of it there holds as well. */
  readonly movedFrom?: string | undefined
  /** The run's id: what it may not keep is kept under this name. */
  readonly run: string
  readonly policy: Policy
  readonly agent: string
  /** What a person said yes to before it began. */
  readonly agreed?: readonly Agreed[] | undefined
  /** What was staged before is not known any more: then what is staged is left alone, and said. */
  readonly indexUnknown?: boolean
}

export interface RepositoryReport {
  readonly commits: readonly JudgedCommit[]
  readonly refs: readonly ReportedRef[]
  readonly unstaged: readonly Unstaged[]
  /** What was taken away because git would have followed it or believed it, by path. */
  readonly removed: readonly string[]
  /** What is as it was before for the same reason, by path. */
  readonly restored: readonly string[]
  /** In words: why nothing could be judged, and what could not be put back. */
  readonly problems: readonly string[]
  /** False: something was put in the way meanwhile, and the same check is to be made once more. */
  readonly finished: boolean
}

export interface ReportedRef extends JudgedRef {
  /** The name under which its commit is kept. */
  readonly kept?: string
}

/** Judges what a run has added to a repository, and takes back what it may not keep. For when nothing of the run is left. */
export function checkRepository(request: CheckRequest): RepositoryReport {
  const { place, before, run } = request
  const steps = createSteps()
  const tidied = steps.attempt('git could not be asked', () => tidy(place, before))
  if (tidied === undefined) return { ...nothing, problems: steps.problems, finished: false }
  const after = takeSnapshot(place)
  const clear = <Cleared>(act: () => readonly Cleared[]) =>
    steps.attempt('not all could be taken away', act) ?? []
  const dropped = clear(() => dropBelieved(place, before, after))
  const logged = newLogIds(before.logs, after.logs)
  const { verdict, found, problem } = judgeNames(request, { after, logged })
  const refused = verdict.refs.filter(({ refusal }) => refusal !== undefined)
  const kept = putBack({
    common: place.common,
    run,
    refs: refused,
    lost: lostTips(found, {
      ids: [...new Set(meant([...logged, ...pendingIds(after)], verdict.tainted))],
      kept: refused.flatMap(({ keep }) => keep ?? []),
    }),
    packed: after.refs.packed?.text ?? '',
    steps,
  })
  steps.attempt('not all logs could be cleared', () => clearLogs(before.logs, after.logs, verdict.tainted))
  const pending = clear(() => clearPending(place, { before, after, tainted: verdict.tainted }))
  const strays = clear(() => clearStrays(before, after))
  const { restored = [], gone = [] } = Object.groupBy([...pending, ...strays], ({ was }) =>
    was ? 'restored' : 'gone',
  )
  const staged = checkStaged(request, after, steps)
  return {
    commits: verdict.commits,
    refs: verdict.refs.map((ref) => ({ ...ref, ...keptAs(kept.get(ref.name)) })),
    unstaged: staged.unstaged,
    removed: [...tidied, ...dropped, ...gone.map(({ path }) => path)],
    restored: restored.map(({ path }) => path),
    problems: [...(problem === undefined ? [] : [problem]), ...steps.problems, ...staged.unknown],
    finished: steps.isFinished(),
  }
}

const nothing = { commits: [], refs: [], unstaged: [], removed: [], restored: [] } as const

function keptAs(kept: string | undefined): Pick<ReportedRef, 'kept'> {
  return kept === undefined ? {} : { kept }
}

interface Seen {
  readonly after: Snapshot
  readonly logged: readonly string[]
}

/** Where git cannot say what was added, nothing of it stays. */
function judgeNames(
  request: CheckRequest,
  { after, logged }: Seen,
): { readonly verdict: Verdict; readonly found: readonly NewCommit[]; readonly problem?: string } {
  const { place, root, before, earlier } = request
  const names: Names = { before: namesIn(before), after: namesIn(after) }
  const heads = place.trees.map(({ gitDir }, index) => ({
    gitDir,
    before: before.trees[index]?.head,
    after: after.trees[index]?.head,
  }))
  const common = { ...names, heads, rebased: rebasedBranch(place) }
  const repository = { gitDir: place.trees[0]?.gitDir ?? place.common, common: place.common, root }
  try {
    const found = findNew({ repository, names, before, earlier, after, logged })
    return { verdict: judge({ ...common, ...found }, askedOf(request)), found: found.commits }
  } catch (error) {
    const why = `what was committed could not be checked: ${error instanceof Error ? error.message : String(error)}`
    const known = new Set([...names.before.values(), ...pendingIds(before)])
    const strange = [...logged, ...pendingIds(after)].filter((id) => !known.has(id))
    return { verdict: { ...refuseAll(common, why), tainted: new Set(strange) }, found: [], problem: why }
  }
}

function askedOf(request: CheckRequest): Asked {
  const { place, policy, agent, agreed = [] } = request
  const known = new Map<string, Decision>()
  const top = place.trees[0]?.top ?? '/'
  return {
    file: (path, action) => {
      const key = `${action} ${path}`
      const decision = known.get(key) ?? decideFile(request, top, { path, action })
      known.set(key, decision)
      return decision
    },
    git: (action, target) =>
      action === 'commit'
        ? decideCommit(policy, target, { agent, agreed })
        : decideAgreed(policy, { resource: 'git', action, target, agent }, agreed),
  }
}

function decideFile(
  { place, movedFrom, policy, agent, agreed = [] }: CheckRequest,
  top: string,
  { path, action }: Written,
): Decision {
  const decide = (above: string) =>
    decideAgreed(policy, { resource: 'file', action, target: join(above, path), agent }, agreed)
  const decision = decide(top)
  const isMoved = movedFrom !== undefined && top === place.trees[0]?.top
  return isMoved && decision.effect === 'allow' ? decide(movedFrom) : decision
}

/** Of every work tree in reach; what lies in another than the run's own is not in the project, and judged as that. */
function checkStaged(
  request: CheckRequest,
  after: Snapshot,
  steps: Steps,
): { readonly unstaged: readonly Unstaged[]; readonly unknown: readonly string[] } {
  const { place, root, before, indexUnknown } = request
  const unstaged: Unstaged[] = []
  const unknown: string[] = []
  const now = takeSnapshot(place, after)
  for (const [index, { gitDir, top }] of place.trees.entries()) {
    const [was, is] = [before.trees[index], now.trees[index]]
    // The same one holds what the person had in it; from one that is gone everything was taken out.
    if (is === undefined || was?.index?.stamp === is.index?.stamp) continue
    const staged = {
      place: { gitDir, common: place.common, root },
      before: was?.index,
      head: resolveRef(is.head, namesIn(now)),
      decide: (written: Written) => decideFile(request, top, written),
    }
    steps.attempt('what is staged could not be checked', () => {
      if (indexUnknown) unknown.push(...refusedStaged(staged).slice(0, 1).map(mayBeStaged))
      else unstaged.push(...unstage(staged))
    })
  }
  return { unstaged, unknown }
}

function mayBeStaged({ path }: Written): string {
  return `\`${path}\` is staged, which no run may do, and oos was killed before it could see who did it: git diff --cached`
}
