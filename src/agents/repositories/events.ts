import { join, relative } from 'node:path'
import type { ReportedRef, RepositoryReport } from '../../ops/commits/check.ts'
import type { JudgedCommit, Refusal } from '../../ops/commits/verdict.ts'
import { printCapability } from '../../policy/capability/capability.ts'
import type { Policy } from '../../policy/compile.ts'
import { capabilityOf } from '../../policy/request/capability.ts'
import type { Decision } from '../../policy/types.ts'
import type { OosEvent } from '../../store/events.ts'
import { ruleOf } from '../events.ts'

interface Place {
  readonly project: { readonly root: string }
  /** The top of the work tree. */
  readonly top: string
  readonly policy: Policy
}

/** A record that nobody can read helps nobody. */
const mostEvents = 1000
/** On the terminal; the record has all. */
const mostNotes = 5

/** What a run did to a repository, as events, and as warnings for who reads the end of the run. */
export function tellRepository(report: RepositoryReport, place: Place): readonly OosEvent[] {
  const { commits, refs, unstaged } = report
  const [refused, allowed] = parted(commits)
  const events = [
    ...refused.map((commit) => commitEvent(commit, place)),
    ...refs.map((ref) => refEvent(ref, place)),
    ...unstaged.map(
      ({ path, action, decision }): OosEvent => ({
        type: 'git.staged',
        ...repositoryOf(place),
        path,
        action,
        ...because(decision),
      }),
    ),
    ...allowed.map((commit) => commitEvent(commit, place)),
  ]
  const more = events.length - mostEvents
  return [
    ...warnings(report, place).map((text): OosEvent => ({ type: 'note', level: 'warning', text })),
    ...events.slice(0, mostEvents),
    ...(more > 0
      ? [{ type: 'note', level: 'note', text: `${more} more commits and names are not listed` } as const]
      : []),
  ]
}

/** Where not all are listed, it is not the refused that are missing. */
function parted(commits: readonly JudgedCommit[]): readonly [JudgedCommit[], JudgedCommit[]] {
  const { refused = [], allowed = [] } = Object.groupBy(commits, ({ refusal }) =>
    refusal === undefined ? 'allowed' : 'refused',
  )
  return [refused, allowed]
}

function commitEvent({ id, refusal }: JudgedCommit, place: Place): OosEvent {
  const allowed = { effect: 'allow' } as const
  return {
    type: 'git.commit',
    ...repositoryOf(place),
    commit: id,
    ...(refusal?.written && { path: refusal.written.path, action: refusal.written.action }),
    ...(refusal === undefined ? allowed : because(refusal.decision)),
  }
}

function refEvent({ name, from, to, refusal, kept }: ReportedRef, place: Place): OosEvent {
  return {
    type: 'git.ref',
    ...repositoryOf(place),
    ref: name,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(refusal?.act !== undefined && { act: refusal.act }),
    ...(refusal === undefined ? { effect: 'allow' } : because(refusal.decision)),
    ...(kept !== undefined && { kept }),
  }
}

function repositoryOf({ project, top }: Place): { repository?: string } {
  return top === project.root ? {} : { repository: relative(project.root, top) }
}

function because(decision: Decision) {
  const words = decision.reasons.find(({ text }) => text !== undefined)?.text
  return {
    effect: decision.effect === 'ask' ? ('ask' as const) : ('deny' as const),
    ...ruleOf(decision.rule),
    ...(words === undefined ? {} : { reason: words }),
  }
}

function warnings(report: RepositoryReport, place: Place): readonly string[] {
  const refused = report.refs.filter(({ refusal }) => refusal !== undefined)
  const said = [
    ...report.problems,
    ...refused.map((ref) => describeRef(ref, place)),
    ...describeStaged(report, place),
    ...report.removed.map(
      (path) => `taken away, since git would have followed it: ${relative(place.project.root, path)}`,
    ),
    ...report.restored.map(
      (path) => `put back as it was, since git would have followed it: ${relative(place.project.root, path)}`,
    ),
  ]
  const more = said.length - mostNotes
  return more > 0
    ? [...said.slice(0, mostNotes), `and ${more} more of the kind: \`oos runs show\` lists them`]
    : said
}

/** `main` was put back to 1a2b3c4d5e6f: …; kept as refs/oos/quarantine/…  */
function describeRef({ name, from, value, refusal, kept }: ReportedRef, place: Place): string {
  const shown = name.replace(/^refs\/heads\//, '')
  const back =
    value === undefined ? `\`${shown}\` was taken away` : `\`${shown}\` was put back${at(value, from)}`
  const where = kept === undefined ? '' : `; nothing is lost: git log ${kept}`
  const why = refusal === undefined ? '' : describeRefusal(refusal, place)
  return `${back}${why.startsWith(' ') ? why : `: ${why}`}${where}`
}

function at(value: string, from: string | undefined): string {
  const id = value.startsWith('ref: ') ? from : value
  return id === undefined ? '' : ` to ${id.slice(0, 12)}`
}

function describeRefusal({ decision, commit, written, act }: Refusal, place: Place): string {
  const why = reasonOf(decision)
  if (commit === undefined || written === undefined)
    return act === undefined ? why : `${act} is not allowed${why}`
  return `commit ${commit.slice(0, 12)} needs ${requestOf(written, place)}, which is not allowed${why}`
}

function requestOf({ path, action }: { path: string; action: string }, { top, policy }: Place): string {
  return printCapability(capabilityOf({ resource: 'file', action, target: join(top, path) }, policy))
}

function reasonOf({ rule, effect, reasons }: Decision): string {
  const words = reasons.find(({ text }) => text !== undefined)?.text
  if (words !== undefined) return ` (${words})`
  if (rule === undefined) return ' (no rule allows it)'
  const asks = effect === 'ask' ? ', and nobody could be asked' : ''
  return ` (${rule.source.file}:${rule.source.line} ${rule.source.text}${asks})`
}

function describeStaged({ unstaged }: RepositoryReport, place: Place): readonly string[] {
  const [first] = unstaged
  if (first === undefined) return []
  const others = unstaged.length > 1 ? ` and ${unstaged.length - 1} more` : ''
  return [
    `${requestOf(first, place)}${others} was staged, and is not allowed${reasonOf(first.decision)}: taken out of the index`,
  ]
}
